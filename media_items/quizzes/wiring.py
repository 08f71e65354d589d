"""What the rooms of a quiz hand to those they stand on, once, at start-up."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from media_items.abilities import Ability
from media_items.quizzes.pages import QuizPage, register_page
from media_items.quizzes.results.views import PEOPLE, QUESTIONS


def connect() -> None:
    """Twice is once."""
    people = pgettext_lazy("page of a quiz", "Results")
    register_page(QuizPage(PEOPLE, people, Ability.SEE_RESULTS, 30))
    questions = pgettext_lazy("page of a quiz", "Results by question")
    register_page(QuizPage(QUESTIONS, questions, Ability.SEE_RESULTS, 31))
