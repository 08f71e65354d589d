"""When things happen in the demo: on full hours of a working day, counted from today.

The zone is the site's, or where it names none that of this machine: whoever tries the demo sits
in front of it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings

MORNING, EVENING = 8, 20  # between these hours people do what they do


@dataclass(frozen=True)
class On:
    """A full hour, `day` days after the day of seeding."""

    day: int
    hour: int

    def of(self, today: date) -> datetime:
        return datetime.combine(today + timedelta(days=self.day), time(self.hour), tzinfo=zone())


@cache
def zone() -> ZoneInfo:
    if settings.TIME_ZONE != "UTC":
        return ZoneInfo(settings.TIME_ZONE)
    _, _, name = os.path.realpath("/etc/localtime").partition("zoneinfo/")
    return ZoneInfo(name if name in available_timezones() else "UTC")


def day_of(moment: datetime) -> date:
    return moment.astimezone(zone()).date()


def by_day(moment: datetime) -> datetime:
    """The moment; where that is in the night, one of the day before it."""
    local = moment.astimezone(zone())
    if local.hour >= EVENING:
        return local.replace(hour=local.hour - 4)
    if local.hour < MORNING:
        return (local - timedelta(days=1)).replace(hour=local.hour + 12)
    return local
