"""The guests of an item as a file: what the list shows now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from access.email_addresses import shown_email
from access.guests.models import Guest
from media_items.spreadsheets import CHUNK, Cell, Column, Sheet, moment


def guests_sheet(rows: QuerySet[Guest]) -> Sheet:
    """`rows` as `found.with_standing` annotates them."""
    columns = [
        Column(_("Name")),
        Column(_("Email")),
        Column(_("Verification")),
        Column(_("Link")),
        Column(_("Status")),
        moment(_("Joined")),
        moment(_("Last seen")),
        moment(_("Removed")),
    ]
    return Sheet(name=_("Guests"), columns=columns, rows=_lines(rows))


def _lines(rows: QuerySet[Guest]) -> Iterator[Sequence[Cell]]:
    for one in rows.iterator(chunk_size=CHUNK):
        yield (
            _("Erased guest") if one.erased_at else one.name,
            shown_email(one.email),
            "" if one.erased_at else _("Not verified"),
            one.link.name,
            status_of_guest(one),
            one.joined_at,
            _seen(one),
            one.removed_at,
        )


def status_of_guest(guest: Any) -> str:
    """In the words of the page."""
    if guest.is_out:
        return _("Blocked")
    if guest.removed_at:
        return _("Removed")
    return _("Has access") if guest.has_access else _("No access")


def _seen(guest: Any) -> Cell:
    seen: Cell = guest.seen_at
    return seen
