"""Reading people from what hosts paste or upload: address lists, columns, CSV of any kind.

Only the form of a line is judged here: what cannot be read as one person is kept as it was typed,
with an empty address, to be corrected by hand. Every line with an @ is found again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from access.cut_addresses import Cut, cuts_in
from access.people_lists.columns import FEW_WORDS, Sheet, sheets_in
from access.people_lists.doubts import address_in_two, line_without_word, without_word
from access.people_lists.headings import Column, is_heading_line
from access.people_lists.sheets import DELIMITERS, Row, cells_of, delimiter_of, lines_of, rows_of
from access.typed_addresses import found_in
from access.typed_names import split_name
from access.typed_people import Person, people_found, person, read_line
from access.typed_roles import roles_in_line
from media_items.refusals import Invalid

MOST_PEOPLE = 10_000
_MOST_LINES = 4 * MOST_PEOPLE
_LONGEST_COUNTRY = 3


class TooManyPeople(Invalid):
    """More than `MOST_PEOPLE` entries."""

    reason = "too-many-people"


@dataclass(frozen=True)
class Entry:
    """A person, and where in the list: the line of the text; the number of the sheet and the cells,
    by which the columns can be corrected, without both for lines that are no rows of a sheet.
    `role` is what stands in a column of roles, or behind the address; `meant` another address that
    may have been meant."""

    person: Person
    line: int | None = None
    sheet: int | None = None
    cells: list[str] = field(default_factory=list)
    role: str = ""
    meant: str = ""


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
    if not sheets:
        titles = [row.text for row in rows if is_heading_line(row.text)]
        rows = [row for row in rows if not is_heading_line(row.text)]
        if titles and any("@" in row.text for row in rows):
            sheets = [Sheet(titles[:1], rows, above=len(titles))]
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
    if next(cuts_in(typed_email), None):
        email = ""
    first, last = cell.get(Column.FIRST, ""), cell.get(Column.LAST, "")
    if Column.FULL in cell and not first and not last:
        first, last = split_name(cell[Column.FULL])
    return person(typed, email, first, last)


def meant_in_cells(cells: Sequence[str], columns: Sequence[Column]) -> str:
    """Another address that may have been meant where the addresses stand."""
    email = columns.index(Column.EMAIL) if Column.EMAIL in columns else len(cells)
    return address_in_two(cells[email]) if email < len(cells) else ""


def role_of_cells(cells: Sequence[str], columns: Sequence[Column]) -> str:
    """What stands in the column of roles."""
    role = columns.index(Column.ROLE) if Column.ROLE in columns else len(cells)
    return cells[role] if role < len(cells) else ""


def _in_lines(rows: list[Row]) -> Iterator[Entry]:
    pieces = [
        (row.line, typed, *((typed, known) if known else line_without_word(typed)))
        for row in rows
        for typed, known in roles_in_line(row.text)
    ]
    words = {word.casefold() for _line, typed, rest, word in pieces if _is_alone(typed, rest)}
    for line, typed, rest, word in pieces:
        is_name = len(words) > FEW_WORDS and _is_alone(typed, rest)
        text, role = (typed, "") if is_name else (rest, word)
        before = None
        for one in read_line(text):
            if before:
                yield _of_line(before, line)
            before = one
        if before:
            yield Entry(before, line) if is_name else _of_line(before, line, role)


def _is_alone(typed: str, rest: str) -> bool:
    """Whether the rest of a line without a word that is no role is the address alone: so many
    such words are names."""
    return rest != typed and len(rest.split()) == 1


def _of_line(one: Person, line: int, role: str = "") -> Entry:
    meant = address_in_two(one.typed) if one.email else ""
    if not role:
        one, role = without_word(one)
    return Entry(one, line, role=role, meant=meant)


def _in_sheets(sheets: list[Sheet]) -> Iterator[Entry]:
    for number, sheet in enumerate(sheets):
        if not sheet.columns:
            yield from _in_lines(sheet.rows)
        else:
            has_column = _has_column_of_words(sheet)
            for row in sheet.rows:
                if _is_cut(sheet, row, has_column=has_column):
                    yield Entry(person(row.text, ""), row.line)
                else:
                    yield from _in_row(number, sheet, row)


def _is_cut(sheet: Sheet, row: Row, *, has_column: bool) -> bool:
    """Whether the row holds the pieces of an address, and not a cell of the column behind it."""
    cut = next(cuts_in(row.text), None)
    if cut is None:
        return False
    if sum(bool(cell) for cell in row.cells) > sheet.width:
        return cut.tail in row.cells and not cut.tail.isdigit()
    if sheet.heading or not cut.is_last:
        return False
    return cut.is_common or not (has_column or _is_row_with_word(sheet, cut))


def _has_column_of_words(sheet: Sheet) -> bool:
    """Whether in this sheet a word in lower case behind an address is what stands there usually."""
    tails = [cut.tail for row in sheet.rows if (cut := next(cuts_in(row.text), None))]
    with_address = sum("@" in row.text for row in sheet.rows)
    if sheet.has_names_before and len(tails) == with_address > 1:
        return True
    return 2 * len(tails) > with_address and (len(tails) > 2 or len(set(tails)) > 1)


def _is_row_with_word(sheet: Sheet, cut: Cut) -> bool:
    """`Alice;Durand;alice@x.org;prof`, where the word is too long for the ending of a country."""
    return sheet.has_names_before and len(cut.tail) > _LONGEST_COUNTRY and "." not in cut.tail


def _in_row(number: int, sheet: Sheet, row: Row) -> Iterator[Entry]:
    cells = _fitted(row, sheet)
    if any("@" in cell for cell in cells[sheet.width :]):
        yield from _in_lines([row])  # the row is none of this sheet
        return
    one = person_of_cells(row.text, cells, sheet.columns)
    if not one.email and "@" in row.text and _alone_in_columns(sheet, cells):
        yield from _in_lines([row])
        return
    role, meant = role_of_cells(cells, sheet.columns), meant_in_cells(cells, sheet.columns)
    yield Entry(one, row.line, number, cells[: sheet.width], role, meant)
    email = sheet.columns.index(Column.EMAIL) if Column.EMAIL in sheet.columns else len(cells)
    others = islice(found_in(cells[email]), 1, None) if email < len(cells) else ()
    for other in people_found(others, row.text):
        yield Entry(other, row.line, role=role)


def _alone_in_columns(sheet: Sheet, cells: list[str]) -> bool:
    """Whether this row has no cell where the addresses stand: it is a line of its own."""
    return Column.EMAIL not in sheet.columns or len(cells) <= sheet.columns.index(Column.EMAIL)


def _fitted(row: Row, sheet: Sheet) -> list[str]:
    """The cells under the columns they belong to: of a row that another sign separates, and of
    `Lovelace, Ada,ada@x.edu` under `Name,Email`, where the comma of the name is no separator."""
    cells = row.cells
    if len(cells) == sheet.width or Column.EMAIL not in sheet.columns:
        return cells
    email = sheet.columns.index(Column.EMAIL)
    if len(cells) < sheet.width:
        others = (cells_of(row.text, sign) for sign in DELIMITERS)
        alike = (one for one in others if len(one) == sheet.width and "@" in one[email])
        return next(alike, cells)
    more = len(cells) - sheet.width
    is_moved = "@" in cells[email + more] and "@" not in cells[email]
    if not any(cells[sheet.width :]) and not is_moved:
        return cells[: sheet.width]
    places = range(email) if is_moved else range(email + 1, sheet.width)
    at = _place_of_names(sheet, places)
    if at is None:
        # Which cells before the address belong together, nobody can tell.
        return [*[""] * email, *cells[email + more :]] if is_moved else cells
    return [*cells[:at], ", ".join(cells[at : at + more + 1]), *cells[at + more + 1 :]]


def _place_of_names(sheet: Sheet, places: range) -> int | None:
    """Which of these columns a separator too many stands in; None if it may be in any of them."""
    of = {sheet.columns[n]: n for n in places}
    if Column.FULL in of:
        return of[Column.FULL]
    is_clear = of and set(of) <= {Column.FIRST, Column.LAST}
    return max(of.values()) if is_clear else None
