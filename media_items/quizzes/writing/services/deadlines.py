"""Deadlines of attempts under way follow the dates of the item."""

from __future__ import annotations

from typing import Any

from media_items.catalogue.models import MediaItem
from media_items.quizzes.attempts.deadlines import bring_up_to_date
from media_items.quizzes.models import Quiz


def times_changed(item: MediaItem, **kwargs: Any) -> None:
    """Receiver of `item_times_changed`."""
    if quiz := Quiz.objects.filter(item=item).first():
        bring_up_to_date(quiz)
