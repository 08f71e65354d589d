"""Reading people from what hosts paste or upload: address lists, columns, CSV of any kind.

Only the form of a line is judged here: what cannot be read as one person is kept as it was typed,
with an empty address, to be corrected by hand.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from access.email_addresses import normal_email
from access.typed_text import clean_words
from media_items.refusals import Invalid

MOST_PEOPLE = 10_000
_LONGEST_LINE = 20_000  # characters; longer lines are no list of people
_DELIMITERS = "\t;,|"

_HEADERS = {
    "email": {
        "email",
        "e-mail",
        "mail",
        "email address",
        "e-mail address",
        "mail address",
        "emailaddress",
        "address",
        "courriel",
        "adresse e-mail",
        "e-mail-adresse",
        "correo",
        "correo electrónico",
        "דוא״ל",
        'דוא"ל',
        "אימייל",
    },
    "first": {
        "first name",
        "firstname",
        "first",
        "given name",
        "givenname",
        "forename",
        "vorname",
        "prénom",
        "prenom",
        "nombre",
        "שם פרטי",
    },
    "last": {
        "last name",
        "lastname",
        "last",
        "surname",
        "family name",
        "familyname",
        "nachname",
        "nom",
        "apellido",
        "apellidos",
        "שם משפחה",
    },
    "full": {"name", "full name", "fullname", "display name", "student", "participant", "שם"},
}


class TooManyPeople(Invalid):
    """More than `MOST_PEOPLE` entries."""

    reason = "too-many-people"


@dataclass(frozen=True)
class Person:
    """One entry. `email` is empty where no address could be read; `typed` is the text as given."""

    typed: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""


def read_people(text: str) -> list[Person]:
    """Everybody in the list, in order. Raises `TooManyPeople`."""
    people: list[Person] = []
    for person in _read(text):
        if len(people) == MOST_PEOPLE:
            raise TooManyPeople
        people.append(person)
    return people


# --- lines and cells --------------------------------------------------------------------------


def _read(text: str) -> Iterator[Person]:
    lines = list(_logical_lines(text.removeprefix("\ufeff").replace("\x00", "")))
    if lines and (said := re.fullmatch(r"sep=(.)", lines[0].strip())):
        lines, known = lines[1:], said[1]
    else:
        known = ""
    table = _Table.headed_by(lines, known)
    for line in lines[1:] if table else lines:
        yield from table.read(line) if table else _read_line(line)


def _logical_lines(text: str) -> Iterator[str]:
    """Lines that are not empty; a quoted cell of several lines is joined into one."""
    waiting = ""
    parts = 0
    for line in re.split(r"\r\n|\r|\n|\u2028|\u2029", text):
        joined = f"{waiting} {line}" if waiting else line
        if joined.count('"') % 2 and parts < 5 and len(joined) < _LONGEST_LINE:
            waiting, parts = joined, parts + 1
            continue
        if parts == 5 and joined.count('"') % 2:
            # A quote that is never closed is no quote.
            joined = joined.replace('"', " ")
        waiting, parts = "", 0
        if joined.strip(" \t,;|\ufeff"):
            yield joined
    if waiting.strip():
        yield waiting.replace('"', " ")


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        [cells] = csv.reader([line[:_LONGEST_LINE]], delimiter=delimiter)
    except (csv.Error, ValueError):
        cells = line[:_LONGEST_LINE].split(delimiter)
    return [cell.strip() for cell in cells]


class _Table:
    """A sheet whose first row names its columns."""

    def __init__(self, delimiter: str, columns: dict[str, int]) -> None:
        self.delimiter = delimiter
        self.columns = columns

    @classmethod
    def headed_by(cls, lines: list[str], delimiter: str) -> _Table | None:
        if not lines or "@" in lines[0]:
            return None
        for sign in delimiter or _DELIMITERS:
            names = [cell.casefold().strip("\ufeff *:") for cell in _cells(lines[0], sign)]
            columns: dict[str, int] = {}
            for number, name in enumerate(names):
                for what, known in _HEADERS.items():
                    if name in known:
                        columns.setdefault(what, number)
            if "email" in columns:
                return cls(sign, columns)
        return cls._guessed(lines, delimiter)

    @classmethod
    def _guessed(cls, lines: list[str], delimiter: str) -> _Table | None:
        """With an unknown heading: the row below has as many cells, one of them an address."""
        for sign in delimiter or _DELIMITERS:
            heading, below = _cells(lines[0], sign), _cells("".join(lines[1:2]), sign)
            with_address = [number for number, cell in enumerate(below) if "@" in cell]
            if len(heading) == len(below) > 1 and len(with_address) == 1 and "<" not in lines[1]:
                return cls(sign, {"email": with_address[0]})
        return None

    def read(self, line: str) -> Iterator[Person]:
        cells = _cells(line, self.delimiter)
        email = self._cell(cells, "email")
        if "first" in self.columns or "last" in self.columns:
            first, last = self._cell(cells, "first"), self._cell(cells, "last")
            full = self._cell(cells, "full")
            if full and not first and not last:
                first, last = split_name(full)
            elif full and "last" not in self.columns:
                last = full  # “Name, Vorname”
            elif full and "first" not in self.columns:
                first = full
        elif "full" in self.columns:
            first, last = split_name(self._cell(cells, "full"))
        else:
            first, last = _names_among(
                [cell for number, cell in enumerate(cells) if number != self.columns["email"]]
            )
        yield _person(line, email, first, last)

    def _cell(self, cells: list[str], what: str) -> str:
        number = self.columns.get(what, -1)
        return cells[number] if 0 <= number < len(cells) else ""


# --- lines without a heading ------------------------------------------------------------------

# SECURITY: lines are long and anybody's. No two parts of these patterns take the same character
# twice, and a word is tried from its beginning only, so that time grows with length and no faster.
_IN_BRACKETS = re.compile(r"^(?P<name>[^<>]*)<(?P<email>[^<>]*)>(?P<rest>[^<>]*)$")
_IN_WORDS = re.compile(r"(?<![^\s<>()\[\]\"“”:])(?:mailto:)?[^\s<>()\[\]\"“”:]+@[^\s<>()\[\]\"“”]+")


def _read_line(line: str) -> Iterator[Person]:
    """One person in columns, or a list of addresses in any usual form."""
    parts = _split_outside_quotes(line[:_LONGEST_LINE])
    with_address = [part for part in parts if "@" in part]
    if len(with_address) == 1 and len(parts) > 1 and not _IN_BRACKETS.match(with_address[0]):
        others = [_unquoted(part) for part in parts if part is not with_address[0]]
        yield _person(line, _unquoted(with_address[0]), *_names_among(others))
        return
    before: list[str] = []
    for part in parts:
        if "@" not in part:
            before.append(part)
            continue
        yield from _read_part(part, before)
        before = []
    for part in before:
        yield _person(part, "")


def _read_part(part: str, before: list[str]) -> Iterator[Person]:
    if match := _IN_BRACKETS.match(part):
        name = _unquoted(match["name"])
        if len(before) == 1 and name:
            # Lovelace, Ada <ada@x.edu> as Outlook writes it, without quotes.
            yield _person(f"{before[0]}, {part}", match["email"], name, _unquoted(before[0]))
            return
        for other in before:
            yield _person(other, "")
        yield _person(part, match["email"], *split_name(name))
        return
    for other in before:
        yield _person(other, "")
    found = _IN_WORDS.findall(part)
    if len(found) > 1:
        yield from (_person(one, one) for one in found)
        return
    email = found[0] if found else part
    name = part.replace(email, " ") if found else ""
    yield _person(part, email, *split_name(re.sub(r"[()\[\]\"“”:<>]", " ", name)))


def _split_outside_quotes(line: str) -> list[str]:
    """At tabs, semicolons, commas and bars that are neither in quotes nor in angle brackets."""
    parts: list[str] = []
    current: list[str] = []
    quoted = bracket = False
    balanced = line.count('"') % 2 == 0
    for character in line:
        if character == '"' and balanced:
            quoted = not quoted
        elif character in "<>" and not quoted:
            bracket = character == "<"
        if character in "\t;,|" and not quoted and not bracket:
            parts.append("".join(current))
            current = []
        else:
            current.append(character)
    parts.append("".join(current))
    return [part.strip() for part in parts if part.strip()]


def _unquoted(text: str) -> str:
    return text.strip().strip("\"'“”„").replace('""', '"').strip()


def split_name(full: str) -> tuple[str, str]:
    """First and last name: “Lovelace, Ada” as well as “Ada King Lovelace”."""
    last, comma, first = full.partition(",")
    if comma and first.strip() and last.strip():
        return first.strip(), last.strip()
    words = full.replace(",", " ").split()
    return (" ".join(words[:-1]), words[-1]) if len(words) > 1 else (" ".join(words), "")


def _names_among(cells: list[str]) -> tuple[str, str]:
    """From the cells beside the address, without those that have no letters."""
    named = [cell for cell in cells if any(character.isalpha() for character in cell)]
    if len(named) >= 2:
        return named[0], named[1]
    return split_name(named[0]) if named else ("", "")


def _person(typed: str, email: str, first: str = "", last: str = "") -> Person:
    bare = normal_email(email).removeprefix("mailto:").strip("<>\"'“” \t.,;")
    email = normal_email(bare)
    return Person(
        typed=clean_words(typed, most=500),
        email=clean_words(email, most=254) if len(email) <= 254 else "",
        first_name=clean_words(first, most=100),
        last_name=clean_words(last, most=100),
    )
