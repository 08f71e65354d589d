"""What stands in the columns of a sheet: guessed on all its rows, by headings and by cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import dropwhile, islice

from access.people_lists.headings import Column, is_heading_line, meaning_of
from access.people_lists.sheets import Row
from access.typed_addresses import addresses_in
from access.typed_names import as_name, may_be_name_of
from access.typed_roles import role_meant

# With more it is no sheet, and read line by line: each column is a choice on the page.
MOST_COLUMNS = 100
MOST_SHEETS = 20
_MOST_OF = 0.8
_SOME_OF = 3
_HARDLY_ANY = 10
FEW_WORDS = 3  # behind addresses; more of them are names


@dataclass
class Sheet:
    """Rows under one heading. `heading` is empty where the sheet has none."""

    heading: list[str]
    rows: list[Row]
    columns: list[Column] = field(default_factory=list)
    above: int = 0  # lines over the heading that hold no address

    @property
    def width(self) -> int:
        return len(self.columns)

    @property
    def has_names_before(self) -> bool:
        """Whether names stand in columns before the addresses."""
        email = self.columns.index(Column.EMAIL) if Column.EMAIL in self.columns else 0
        return _has_names(self.columns[:email])


def sheets_in(rows: list[Row]) -> list[Sheet]:
    """The sheets that the rows are, one below the other; none if they are no sheet."""
    starts = [at for at in range(len(rows)) if _is_heading(rows, at)]
    if len(starts) > MOST_SHEETS:
        return []
    if not starts:
        return _without_known_heading(rows)
    titles = rows[: starts[0]]
    sheets = []
    if any("@" in row.text for row in titles):
        sheets, titles = [Sheet([], titles)], []
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        sheets.append(Sheet(rows[start].cells, rows[start + 1 : end], above=len(titles)))
        titles = []
    for sheet in sheets:
        # Under the one heading “E-mail” each line may hold a name, too.
        sheet.columns = _columns(sheet) if len(sheet.heading) > 1 else []
    return sheets


def _is_heading(rows: list[Row], at: int) -> bool:
    """A row without address, with known headings, one of them that of the addresses or with an
    address below it."""
    cells = rows[at].cells
    if "@" in rows[at].text or len(cells) > MOST_COLUMNS:
        return False
    meanings = [meaning_of(cell) for cell in cells]
    names = {one for one in meanings if one not in {Column.EMAIL, Column.NOTHING}}
    if Column.EMAIL in meanings:
        return len(cells) == 1 or bool(names) or _is_like(rows, at)
    if Column.ROLE in names and len(names) > 1:
        return True
    # “Ada” and “Nome” are headings, too: only a row of a sheet makes a heading of them.
    return bool(names) and len(cells) > 1 and _is_like(rows, at)


def _is_like(rows: list[Row], at: int) -> bool:
    """Whether a row soon below has as many cells, and an address under one that is not empty."""
    cells = rows[at].cells
    return any(
        len(row.cells) == len(cells) > 1 and cells[column]
        for row in rows[at + 1 : at + 4]
        for column, cell in enumerate(row.cells[: len(cells)])
        if "@" in cell
    )


def _without_known_heading(rows: list[Row]) -> list[Sheet]:
    with_address = [row for row in rows if "@" in row.text]
    if any(len(row.cells) > MOST_COLUMNS for row in rows):
        return []
    widths = Counter(len(row.cells) for row in with_address)
    width = max(sorted(widths), key=widths.__getitem__, default=0)
    alike = [row for row in with_address if len(row.cells) == width]
    places = {tuple(n for n, cell in enumerate(row.cells) if "@" in cell) for row in alike}
    plain = all(_is_address(cell) for row in alike for cell in row.cells if "@" in cell)
    if width < 2 or len(alike) < _MOST_OF * len(with_address) or not plain:
        return []
    first = next(n for n, row in enumerate(rows) if "@" in row.text)
    headed = first > 0 and len(rows[first - 1].cells) == width and _is_like(rows, first - 1)
    if not headed and any(len(place) != 1 for place in places):
        return []
    people = rows[first:] if headed else _without_titles(rows)
    heading = rows[first - 1].cells if headed else []
    sheet = Sheet(heading, people, above=first - 1 if headed else len(rows) - len(people))
    sheet.columns = _columns(sheet)
    return [sheet] if Column.EMAIL in sheet.columns else []


def _without_titles(rows: list[Row]) -> list[Row]:
    """From the first on that stands for somebody: what reads like a heading below is a person."""
    return list(dropwhile(lambda row: is_heading_line(row.text), rows))


def _columns(sheet: Sheet) -> list[Column]:
    if _has_names_in_two(sheet):
        at = [meaning_of(cell) for cell in sheet.heading].index(Column.EMAIL)
        widest = max(len(row.cells) for row in sheet.rows)
        sheet.heading = [*sheet.heading[:at], "", *sheet.heading[at:]][:widest]
    width = len(sheet.heading) or max(len(row.cells) for row in sheet.rows)
    meanings = [meaning_of(cell) for cell in sheet.heading] or [Column.NOTHING] * width
    columns = [Column.NOTHING] * width
    cells: list[list[str]] = [[] for _ in range(width)]
    for row in sheet.rows:
        for column, cell in zip(cells, _under_heading(row.cells, meanings), strict=False):
            column.append(cell)
    email = _email_column(meanings, cells)
    if email is not None:
        columns[email] = Column.EMAIL
    for wanted in (Column.FIRST, Column.LAST, Column.FULL):
        if wanted in meanings:
            columns[meanings.index(wanted)] = wanted
    _settle_roles(meanings, columns, cells)
    _settle_full_names(sheet.heading, columns, cells)
    # Under headings of which none is a name's, one row alone tells too little.
    if not _has_names(columns) and (not sheet.heading or len(sheet.rows) > 1):
        _guess_names(columns, cells)
    if not sheet.heading and email is not None:
        _settle_words_behind(columns, cells, email)
    return columns


def _under_heading(cells: list[str], meanings: list[Column]) -> list[str]:
    """Of `Turing, Alan,alan@x.edu,Viewer` under `Name,Email,Role` the comma of the name is no
    separator."""
    more = len(cells) - len(meanings)
    if more <= 0 or Column.EMAIL not in meanings:
        return cells
    email = meanings.index(Column.EMAIL)
    if not email or "@" in cells[email] or "@" not in cells[email + more]:
        return cells
    return [", ".join(cells[: more + 1]), *cells[more + 1 :]]


def _has_names_in_two(sheet: Sheet) -> bool:
    """Whether under `Name, Email` the rows are `Alan, Turing, alan@x.edu`: one heading too few."""
    meanings = [meaning_of(cell) for cell in sheet.heading]
    if Column.EMAIL not in meanings or Column.FULL not in meanings:
        return False
    email = meanings.index(Column.EMAIL)
    if email == 0 or meanings[email - 1] != Column.FULL:
        return False
    rows = [row for row in sheet.rows if "@" in row.text]
    moved = [
        row
        for row in rows
        if len(row.cells) > email + 1
        and _is_address(row.cells[email + 1])
        and "@" not in row.cells[email]
        and "," not in row.text  # which may be the comma of “Turing, Alan”
    ]
    return bool(moved) and len(moved) == len(rows) and _are_names([r.cells[email] for r in rows])


def _email_column(meanings: list[Column], cells: list[list[str]]) -> int | None:
    """The most addresses, under a heading that says so if there is one."""
    numbers = [sum("@" in cell for cell in column) for column in cells]
    named = [n for n, meaning in enumerate(meanings) if meaning == Column.EMAIL]
    for candidates in ([n for n in named if numbers[n]], range(len(cells)) if cells else []):
        best = max(candidates, key=lambda n: (numbers[n], -n), default=None)
        if best is not None and numbers[best]:
            return best
    return named[0] if named else None


def _settle_full_names(heading: list[str], columns: list[Column], cells: list[list[str]]) -> None:
    """“Name” beside “Vorname” is the last name, beside “Surname” the first, beside both nothing."""
    if Column.FULL not in columns:
        return
    full = columns.index(Column.FULL)
    if columns[full + 1 : full + 2] == [Column.NOTHING] and heading[full + 1 : full + 2] == [""]:
        columns[full : full + 2] = [Column.FIRST, Column.LAST]
        return
    others = [n for n, one in enumerate(columns) if one in {Column.FIRST, Column.LAST}]
    if len(others) == 2:
        columns[full] = Column.NOTHING
    elif others:
        pairs = list(zip(cells[full], cells[others[0]], strict=False))
        inside = sum(bool(part) and part in whole for whole, part in pairs)
        if pairs and inside >= _MOST_OF * len(pairs):  # the whole name, and a part of it
            columns[others[0]] = Column.NOTHING
        else:
            is_first = columns[others[0]] == Column.FIRST
            columns[full] = Column.LAST if is_first else Column.FIRST


def _has_names(columns: Sequence[Column]) -> bool:
    return any(one in columns for one in (Column.FIRST, Column.LAST, Column.FULL))


def _settle_roles(meanings: list[Column], columns: list[Column], cells: list[list[str]]) -> None:
    """“Student” and “TA” are no roles of ours: such a column is left out, and the page says so."""
    named = {n: _roles_in(cells[n]) for n, one in enumerate(meanings) if one == Column.ROLE}
    if any(named.values()):
        columns[max(named, key=named.__getitem__)] = Column.ROLE
    elif not named:
        _guess_roles(meanings, columns, cells)


def _guess_roles(meanings: list[Column], columns: list[Column], cells: list[list[str]]) -> None:
    """Without a heading that says so: the column with the most roles, some in three words. Others
    in it are said on their lines."""
    found = {
        place: named
        for place, column in enumerate(cells)
        if columns[place] == meanings[place] == Column.NOTHING
        and (named := _roles_in(column))
        and _SOME_OF * named >= sum(bool(cell) for cell in column)
    }
    if found:
        columns[max(found, key=found.__getitem__)] = Column.ROLE


def _settle_words_behind(columns: list[Column], cells: list[list[str]], email: int) -> None:
    """A few single words behind the addresses are no names, if none of these mailboxes may be of
    that name: the lines say that they are no roles."""
    behind = email + 1
    if columns[behind : behind + 1] != [Column.FULL] or Column.ROLE in columns:
        return
    pairs = [(word, at) for word, at in zip(cells[behind], cells[email], strict=False) if word]
    words = {word.casefold() for word, _at in pairs}
    if len(words) > FEW_WORDS or any(len(word.split()) > 1 for word in words):
        return
    if not any(may_be_name_of(word, at.partition("@")[0]) for word, at in pairs):
        columns[behind] = Column.ROLE


def _roles_in(cells: list[str]) -> int:
    return sum(bool(role_meant(cell)) for cell in cells)


def _guess_names(columns: list[Column], cells: list[list[str]]) -> None:
    """Without a heading that says so: the first columns whose cells look like names."""
    likely = [
        n for n, column in enumerate(cells) if columns[n] == Column.NOTHING and _are_names(column)
    ]
    if not likely:
        return
    first = [cell for cell in cells[likely[0]] if cell]
    whole = sum("," in cell or len(cell.split()) > 1 for cell in first)
    if len(likely) == 1 or whole > len(first) / 2:
        columns[likely[0]] = Column.FULL
    else:
        columns[likely[0]], columns[likely[1]] = Column.FIRST, Column.LAST


def _are_names(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    if not filled or len(filled) < len(cells) / 2 or _HARDLY_ANY * _roles_in(filled) > len(filled):
        return False
    if len(filled) > 2 and len(set(filled)) == 1:  # a course, a group
        return False
    good = [
        cell
        for cell in filled
        if as_name(cell) == cell and not any(sign.isdigit() for sign in cell) and len(cell) < 80
    ]
    return len(good) >= _MOST_OF * len(filled) and any(len(cell) > 1 for cell in good)


def _is_address(cell: str) -> bool:
    return list(islice(addresses_in(cell), 2)) == [cell.strip(" <>;,")]
