"""Ends that are days: what works until a day works all of that day.

On its own because guest links, invitations, lists of people and the register all count so.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

LONGEST_DAYS = 3650  # the most that a form takes


def end_of_day(start: datetime, days: int) -> datetime:
    """The midnight that ends the day `days` days after `start`, in the current time zone.

    So a link of one day made at noon works all of tomorrow: at least the days it was given.
    """
    day = timezone.localtime(start).date() + timedelta(days=days + 1)
    midnight = datetime.combine(day, datetime.min.time())
    return timezone.make_aware(midnight)


def last_day_of(expires_at: datetime) -> date:
    """The date shown for an end: a link ending at midnight has its last day before it."""
    return timezone.localtime(expires_at - timedelta(microseconds=1)).date()
