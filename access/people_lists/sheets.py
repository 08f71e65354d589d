"""Pasted or uploaded text as rows and cells.

Python's `csv` reads each row. What it does not do is here: which sign separates, and that a quote
which is never closed swallows nobody: its lines are released one by one. No cell of several lines
holds an address, so every line with an @ stays a row of its own.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from access.people_lists.headings import Column, meaning_of

DELIMITERS = "\t;,|"
_MOST_LINES = 20  # of one quoted cell
_LONGEST_CELL = 10 * 1024 * 1024
_LINE_ENDS = re.compile(r"\r\n|[\r\n]")  # by which editors count lines
_OTHER_ENDS = re.compile(r"[\v\f\x1c-\x1e\x85\u2028\u2029]")
_BARE = re.compile(r"[^\s,;|]+@[^\s,;|]+")
_MOST_HEADINGS = 50  # lines without address that are asked whether they are one
# Longer than any text that is taken, so that no cell is an error.
csv.field_size_limit(_LONGEST_CELL)


class Line(NamedTuple):
    """`number` counts all lines of the text, the empty ones, too."""

    number: int
    text: str


@dataclass(frozen=True)
class Row:
    """`text` as it was given; `cells` as the delimiter cuts it; `line` is where it begins."""

    text: str
    cells: list[str] = field(default_factory=list)
    line: int = 1


def lines_of(text: str) -> list[Line]:
    """Those with something on them."""
    plain = text.removeprefix("\ufeff").replace("\x00", "")
    return [
        Line(number, part)
        for number, line in enumerate(_LINE_ENDS.split(plain), start=1)
        for part in _OTHER_ENDS.split(line)
        if part.strip(" \t,;|\ufeff")
    ]


def delimiter_of(lines: list[Line]) -> tuple[str, list[Line]]:
    """The sign that cuts the whole sheet best: most rows with an address, and headings, into as
    many cells; and the lines, without the one in which a spreadsheet names its sign."""
    if lines and (said := re.fullmatch(r"sep=([\t;,|:^~])", lines[0].text.strip(" \r"))):
        return said[1], lines[1:]
    texts = [line.text for line in lines]
    telling = [text for text in texts if "@" in text]
    others = [text for text in texts if "@" not in text][:_MOST_HEADINGS] if telling else []
    return max(DELIMITERS, key=lambda sign: _regularity(telling or texts, others, sign)), lines


def _regularity(telling: list[str], others: list[str], sign: str) -> tuple[int, int, int]:
    """How many of the telling lines have the commonest number of cells, together with the headings
    that have as many; how many have a cell that is an address alone; and that number of cells.

    A tab or a comma within a name cuts a line or two, the sign of the sheet cuts its headings too.
    """
    cut = [_cut(text, sign) for text in telling]
    widths = Counter(len(cells) for cells in cut)
    widths.pop(1, None)
    if not widths:
        return 0, 0, 0
    [(width, number)] = widths.most_common(1)
    number += sum(_is_heading_of(_cut(text, sign), width) for text in others)
    bare = sum(any(_BARE.fullmatch(cell.strip()) for cell in cells if "@" in cell) for cells in cut)
    return number, bare, width


def _is_heading_of(cells: list[str], width: int) -> bool:
    return len(cells) == width and any(meaning_of(cell) != Column.NOTHING for cell in cells)


def rows_of(lines: list[Line], sign: str) -> Iterator[Row]:
    texts = [line.text for line in lines]
    at = 0
    while at < len(texts):
        taken = _lines_of_row(texts, at, sign)
        together = texts[at : at + taken]
        yield Row(" ".join(together), cells_of("\n".join(together), sign), lines[at].number)
        at += taken


def _lines_of_row(lines: list[str], at: int, sign: str) -> int:
    """More than one only if a quoted cell goes over the ends of lines and is closed properly."""
    if '"' not in lines[at] or _is_closed(lines[at], sign):
        return 1
    more = lines[at : at + _MOST_LINES]
    taken = 0

    def feed() -> Iterator[str]:
        nonlocal taken
        for line in more:
            taken += 1
            yield f"{line}\n"

    try:
        cells = next(csv.reader(feed(), delimiter=sign, strict=True), [])
    except csv.Error:
        return 1
    return 1 if any("@" in cell for cell in cells if "\n" in cell.rstrip("\n")) else taken


def cells_of(line: str, sign: str) -> list[str]:
    return [" ".join(cell.split()) for cell in _cut(line, sign)]


def _cut(line: str, sign: str) -> list[str]:
    if _is_closed(line, sign):
        cells = next(csv.reader([line], delimiter=sign), [])
        if '"' not in line or all(_stands_in(line, cell) for cell in cells):
            return cells
        # Of `"Ada"ada@x.edu` Python makes one word: somebody else's address.
    return next(csv.reader([line], delimiter=sign, quoting=csv.QUOTE_NONE), [])


def _stands_in(line: str, cell: str) -> bool:
    return "@" not in cell or cell in line or cell.replace('"', '""') in line


def _is_closed(line: str, sign: str) -> bool:
    """Whether no quoted cell is still open at the end of the line."""
    if '"' not in line:
        return True
    return len(list(csv.reader([line, "end"], delimiter=sign))) == 2
