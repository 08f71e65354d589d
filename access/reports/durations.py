"""Lengths of time in words and in figures."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _


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


def in_figures(length: timedelta) -> str:
    """“1:05:09”, as a spreadsheet reads it."""
    seconds = max(0, int(length.total_seconds()))
    return f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
