"""Lengths of time, and where one is in a recording, written in one form everywhere."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _


def clock(seconds: int) -> str:
    """4 → “0:04”, 75 → “1:15”, 3675 → “1:01:15”."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def in_words(length: timedelta) -> str:
    """“1 h 5 min”, “12 min”, “40 s”. Whole minutes from one minute on."""
    seconds = max(0, int(length.total_seconds()))
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours and minutes:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if hours:
        return _("%(hours)d h") % {"hours": hours}
    if minutes:
        return _("%(minutes)d min") % {"minutes": minutes}
    return _("%(seconds)d s") % {"seconds": seconds}
