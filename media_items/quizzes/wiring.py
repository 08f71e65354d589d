"""What the rooms of a quiz hand to those they stand on, once, at start-up."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from media_items.abilities import Ability
from media_items.catalogue.models import Kind
from media_items.library.forms.creating import register_create_form
from media_items.playback.player import register_kind
from media_items.quizzes.pages import QuizPage, register_page
from media_items.quizzes.taking.start_page import start_page
from media_items.quizzes.writing.forms.creating import CreateQuizForm
from media_items.quizzes.writing.services.deadlines import times_changed
from media_items.signals import item_times_changed


def connect() -> None:
    """Twice is once."""
    register_kind(Kind.QUIZ, start_page)
    register_create_form(CreateQuizForm)
    item_times_changed.connect(times_changed, dispatch_uid="media_items.quizzes.times_changed")
    _register_pages()


def _register_pages() -> None:
    register_page(
        QuizPage("media_items:quiz_questions", _("Questions"), Ability.EDIT_QUESTIONS, order=10)
    )
    register_page(
        QuizPage(
            "media_items:quiz_settings",
            pgettext_lazy("of a quiz", "Settings"),
            Ability.SEE_RESULTS,
            order=20,
        )
    )
