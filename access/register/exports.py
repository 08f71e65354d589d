"""Lists as files: CSV and XLSX, row by row, never whole in memory; and the register's lines."""

from __future__ import annotations

import csv
import tempfile
import zoneinfo
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from openpyxl import Workbook

from access.email_addresses import shown_email
from access.invitations.models import Invitation
from access.register.querysets import for_reading
from access.register.rows import InviteeRow
from media_items.moments import reader_zone

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it Excel reads UTF-8 as Latin-1
_CHUNK = 2_000
# The full-width forms are formulas too where a sheet is set to Chinese or Japanese.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defused(text: str) -> str:
    """A cell that a spreadsheet shows and never runs.

    SECURITY: names are typed by anybody; OWASP “CSV injection”. Control characters have no place
    in a name, and XLSX refuses them.
    """
    is_formula = text.startswith(_FORMULA_STARTS)
    if not text.isprintable():
        text = "".join(one if one.isprintable() else " " for one in text)
    # Some programs drop the blanks before it.
    is_formula = is_formula or text.lstrip().startswith(_FORMULA_STARTS)
    return f"'{text}" if is_formula else text


@dataclass(frozen=True)
class Clock:
    """Times in a file: each heading names the zone, and cells are bare readings of its clock, which
    spreadsheets take for dates. Made while the request lasts: a file is written after it."""

    zone: zoneinfo.ZoneInfo

    @classmethod
    def of_reader(cls) -> Clock:
        return cls(reader_zone())

    def heading(self, words: str) -> str:
        return _("%(heading)s (%(zone)s)") % {"heading": words, "zone": self.zone.key}

    def reading(self, moment: datetime | None) -> str:
        if moment is None:
            return ""
        there = moment.astimezone(self.zone).replace(tzinfo=None)
        return there.isoformat(sep=" ", timespec="seconds")


def head(clock: Clock) -> list[str]:
    moments = [
        _("Invited"),
        _("Opened"),
        _("Accepted"),
        _("Declined"),
        _("Withdrawn"),
        _("Expires"),
        _("Last seen"),
    ]
    return [
        _("Email"),
        _("First name"),
        _("Last name"),
        _("Role"),
        _("Invited by"),
        _("State"),
        clock.heading(_("Since")),
        _("Verification"),
        *map(clock.heading, moments),
    ]


def cells(invitation: Invitation, clock: Clock) -> list[str]:
    row = InviteeRow(invitation)
    words = [
        shown_email(invitation.email),
        invitation.first_name,
        invitation.last_name,
        row.role,
        row.invited_by,
        str(row.state.label),
        clock.reading(row.since),
        row.how_sure,
        *map(
            clock.reading,
            (
                invitation.created_at,
                invitation.opened_at,
                invitation.accepted_at,
                invitation.declined_at,
                invitation.revoked_at,
                invitation.expires_at,
                invitation.last_seen_at,
            ),
        ),
    ]
    return [defused(word) for word in words]


def lines_of(rows: QuerySet[Invitation], clock: Clock) -> Iterator[list[str]]:
    yield head(clock)
    for invitation in for_reading(rows).iterator(chunk_size=_CHUNK):
        yield cells(invitation, clock)


class _Echo:
    """A file that gives back what is written to it, for the csv module."""

    def write(self, text: str) -> str:
        return text


def csv_of(lines: Iterable[list[str]]) -> Iterator[str]:
    """SECURITY: each cell must have been through `defused`."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield BYTE_ORDER_MARK
    for line in lines:
        yield writer.writerow(line)


def xlsx_of(lines: Iterable[list[str]], *, sheet_name: str) -> IO[bytes]:
    """A temporary file, rewound, gone once it is closed; every cell is text.

    SECURITY: each cell must have been through `defused`.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(sheet_name)
    for line in lines:
        sheet.append([cell or None for cell in line])  # an empty cell costs nothing
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    book.save(file)
    file.seek(0)
    return file
