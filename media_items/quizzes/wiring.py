"""What the rooms of a quiz hand to those they stand on, once, at start-up."""

from __future__ import annotations

from media_items import personal_data
from media_items.catalogue.models import Kind
from media_items.playback.player import register_kind
from media_items.quizzes.people.personal_data import QuizData
from media_items.quizzes.taking.start_page import start_page


def connect() -> None:
    """Twice is once."""
    personal_data.register(QuizData())
    register_kind(Kind.QUIZ, start_page)
