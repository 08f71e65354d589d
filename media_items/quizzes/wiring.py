"""What the rooms of a quiz hand to those they stand on, once, at start-up."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from media_items.abilities import Ability
from media_items.quizzes.attempts.marking import when_score_kept
from media_items.quizzes.grading import certificates
from media_items.quizzes.grading.queue import waiting_on
from media_items.quizzes.pages import QuizPage, register_page


def connect() -> None:
    """Twice is once."""
    register_page(QuizPage("media_items:marking", _("Marking"), Ability.MARK, 40, waiting_on))
    when_score_kept(certificates.settle)
