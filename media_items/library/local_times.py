"""Between what people type, a clock reading in a named time zone, and moments in UTC."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from media_items.moments import on_clock
from media_items.refusals import Invalid

_EARLIEST, _LATEST = 2000, 2099  # years


class NoSuchTime(Invalid):
    """The clocks of the zone never show this reading, or it is out of range."""


def moment_of(reading: datetime, zone: zoneinfo.ZoneInfo) -> datetime:
    """The moment at which clocks in `zone` show `reading`; the earlier one when they show it twice.

    Raises NoSuchTime for a reading that is skipped when clocks go forward, and for years before
    2000 or after 2099.
    """
    if not _EARLIEST <= reading.year <= _LATEST:
        raise NoSuchTime(
            _("Choose a year between %(from)d and %(to)d.") % {"from": _EARLIEST, "to": _LATEST}
        )
    moment = reading.replace(tzinfo=zone, fold=0).astimezone(UTC)
    shown = moment.astimezone(zone).replace(tzinfo=None)
    if shown != reading:
        raise NoSuchTime(
            _(
                "Clocks in %(zone)s go forward that night, so %(time)s does not happen. "
                "Choose %(next)s, or an earlier time."
            )
            % {
                "zone": zone.key.replace("_", " "),
                "time": f"{reading:%H:%M}",
                "next": f"{shown:%H:%M}",
            }
        )
    return moment


def reading_of(moment: datetime, zone: zoneinfo.ZoneInfo) -> datetime:
    """What clocks in `zone` show at `moment`, to the minute."""
    return on_clock(moment, zone).replace(tzinfo=None, second=0, microsecond=0)
