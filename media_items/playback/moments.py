"""A moment of a film or sound, as an address names it: `?t=`."""

from __future__ import annotations

import re

_UNITS = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})", re.ASCII)


def read_moment(text: str) -> int | None:
    """Seconds: `1h2m3s`, `90`, `90s`, `1:30`, `1:02:03`; None for the beginning, and for what is no
    moment."""
    found = _UNITS.fullmatch(text) or _CLOCK.fullmatch(text)
    if not found:
        return None
    hours, minutes, seconds = (int(one or 0) for one in found.groups())
    return hours * 3600 + minutes * 60 + seconds or None


def moment_within(text: str, duration_ms: int | None) -> int | None:
    """None for a moment that lies behind the end, too."""
    moment = read_moment(text)
    if moment is not None and duration_ms is not None and moment * 1000 >= duration_ms:
        return None
    return moment
