"""Roles as they are typed beside an address or stand in a column: the words of this site."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from access.roles import Role

# Which roles a list may name.
_GIVEN = (Role.VIEWER, Role.COLLABORATOR, Role.SPEAKER, Role.MODERATOR)
# An address, a sign or a space, one or two words, and then the next person or the end.
_BEHIND = re.compile(
    r"@[^\s,;|<>()\"@]+[>\")]*(?:\s+[-–—:]\s+|[\s,;|(]+)"
    r"(?P<role>[^\W\d_][\w'’-]*(?: [\w'’-]+)?)(?=[)\s]*(?:[,;|]|$))"
)
_SIGNS = " \t,;|()-–—:"


def role_meant(word: str) -> str:
    """The role that a word names in the language of this site; "" for every other word."""
    plain = _plain(word)
    named = (role for role in _GIVEN if plain in {role.value, _plain(str(role.label))})
    return next((role.value for role in named), "")


def roles_in_line(line: str) -> Iterator[tuple[str, str]]:
    """The line in pieces, each with the role that stands behind its last address: `ada@x.edu
    speaker; bob@y.org` is `ada@x.edu` with its role, and `bob@y.org` without."""
    at = 0
    for match in _BEHIND.finditer(line):
        if role_meant(match["role"]):
            yield line[at : match.start("role")].rstrip(_SIGNS), match["role"]
            at = match.end("role")
    if not at:
        yield line, ""
    elif rest := line[at:].strip(_SIGNS):
        yield rest, ""


def _plain(word: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())
