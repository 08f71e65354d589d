"""A pair of times in a form: typed as the clocks of a zone show them, stored as moments."""

from __future__ import annotations

import zoneinfo
from datetime import datetime

from django import forms

from media_items.library.local_times import NoSuchTime, moment_of, reading_of


def show_times(
    form: forms.BaseForm, stored: dict[str, datetime | None], zone: zoneinfo.ZoneInfo
) -> None:
    """Before the form is shown."""
    for name, moment in stored.items():
        form.initial[name] = reading_of(moment, zone) if moment else None


def read_times(
    form: forms.BaseForm,
    stored: dict[str, datetime | None],
    *,
    shown_in: zoneinfo.ZoneInfo,
    zone: zoneinfo.ZoneInfo,
    later: str,
) -> None:
    """In `clean`: readings of `zone` become moments. `later` says that the second must be later.

    What was not changed stays the same moment, with its seconds."""
    for name, before in stored.items():
        reading = form.cleaned_data.get(name)
        if not reading:
            continue
        if before and reading == form.initial[name] and zone.key == shown_in.key:
            form.cleaned_data[name] = before
            continue
        try:
            form.cleaned_data[name] = moment_of(reading, zone)
        except NoSuchTime as refusal:
            form.add_error(name, str(refusal))
    first, second = stored
    starts, ends = form.cleaned_data.get(first), form.cleaned_data.get(second)
    if starts and ends and ends <= starts:
        form.add_error(second, later)
