"""What the rooms of a quiz hand to those they stand on, once, at start-up."""

from __future__ import annotations

from media_items import personal_data
from media_items.quizzes.people.personal_data import QuizData


def connect() -> None:
    """Twice is once."""
    personal_data.register(QuizData())
