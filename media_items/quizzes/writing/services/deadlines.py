"""Deadlines of attempts under way follow the dates of the item."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import ngettext

from media_items.catalogue.models import MediaItem
from media_items.moments import written
from media_items.quizzes.attempts.deadlines import bring_up_to_date, cut_by_closing
from media_items.quizzes.models import Quiz


def times_changed(item: MediaItem, **kwargs: Any) -> None:
    """Receiver of `item_times_changed`."""
    if quiz := Quiz.objects.filter(item=item).first():
        bring_up_to_date(quiz)


def closing_question(item: MediaItem, ends_at: datetime) -> str:
    """Who is taking the quiz and would have less time if it closed then."""
    quiz = Quiz.objects.filter(item=item).select_related("item").first()
    number = cut_by_closing(quiz, ends_at) if quiz else 0
    if not number:
        return ""
    if ends_at <= timezone.now():
        return ngettext(
            "%(number)d person is taking the quiz now. Their time would be up at once; what they "
            "have saved is handed in. To close it anyway, save again.",
            "%(number)d people are taking the quiz now. Their time would be up at once; what they "
            "have saved is handed in. To close it anyway, save again.",
            number,
        ) % {"number": number}
    return ngettext(
        "%(number)d person is taking the quiz now and would have less time: until %(time)s. To "
        "close it then, save again.",
        "%(number)d people are taking the quiz now and would have less time: until %(time)s. To "
        "close it then, save again.",
        number,
    ) % {"number": number, "time": written(ends_at, zone=item.zone)}
