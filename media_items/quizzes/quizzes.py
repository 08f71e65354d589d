"""The quiz of a media item."""

from __future__ import annotations

from media_items.catalogue.models import MediaItem
from media_items.quizzes.models import Quiz


def quiz_of(item: MediaItem) -> Quiz:
    """For reading: not saved where the item has none yet, such as one from before quizzes had
    questions. `quiz.item` is `item` itself, with its abilities."""
    quiz = Quiz.objects.select_related("published").filter(item=item).first() or Quiz(item=item)
    quiz.item = item
    return quiz


def saved_quiz_of(item: MediaItem) -> Quiz:
    """For writing: made where there is none."""
    quiz, _ = Quiz.objects.select_related("published").get_or_create(item=item)
    quiz.item = item
    return quiz
