"""Reading people from what hosts paste or upload: address lists, columns, CSV of any kind.

Only the form of a line is judged here: what cannot be read as one person is kept as it was typed,
with an empty address, to be corrected by hand. Every line with an @ is found again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from access.people_lists.columns import Sheet, sheets_in
from access.people_lists.headings import Column
from access.people_lists.sheets import Row, delimiter_of, lines_of, rows_of
from access.typed_names import split_name
from access.typed_people import Person, found_in, people_found, person, read_line
from media_items.refusals import Invalid

MOST_PEOPLE = 10_000
_MOST_LINES = 4 * MOST_PEOPLE


class TooManyPeople(Invalid):
    """More than `MOST_PEOPLE` entries."""

    reason = "too-many-people"


@dataclass(frozen=True)
class Entry:
    """A person, and where in the list: the number of the sheet and the cells, by which the columns
    can be corrected; without both for lines that are no rows of a sheet."""

    person: Person
    sheet: int | None = None
    cells: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PeopleList:
    """Everybody in a text, and what was guessed of its columns."""

    entries: list[Entry]
    sheets: list[Sheet]

    @property
    def people(self) -> list[Person]:
        return [entry.person for entry in self.entries]


def read_list(text: str) -> PeopleList:
    """Everybody in the list, in order. Raises `TooManyPeople`."""
    lines = lines_of(text)
    if len(lines) > _MOST_LINES:
        raise TooManyPeople
    sign, lines = delimiter_of(lines)
    rows = list(rows_of(lines, sign))
    sheets = sheets_in(rows)
    found = _in_sheets(sheets) if sheets else _in_lines(rows)
    entries = list(islice(found, MOST_PEOPLE + 1))
    if len(entries) > MOST_PEOPLE:
        raise TooManyPeople
    return PeopleList(entries, sheets)


def read_people(text: str) -> list[Person]:
    """Everybody in the list, in order. Raises `TooManyPeople`."""
    return read_list(text).people


def person_of_cells(typed: str, cells: Sequence[str], columns: Sequence[Column]) -> Person:
    """The person of one row, by what stands in its columns."""
    cell = {what: cells[n] for n, what in enumerate(columns) if what and n < len(cells)}
    typed_email = cell.get(Column.EMAIL, "")
    found = next(found_in(typed_email), None)
    email = found.address if found else typed_email
    first, last = cell.get(Column.FIRST, ""), cell.get(Column.LAST, "")
    if Column.FULL in cell and not first and not last:
        first, last = split_name(cell[Column.FULL])
    return person(typed, email, first, last)


def _in_lines(rows: list[Row]) -> Iterator[Entry]:
    for row in rows:
        for one in read_line(row.text):
            yield Entry(one)


def _in_sheets(sheets: list[Sheet]) -> Iterator[Entry]:
    for number, sheet in enumerate(sheets):
        if not sheet.columns:
            yield from _in_lines(sheet.rows)
        else:
            for row in sheet.rows:
                yield from _in_row(number, sheet, row)


def _in_row(number: int, sheet: Sheet, row: Row) -> Iterator[Entry]:
    cells = _fitted(row.cells, sheet)
    if any("@" in cell for cell in cells[sheet.width :]):
        yield from _in_lines([row])  # the row is none of this sheet
        return
    one = person_of_cells(row.text, cells, sheet.columns)
    if not one.email and "@" in row.text and _alone_in_columns(sheet, cells):
        yield from _in_lines([row])
        return
    yield Entry(one, number, cells[: sheet.width])
    email = sheet.columns.index(Column.EMAIL) if Column.EMAIL in sheet.columns else len(cells)
    others = islice(found_in(cells[email]), 1, None) if email < len(cells) else ()
    yield from (Entry(other) for other in people_found(others, row.text))


def _alone_in_columns(sheet: Sheet, cells: list[str]) -> bool:
    """Whether this row has no cell where the addresses stand: it is a line of its own."""
    return Column.EMAIL not in sheet.columns or len(cells) <= sheet.columns.index(Column.EMAIL)


def _fitted(cells: list[str], sheet: Sheet) -> list[str]:
    """`Lovelace, Ada,ada@x.edu` under `Name,Email`: the comma of the name is no separator."""
    if len(cells) != sheet.width + 1 or Column.FULL not in sheet.columns:
        return cells
    full = sheet.columns.index(Column.FULL)
    return [*cells[:full], f"{cells[full]}, {cells[full + 1]}", *cells[full + 2 :]]
