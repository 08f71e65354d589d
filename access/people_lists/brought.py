"""What a host brings: pasted words and a file, read together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from access.people_lists.columns import Sheet
from access.people_lists.headings import LONGEST_HEADING
from access.people_lists.parsing import MOST_PEOPLE, Entry, TooManyPeople, read_list
from access.typed_people import Person
from media_items.text_encodings import Reading, readings


class NoText(Exception):
    """The file's bytes are no letters."""


@dataclass(frozen=True)
class Brought:
    """Pasted people first, then those of a group, then those of the file.

    `file` is kept only while somebody may still say which letters it is written in."""

    entries: list[Entry]
    sheets: list[dict[str, Any]] = field(default_factory=list)
    from_file: int = 0  # so many of the entries, the last ones
    file: bytes | None = None
    encoding: str = ""

    def with_people(self, people: Sequence[Person]) -> Brought:
        """And these, who stand in no text. Raises `TooManyPeople`."""
        if len(self.entries) + len(people) > MOST_PEOPLE:
            raise TooManyPeople
        at = len(self.entries) - self.from_file
        among = [Entry(one) for one in people]
        return replace(self, entries=[*self.entries[:at], *among, *self.entries[at:]])


def read_brought(pasted: str, data: bytes, *, encoding: str = "") -> Brought:
    """Raises `NoText` and `TooManyPeople`."""
    reading = _reading(data, encoding)
    words, file = read_list(pasted), read_list(reading.text if reading else "")
    more = len(words.sheets)
    moved = [
        one if one.sheet is None else replace(one, sheet=one.sheet + more) for one in file.entries
    ]
    if len(words.entries) + len(moved) > MOST_PEOPLE:
        raise TooManyPeople
    asked = reading is not None and not reading.certain
    return Brought(
        entries=[*words.entries, *moved],
        sheets=[_kept(sheet) for sheet in (*words.sheets, *file.sheets)],
        from_file=len(moved),
        file=data if asked else None,
        encoding=reading.encoding if reading else "",
    )


def _reading(data: bytes, encoding: str) -> Reading | None:
    if not data:
        return None
    if not (found := readings(data)):
        raise NoText
    return next((one for one in found if one.encoding == encoding), found[0])


def _kept(sheet: Sheet) -> dict[str, Any]:
    columns = [str(column) for column in sheet.columns]
    heading = [cell[:LONGEST_HEADING] for cell in sheet.heading] or [""] * len(columns)
    return {"heading": heading, "columns": columns, "above": sheet.above}
