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
    overdue = (
        Attempt.objects.open()
        .filter(deadline__lt=moment - grace())
        .select_related("quiz__item", "version", "taker")
        .order_by("deadline", "pk")[:MOST_AT_ONCE]
    )
    closed = 0
    for attempt in overdue:
        try:
            closed += close_if_overdue(attempt, moment).state == AttemptState.TIME_UP
        except Exception:
            # One that cannot be marked does not keep the others open.
            logger.exception("Attempt %s could not be closed.", attempt.pk)
    return closed
