"""What was read, and may have been meant otherwise: shown on its line before anybody is invited."""

from __future__ import annotations

import re
from dataclasses import replace

from access.cut_addresses import cuts_in
from access.typed_names import as_name, is_part_of
from access.typed_people import Person, read_line
from access.typed_roles import word_for_no_role

_LONGEST = 254  # characters of an address
# One word, a space, an address, and nothing else.
_SPACED = re.compile(r"(?P<word>[A-Za-z0-9][\w+-]*) (?P<local>[^\s,;|<>()\"@]+)@[^\s,;|<>()\"@]+")


def address_in_two(text: str) -> str:
    """`lea.dupont@x.org` for `lea dupont@x.org`, which may be somebody with a name of one word; ""
    where it is one: `ada ada@x.org`, `Ada alovelace@x.org`."""
    plain = " ".join(text.strip(" ,;").split())
    found = _SPACED.fullmatch(plain) if len(plain) <= _LONGEST else None
    if found is None:
        return ""
    word, local = found["word"], found["local"]
    if not word.isascii() or as_name(word) != word or is_part_of(word, local):
        return ""
    has_initial = not word.islower() and local[0].casefold() == word[0].casefold()
    return "" if has_initial else plain.replace(" ", ".")


def line_without_word(text: str) -> tuple[str, str]:
    """A text with one address, and the word behind it that is neither a role nor a name."""
    return (text, "") if next(cuts_in(text), None) else word_for_no_role(text)


def without_word(one: Person) -> tuple[Person, str]:
    """The person without a word behind the address that is neither a role nor a name, and it."""
    rest, word = line_without_word(one.typed) if one.email else ("", "")
    if not word:
        return one, ""
    others = list(read_line(rest))
    if len(others) != 1 or others[0].email != one.email:
        return one, ""
    return replace(others[0], typed=one.typed), word
