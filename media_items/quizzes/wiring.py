"""What the rooms of a quiz hand to those they stand on, once, at start-up."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from media_items.abilities import Ability
from media_items.quizzes.pages import QuizPage, register_page


def connect() -> None:
    """Twice is once."""
    register_page(
        QuizPage("media_items:quiz_film", _("Film"), needs=Ability.EDIT_QUESTIONS, order=25)
    )
