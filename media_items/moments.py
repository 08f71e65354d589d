"""Moments as people read them: on the reader's own clock, in one form, once.

Every page, mail and list writes its times by `written`, templates by the tag `moment`
(templatetags/moments.py); static/js/shared/times.js writes the same forms. On whose clock, says
Django's active time zone. For a request that is a `ReaderZone`, which `access` makes active and
which is looked up only when a time is written.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Literal, override

from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

type Form = Literal["moment", "day", "time", "seconds", "until"]

# Of `tzname`, those that one offset alone goes by among English speakers: "CST" is also China's,
# "IST" Israel's, India's and Ireland's. All others are written as their offset. Browsers know the
# same ones (times.js); tests/js/zone_names.json holds both to that.
_SHORT_NAMES = {
    "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "SAST": 2,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AKST": -9, "AKDT": -8, "HST": -10, "AWST": 8, "ACST": 9.5, "ACDT": 10.5, "AEST": 10,
    "AEDT": 11, "NZST": 12, "NZDT": 13, "WAT": 1, "CAT": 2, "EAT": 3,
    "AST": -4, "ADT": -3,
}  # fmt: skip


class Source(StrEnum):
    """How a reader's time zone is known."""

    ACCOUNT = "account"  # chosen in the account
    BROWSER = "browser"
    SITE = "site"  # it is not: the site's stands for it


class ReaderZone(tzinfo):
    """The reader's time zone, looked up when it is first needed.

    Moments that it makes carry the zone that was found.
    """

    def __init__(self, find: Callable[[], tuple[zoneinfo.ZoneInfo, Source]]) -> None:
        self._find = find
        self.was_asked = False

    @cached_property
    def _found(self) -> tuple[zoneinfo.ZoneInfo, Source]:
        self.was_asked = True
        return self._find()

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return self._found[0]

    @property
    def source(self) -> Source:
        return self._found[1]

    @override
    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        return self.zone.utcoffset(dt)

    @override
    def dst(self, dt: datetime | None) -> timedelta | None:
        return self.zone.dst(dt)

    @override
    def tzname(self, dt: datetime | None) -> str | None:
        return self.zone.tzname(dt)

    @override
    def fromutc(self, dt: datetime) -> datetime:
        return self.zone.fromutc(dt.replace(tzinfo=self.zone))

    def __str__(self) -> str:
        """As Django's own functions name a zone, to databases too."""
        return self.zone.key


def site_zone() -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(settings.TIME_ZONE)


def reader_zone() -> zoneinfo.ZoneInfo:
    """On whose clock times are written now: what is written after the request takes it along."""
    active = timezone.get_current_timezone()
    if isinstance(active, ReaderZone):
        return active.zone
    return active if isinstance(active, zoneinfo.ZoneInfo) else site_zone()


def source_of_zone() -> Source:
    active = timezone.get_current_timezone()
    return active.source if isinstance(active, ReaderZone) else Source.SITE


def on_clock(moment: datetime, zone: tzinfo) -> datetime:
    """The moment as clocks of the zone show it; in UTC where their year would be before 1 or after
    9999, which an administrator may have typed and no page fails of."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment.astimezone(UTC)


def zone_name(moment: datetime, zone: zoneinfo.ZoneInfo) -> str:
    """ "CET", "UTC+5:45": the zone's short name at that moment."""
    there = on_clock(moment, zone)
    hours = (there.utcoffset() or timedelta()) / timedelta(hours=1)
    name = there.tzname() or ""
    if _SHORT_NAMES.get(name) == hours:
        return name
    minutes = round(abs(hours) * 60)
    if not minutes:
        return "UTC"
    sign = "+" if hours > 0 else "-"
    return f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")


def written(
    moment: datetime,
    form: Form = "moment",
    *,
    zone: zoneinfo.ZoneInfo | None = None,
    with_zone: bool = False,
) -> str:
    """The moment on the clock of `zone`, the reader's unless said, in the active language.

    "until" is for what ends then: the end of a day is written as that day. A clock reading
    has its zone's short name with it `with_zone`, and always where nobody could know which clock
    is meant: the reader's zone is not known, or it is UTC itself.
    """
    there = on_clock(moment, zone or reader_zone())
    if form == "until":
        before = (moment - timedelta(microseconds=1)).astimezone(there.tzinfo)
        if before.date() != there.date():
            return _day(before.date(), get_language())
        form, with_zone = "moment", True
    if form == "day":
        return _day(there.date(), get_language())
    name = zone_name(there, zone or reader_zone())
    text = _formatted(there, _FORMATS[form])
    if with_zone or name == "UTC" or (zone is None and source_of_zone() == Source.SITE):
        return f"{text} {name}"
    return text


def span(starts: datetime, ends: datetime | None) -> str:
    """ "Sat 28 Nov 2026, 19:45 – 21:15 CET": on the reader's clock, its zone named once."""
    if ends is None:
        return written(starts, with_zone=True)
    zone = reader_zone()
    first, last = on_clock(starts, zone), on_clock(ends, zone)
    if zone_name(first, zone) != zone_name(last, zone):
        return f"{written(starts, with_zone=True)} – {written(ends, with_zone=True)}"
    form: Form = "time" if first.date() == last.date() else "moment"
    return f"{_formatted(first, 'DATETIME_FORMAT')} – {written(ends, form, with_zone=True)}"


def differ_at(moment: datetime, one: tzinfo, other: tzinfo) -> bool:
    """Whether the clocks of two zones show something else at that moment."""
    return on_clock(moment, one).utcoffset() != on_clock(moment, other).utcoffset()


def event_time(moment: datetime, zone: zoneinfo.ZoneInfo) -> str:
    """The moment of something scheduled on the clock of its own `zone`, beside the reader's: empty
    where both show the same; the day only where it is another."""
    reader = reader_zone()
    if not differ_at(moment, zone, reader):
        return ""
    same_day = on_clock(moment, zone).date() == on_clock(moment, reader).date()
    text = written(moment, "time" if same_day else "moment", zone=zone, with_zone=True)
    return _("(event time: %(time)s)") % {"time": text}


_FORMATS = {"moment": "DATETIME_FORMAT", "time": "TIME_FORMAT", "seconds": "H:i:s"}


def _formatted(moment: datetime, named: str) -> str:
    return formats.date_format(moment, named)


@lru_cache(maxsize=1000)
def _day(day: date, language: str | None) -> str:
    """In the active language, which is `language`."""
    return formats.date_format(day, "DATE_FORMAT")
