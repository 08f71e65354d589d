"""What is asked once before an item closes earlier: somebody may be in the middle of something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast

from django import forms
from django.http import QueryDict

from media_items.catalogue.models import Kind, MediaItem

type Ask = Callable[[MediaItem, datetime], str]

AGREED = "agreed_end"

_asked: dict[str, Ask] = {}


def register_closing_question(kind: Kind, ask: Ask) -> None:
    """At start-up. `ask` gets the item as it is stored and when it is to close, and returns what
    somebody loses by it; "" for nothing. A second call replaces the first."""
    _asked[kind] = ask


def agreed_field() -> forms.CharField:
    """The end to which the editor has agreed; for the form under the name `AGREED`."""
    return forms.CharField(required=False, widget=forms.HiddenInput)


def ask_before_closing(form: forms.BaseForm, item: MediaItem) -> None:
    """In `clean`, where all else is right: once for each end. Saved again, it closes then."""
    ends_at: datetime | None = form.cleaned_data.get("ends_at")
    ask = _asked.get(item.kind)
    if ask is None or ends_at is None or ends_at == item.ends_at:
        return
    if form.cleaned_data.get(AGREED) == ends_at.isoformat():
        return
    if sentence := ask(item, ends_at):
        form.add_error("ends_at", sentence)
        data = cast("QueryDict", form.data).copy()
        data[AGREED] = ends_at.isoformat()
        form.data = data
