"""Closes attempts whose time is up and that nobody looks at: the browser closed, the line lost.

Workers ask for it every few seconds, housekeeping once more. Several may at once, and any may die
in the midst: each attempt is closed by one UPDATE of its own, and what is left the next one finds.
"""

from __future__ import annotations

import logging

from django.utils import timezone

from media_items.quizzes.attempts.ending import close_if_overdue
from media_items.quizzes.attempts.windows import grace
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Attempt

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 200


def close_overdue() -> int:
    """The longest overdue first. Returns how many were closed."""
    moment = timezone.now()
    overdue = Attempt.objects.open().filter(deadline__lt=moment - grace())
    closed, failed = 0, set[int]()
    while closed < MOST_AT_ONCE:
        rows = overdue.exclude(pk__in=failed).select_related("quiz__item", "version", "taker")
        some = list(rows.order_by("deadline", "pk")[: MOST_AT_ONCE - closed])
        for attempt in some:
            try:
                closed += close_if_overdue(attempt, moment).state == AttemptState.TIME_UP
            except Exception:
                # However many cannot be marked: they do not keep the others open.
                failed.add(attempt.pk)
                logger.exception("Attempt %s could not be closed.", attempt.pk)
        if failed.isdisjoint(one.pk for one in some):
            break
    return closed
