"""What the rooms of a quiz hand to those they stand on, once, at start-up."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from media_items import personal_data
from media_items.abilities import Ability
from media_items.catalogue.models import Kind
from media_items.library.forms.closing import register_closing_question
from media_items.library.forms.creating import register_create_form
from media_items.playback.player import register_kind
from media_items.processing import leftovers
from media_items.quizzes.attempts.marking import when_score_kept
from media_items.quizzes.grading import certificates
from media_items.quizzes.grading.queue import waiting_on
from media_items.quizzes.pages import QuizPage, register_page
from media_items.quizzes.people.personal_data import QuizData
from media_items.quizzes.results.views import PEOPLE, QUESTIONS
from media_items.quizzes.taking.result_page import ResultPart, register_result_part
from media_items.quizzes.taking.start_page import start_page
from media_items.quizzes.writing.forms.creating import CreateQuizForm
from media_items.quizzes.writing.services import pictures
from media_items.quizzes.writing.services.deadlines import closing_question, times_changed
from media_items.signals import item_times_changed

CERTIFICATE = ResultPart(
    "media_items/quizzes/grading/_certificate_part.html", 10, certificates.result_part
)


def connect() -> None:
    """Twice is once."""
    personal_data.register(QuizData())
    leftovers.register_column(pictures.NAMES)
    register_kind(Kind.QUIZ, start_page)
    register_create_form(CreateQuizForm)
    register_closing_question(Kind.QUIZ, closing_question)
    item_times_changed.connect(times_changed, dispatch_uid="media_items.quizzes.times_changed")
    when_score_kept(certificates.settle)
    register_result_part(CERTIFICATE)
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
    register_page(QuizPage("media_items:quiz_film", _("Film"), Ability.EDIT_QUESTIONS, order=25))
    people = pgettext_lazy("of a quiz", "Results")
    register_page(QuizPage(PEOPLE, people, Ability.SEE_RESULTS, order=30))
    questions = pgettext_lazy("of a quiz", "Results by question")
    register_page(QuizPage(QUESTIONS, questions, Ability.SEE_RESULTS, order=31))
    register_page(QuizPage("media_items:marking", _("Marking"), Ability.MARK, 40, waiting_on))
