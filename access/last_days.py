"""Ends that are days: what works until a day works all of that day.

On its own because guest links, invitations, lists of people and the register all count so.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from media_items.moments import reader_zone, written, zone_name

LONGEST_DAYS = 3650  # the most that a form takes


def end_of_day(start: datetime, days: int) -> datetime:
    """The midnight that ends the day `days` days after `start`, on the reader's clock.

    So a link of one day made at noon works all of tomorrow: at least the days it was given.
    """
    day = timezone.localtime(start).date() + timedelta(days=days + 1)
    midnight = datetime.combine(day, datetime.min.time())
    return timezone.make_aware(midnight)


def ends_a_day(moment: datetime) -> bool:
    """Whether that is midnight on the reader's clock: what ends then has a last day."""
    return timezone.localtime(moment).time() == time()


def name_zone(field: forms.Field, ends_now: datetime | None = None) -> None:
    """A field of a last day says by whose clock that day ends, and what ends in the middle of the
    day on that clock, when."""
    zone = zone_name(timezone.now(), reader_zone())
    said = [str(field.help_text), _("The day ends at midnight, %(zone)s.") % {"zone": zone}]
    if ends_now and not ends_a_day(ends_now):
        ends = written(ends_now, with_zone=True)
        said.append(
            _("Until you choose another day, access ends on %(moment)s.") % {"moment": ends}
        )
    field.help_text = " ".join(filter(None, said))


def end_for_others(expires_at: datetime) -> str:
    """For texts that go to others: as on pages, and the zone beside a day, too."""
    text = written(expires_at, "until")
    return f"{text} ({zone_name(expires_at, reader_zone())})" if ends_a_day(expires_at) else text


def last_day_of(expires_at: datetime) -> date:
    """The date shown for an end: a link ending at midnight has its last day before it."""
    return timezone.localtime(expires_at - timedelta(microseconds=1)).date()
