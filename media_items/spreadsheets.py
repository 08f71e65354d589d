"""Lists as files: CSV and Excel, row by row, never whole in memory.

What a list holds is said once, as a `Sheet`: moments, numbers and lengths of time stay what they
are, and each form writes them as spreadsheets know them. Moments are readings of the reader's
clock, whose zone the headings name.
"""

from __future__ import annotations

import csv
import re
import tempfile
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import partial
from itertools import chain, islice
from typing import IO, Any

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, get_language_bidi, override
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from media_items.delivery.file_names import exported_name
from media_items.moments import on_clock, reader_zone

CHUNK = 2_000  # rows that a list reads from the database at once
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it Excel reads UTF-8 as Latin-1
# The full-width forms are formulas too where a sheet is set to Chinese or Japanese.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Where numbers have a comma, a program cuts lines at semicolons, between quotes, too. Not “;-)”.
_FORMULA_BEHIND_A_CUT = re.compile(r'(;[\s"]*)(?=[=+\-@＝＋－＠](?!\)))')
_MOST_LETTERS = 32_767  # in a cell; Excel repairs a file with more, and loses some
_LAST_ROW = 1_048_576  # of a sheet; Excel opens no file with more
_MEASURED = 200  # rows that decide how wide the columns are
_NARROWEST, _WIDEST = 8, 48

type Cell = str | int | Decimal | datetime | timedelta | None


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DECIMAL = "decimal"
    MOMENT = "moment"
    LENGTH = "length"  # of time


_FORMATS = {
    Kind.NUMBER: "0",
    Kind.DECIMAL: "0.00",
    Kind.MOMENT: "yyyy-mm-dd hh:mm:ss",
    Kind.LENGTH: "[h]:mm:ss",
}
_WIDTHS = {Kind.MOMENT: 19, Kind.LENGTH: 10}


@dataclass(frozen=True)
class Column:
    heading: str
    kind: Kind = Kind.TEXT


number = partial(Column, kind=Kind.NUMBER)
decimal = partial(Column, kind=Kind.DECIMAL)
moment = partial(Column, kind=Kind.MOMENT)
length = partial(Column, kind=Kind.LENGTH)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Made while the request lasts: `rows` are read after it, in its language and on its clock."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    zone: zoneinfo.ZoneInfo = field(default_factory=reader_zone)
    language: str | None = field(default_factory=get_language)

    def heading(self, column: Column) -> str:
        if column.kind != Kind.MOMENT:
            return column.heading
        return _("%(heading)s (%(zone)s)") % {"heading": column.heading, "zone": self.zone.key}

    @property
    def headings(self) -> list[str]:
        return [self.heading(column) for column in self.columns]

    def read(self) -> Iterator[Sequence[Cell]]:
        rows = iter(self.rows)
        while True:
            with override(self.language):
                row = next(rows, None)
            if row is None:
                return
            yield row

    def reading(self, moment: datetime) -> datetime:
        return on_clock(moment, self.zone).replace(tzinfo=None, microsecond=0)


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


# --- CSV ------------------------------------------------------------------------------------------


class _Echo:
    """A file that gives back what is written to it, for the csv module."""

    def write(self, text: str) -> str:
        return text


def csv_of(sheet: Sheet) -> Iterator[str]:
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    headings = [_as_text(heading, sheet) for heading in sheet.headings]

    def lines() -> Iterator[str]:
        yield BYTE_ORDER_MARK + writer.writerow(headings)
        for row in sheet.read():
            yield writer.writerow([_as_text(cell, sheet) for cell in row])

    return lines()


def _as_text(cell: Cell, sheet: Sheet) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _FORMULA_BEHIND_A_CUT.sub(r"\1'", defused(cell))
    if isinstance(cell, datetime):
        return sheet.reading(cell).isoformat(sep=" ")
    if isinstance(cell, timedelta):
        return in_figures(cell)
    return str(cell)


def in_figures(length: timedelta) -> str:
    """As spreadsheets know it: hours, minutes and seconds."""
    minutes, seconds = divmod(max(0, int(length.total_seconds())), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


# --- Excel ----------------------------------------------------------------------------------------


def xlsx_of(sheet: Sheet) -> IO[bytes]:
    """A temporary file, rewound, gone once it is closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    try:
        _write_book(file, sheet)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _write_book(file: IO[bytes], sheet: Sheet) -> None:
    # SECURITY: a text stays one, whatever it begins with.
    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet(_sheet_title(sheet.name))
    rows = sheet.read()
    first = list(islice(rows, _MEASURED))
    _shape(page, sheet, first)
    bold = book.add_format({"bold": True})
    for column, heading in enumerate(sheet.headings):
        page.write_string(0, column, defused(heading), bold)
    formats = [
        book.add_format({"num_format": _FORMATS[column.kind]}) if column.kind in _FORMATS else None
        for column in sheet.columns
    ]
    last = 0
    for last, row in enumerate(islice(chain(first, rows), _LAST_ROW - 1), start=1):
        for column, cell in enumerate(row):
            _write(page, last, column, cell, formats[column], sheet)
    page.autofilter(0, 0, last, len(sheet.columns) - 1)
    book.close()


def _shape(page: Any, sheet: Sheet, first: Sequence[Sequence[Cell]]) -> None:
    page.freeze_panes(1, 0)
    if get_language_bidi():
        page.right_to_left()
    for number, column in enumerate(sheet.columns):
        texts = [row[number] for row in first]
        widest = max((len(text) for text in texts if isinstance(text, str)), default=0)
        # The heading has the arrow of its filter beside it.
        wanted = max(len(sheet.heading(column)) + 3, widest + 1, _WIDTHS.get(column.kind, 0))
        page.set_column(number, number, min(max(wanted, _NARROWEST), _WIDEST))


def _write(page: Any, row: int, column: int, cell: Cell, looks: Any, sheet: Sheet) -> None:
    if cell is None or cell == "":
        return  # an empty cell costs nothing
    if isinstance(cell, str):
        page.write_string(row, column, defused(cell)[:_MOST_LETTERS])
    elif isinstance(cell, datetime):
        page.write_datetime(row, column, sheet.reading(cell), looks)
    elif isinstance(cell, timedelta):
        page.write_number(row, column, cell / timedelta(days=1), looks)
    else:
        page.write_number(row, column, cell, looks)


def _sheet_title(name: str) -> str:
    """Excel takes 31 letters and not these."""
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in name)[:31]


# --- the answer -----------------------------------------------------------------------------------

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def file_of(sheet: Sheet, *, form: str, title: str) -> HttpResponseBase:
    """`form`: csv, which is streamed, or xlsx; others raise `Http404`. The browser saves it under
    the `title` of the item and the name of the sheet."""
    if form not in _TYPES:
        raise Http404
    response: HttpResponseBase
    if form == "csv":
        response = StreamingHttpResponse(csv_of(sheet))
    else:
        response = FileResponse(xlsx_of(sheet))
    response["Content-Type"] = _TYPES[form]
    name = exported_name(title, sheet.name, extension=form)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
