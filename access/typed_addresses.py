"""Reading addresses out of what somebody typed or pasted.

Foreign punctuation separates, or the address is refused; it never becomes part of a domain, and
nothing is cut off a mailbox's name: with a sign in it that belongs to no address, the whole of it
is shown as it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from access.email_addresses import normal_email
from access.glued_words import is_glued, word_around
from access.typed_names import LABELS, is_label
from access.typed_signs import LONGEST_QUOTED, SAME, unquoted

_AROUND = "\"'“”„‟«»‹›‘’`´"
# What stands between spaces, separators, quotes and brackets.
_CHUNK = re.compile(r"[^\s\"“”„‟«»‹›()\[\]{}<>。｡•‣◦▪●·∙,;|]+")
# A mailbox's name in quotes that it does not need, and nothing in front of them.
_QUOTED_LOCAL = re.compile(r"(?<![^\s,;|<(\[:])\"([\w.!#$%&'*+/=?^`{}~-]+)\"@")
_LINK = "mailto:"


@dataclass(frozen=True)
class Found:
    """`address` is empty where there are signs in `typed` that belong to no address."""

    typed: str
    address: str


def found_in(text: str) -> Iterator[Found]:
    """Each address once, in order, and each thing with an @ that is none."""
    chunks: set[str] = set()
    glued: set[str] = set()
    known: set[str] = set()
    plain = _plain(text)
    told = 0  # up to here words are shown whole
    for match in _CHUNK.finditer(plain):
        if match.start() < told:
            continue
        chunk = match[0].strip(_AROUND)
        if "@" not in chunk:
            continue
        if is_glued(plain, match.start(), match.end()):
            start, told = word_around(plain, match.start(), match.end())
            word = plain[start:told]
            if word not in glued:
                glued.add(word)
                yield Found(word, "")
            continue
        if match[0] in chunks:
            continue
        chunks.add(match[0])
        if _opens_and_never_closes(match[0]):
            yield Found(match[0], "")
            continue
        for address in _addresses_of(chunk):
            key = normal_email(address or chunk)
            if key not in known:
                known.add(key)
                yield Found(chunk, address)


def _opens_and_never_closes(chunk: str) -> bool:
    """`'thooft@x.nl`: the sign may be a part of the mailbox's name."""
    return chunk[0] in _AROUND and chunk.rstrip(".!?:")[-1] not in _AROUND


def addresses_in(text: str) -> Iterator[str]:
    """Each address once, in order; "" for one with signs in it that belong to no address."""
    return (found.address for found in found_in(text))


def lone_address(text: str) -> str:
    """The address in what was typed for one alone, "" if it is not one complete form:
    `a@b`, `Name <a@b>`, `mailto:a@b?…`, `To: a@b`, in quotes or with a `;` behind.

    SECURITY: no sign is taken for the end of another word; a slip of the finger within an address
    does not make another person's of it.
    """
    typed = unquoted(text.translate(SAME).strip().rstrip(";,. \t"))
    label, space, rest = typed.partition(" ")
    if space and is_label(label):
        typed = rest.strip()
    before = before_brackets(typed) if typed.endswith(">") else None
    if before is None:
        return _whole_address(typed)
    address = _whole_address(typed[len(before) + 1 : -1].strip())
    if "@" in before and normal_email(_whole_address(before.strip())) != normal_email(address):
        return ""
    return address


def _whole_address(typed: str) -> str:
    if typed[: len(_LINK)].lower() == _LINK:
        typed = typed[len(_LINK) :].partition("?")[0]
    return "" if any(sign in typed for sign in "?:<>") or _has_foreign(typed) else typed


def _addresses_of(chunk: str) -> Iterator[str]:
    """`To:a@b` is the address alone; other words glued to one by a colon belong to none."""
    if len(chunk) > LONGEST_QUOTED:
        yield ""
        return
    plain = unicodedata.normalize("NFKC", chunk).strip(":")
    label, colon, rest = plain.partition(":")
    while colon and label.casefold() in LABELS:
        is_link = f"{label.casefold()}:" == _LINK
        plain = (rest.partition("?")[0] if is_link else rest).strip(":")
        label, colon, rest = plain.partition(":")
    pieces = plain.split(":")
    if not all("@" in piece for piece in pieces):
        yield ""
        return
    for piece in pieces:
        address = piece.rstrip(".,;!?")
        yield "" if _has_foreign(address) else address


def only_address_in(text: str) -> str:
    """Empty if there are more, or none that can be read."""
    found = list(islice(addresses_in(text), 2))
    return found[0] if len(found) == 1 else ""


def _plain(text: str) -> str:
    return _QUOTED_LOCAL.sub(r"\1@", text.translate(SAME))


def _has_foreign(text: str) -> bool:
    """Punctuation and signs that are not ASCII; letters of all scripts, and joiners, are not."""
    return any(sign > "\x7f" and unicodedata.category(sign)[0] in "PSZ" for sign in text)


def without_addresses(text: str) -> str:
    """The words beside the addresses, without what is glued to one."""
    words = _plain(text).replace("(", " (").replace("<", " <").split()
    beside = " ".join(word for word in words if "@" not in word)
    return re.sub(r"[()\[\]{}\"“”„<>]", " ", beside)


def before_brackets(part: str) -> str | None:
    """What stands before the one `<…>` with an address in it; None where there is none."""
    if part.count("<") != 1 or part.count(">") != 1:
        return None
    before, _opened, rest = part.partition("<")
    inside, closed, _after = rest.partition(">")
    return before if closed and "@" in inside else None
