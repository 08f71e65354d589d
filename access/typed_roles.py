"""Roles as they are typed beside an address or stand in a column: the words of this site."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from access.roles import Role
from access.typed_names import as_name, is_title, may_be_name_of

# Which roles a list may name.
_GIVEN = (Role.VIEWER, Role.COLLABORATOR, Role.SPEAKER, Role.MODERATOR)
# An address, a sign or a space, one or two words, and then the next person or the end.
_BEHIND = re.compile(
    r"@[^\s,;|<>()\"@]+[>\")]*(?:\s+[-–—:]\s+|[\s,;|(]+)"
    r"(?P<role>[^\W\d_][\w'’-]*(?: [\w'’-]+)?)(?=[)\s]*(?:[,;|]|$))"
)
_SIGNS = " \t,;|()-–—:"
# The one address of a text, a sign or a space, and one word up to the end.
_LAST_WORD = re.compile(
    r"(?P<rest>(?P<front>[^@]*?)(?P<local>[^\s,;|<>()\"@]*)@[^\s,;|<>()\"@]+[>\"]*)"
    r"(?:\s+[-–—:]\s+|[\s,;|]+)(?P<word>[^\W\d_][\w'’-]*)\s*"
)
_LONGEST_TEXT = 500
_NO_BRACKETS = str.maketrans('<>"', "   ")


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


def word_for_no_role(text: str) -> tuple[str, str]:
    """What stands before the word behind the one address of a text, and that word, where it is
    neither a role nor a name: `nina@x.org, Superchef`, and not `ada@x.org, Ada`."""
    found = _LAST_WORD.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
    if found is None or role_meant(found["word"]) or is_title(found["word"]):
        return text, ""
    words = as_name(found["front"].translate(_NO_BRACKETS)).split()
    if not words:
        is_name = may_be_name_of(found["word"], found["local"])
    else:  # `Ada,ada@x.org,Lovelace` is one name
        is_name = len(words) == 1 and found["front"].rstrip()[-1] in ",;|"
        is_name = is_name or found["front"].endswith("\t")
    return (text, "") if is_name else (found["rest"].strip(), found["word"])


def _plain(word: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())
