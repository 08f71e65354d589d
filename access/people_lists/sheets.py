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

DELIMITERS = "\t;,|"
_MOST_LINES = 20  # of one quoted cell
_LONGEST_CELL = 10 * 1024 * 1024
_LINE_ENDS = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
# Longer than any text that is taken, so that no cell is an error.
csv.field_size_limit(_LONGEST_CELL)


@dataclass(frozen=True)
class Row:
    """`text` as it was given; `cells` as the delimiter cuts it."""

    text: str
    cells: list[str] = field(default_factory=list)


def lines_of(text: str) -> list[str]:
    plain = text.removeprefix("\ufeff").replace("\x00", "")
    return [line for line in _LINE_ENDS.split(plain) if line.strip(" \t,;|\ufeff")]


def delimiter_of(lines: list[str]) -> tuple[str, list[str]]:
    """The sign that cuts most rows with an address into as many cells; and the lines, without
    the one in which a spreadsheet names its sign."""
    if lines and (said := re.fullmatch(r"sep=([\t;,|:^~])", lines[0].strip(" \r"))):
        return said[1], lines[1:]
    return max(DELIMITERS, key=lambda sign: _regularity(lines, sign)), lines


def _regularity(lines: list[str], sign: str) -> tuple[int, int]:
    """How many lines with an address have the commonest number of cells, and that number."""
    telling = [line for line in lines if "@" in line] or lines
    widths = Counter(len(_cut(line, sign)) for line in telling)
    widths.pop(1, None)
    if not widths:
        return 0, 0
    [(width, number)] = widths.most_common(1)
    return number, width


def rows_of(lines: list[str], sign: str) -> Iterator[Row]:
    at = 0
    while at < len(lines):
        taken = _lines_of_row(lines, at, sign)
        text = " ".join(lines[at : at + taken])
        joined = "\n".join(lines[at : at + taken])
        yield Row(text, cells_of(joined, sign))
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
