"""Reading people out of one line that somebody typed or pasted: addresses, and names beside them.

Foreign punctuation separates, or the address is refused; it never becomes part of a domain, and
nothing is cut off a mailbox's name: with a sign in it that belongs to no address, the whole of it
is shown as it was typed. What stands on a line as decoration (`1.`, `To:`, a bullet, the address a
second time) is nobody's name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from access.cut_addresses import Cut, cuts_in
from access.email_addresses import LONGEST, normal_email
from access.glued_words import is_glued, word_around
from access.typed_names import (
    LABELS,
    LONGEST_NAME,
    as_name,
    is_label,
    is_title,
    names_among,
    split_name,
)
from access.typed_signs import LONGEST_QUOTED, SAME, split_outside_quotes, unquoted
from access.typed_text import clean_words

_LONGEST_TYPED = 500
_LONGEST_PART = 2_000  # characters that are one person; what is longer is no name and address

_AROUND = "\"'“”„‟«»‹›‘’`´"
# What stands between spaces, separators, quotes and brackets.
_CHUNK = re.compile(r"[^\s\"“”„‟«»‹›()\[\]{}<>。｡•‣◦▪●·∙,;|]+")
# A mailbox's name in quotes that it does not need, and nothing in front of them.
_QUOTED_LOCAL = re.compile(r"(?<![^\s,;|<(\[:])\"([\w.!#$%&'*+/=?^`{}~-]+)\"@")
_LONE = re.compile(r"[^\s,<>@]{1,64}@[^\s,<>@]{1,254}")
_LINK = "mailto:"


@dataclass(frozen=True)
class Person:
    """One entry. `email` is empty where no address could be read; `typed` is the text as given."""

    typed: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""


def person(typed: str, email: str, first: str = "", last: str = "") -> Person:
    """With everything fit to be kept; what is no name is no name here."""
    email = normal_email(email)
    return Person(
        typed=clean_words(_around_address(typed), most=_LONGEST_TYPED),
        email=clean_words(email, most=LONGEST) if len(email) <= LONGEST else "",
        first_name=clean_words(as_name(first)[:_LONGEST_PART], most=LONGEST_NAME),
        last_name=clean_words(as_name(last)[:_LONGEST_PART], most=LONGEST_NAME),
    )


def _around_address(typed: str) -> str:
    """As much as is kept, with the first @ in it; … stands where something is left out."""
    if len(typed) <= _LONGEST_TYPED:
        return typed
    most = _LONGEST_TYPED - 2
    start = min(max(typed.find("@") - most // 2, 0), len(typed) - most)
    before, after = "…" if start else "", "…" if start + most < len(typed) else ""
    return f"{before}{typed[start : start + most]}{after}"


def read_line(line: str) -> Iterator[Person]:
    """One person with the cells beside the address, or a list of addresses in any usual form."""
    plain = line.translate(SAME)
    if "<" in plain:
        plain = plain.replace("\t", " ")  # `Grace<tab>Hopper <…>`: no sheet has brackets
    if pairs := _pairs_of(plain):
        for name, address in pairs:
            typed = line if len(pairs) == 1 else f"{name}; {address}"
            yield person(typed, address, *split_name(name))
        return
    cut = [one for one in cuts_in(line) if one.is_last]
    if cut:
        yield from _around_cuts(line, cut)
        return
    yield from _read_uncut(line, plain)


def _around_cuts(line: str, cuts: list[Cut]) -> Iterator[Person]:
    """Each cut address as it was typed, with the words around it where nobody else's stand there;
    and everybody between them."""
    plain = line.translate(SAME)
    at = 0
    for number, one in enumerate(cuts):
        between = plain[at : one.start]
        own = at + max(between.rfind(sign) + 1 for sign in "\t;,|")
        if "@" not in between:
            start = at
        else:
            start = one.start if "@" in plain[own : one.start] else own
            yield from _read_uncut(line[at:start], plain[at:start])
        is_last = number == len(cuts) - 1
        end = len(line) if is_last and "@" not in plain[one.end :] else one.end
        is_all = (start, end) == (0, len(line))
        yield person(line if is_all else line[start:end].strip(" \t,;|"), "")
        at = end
    if at < len(line):
        yield from _read_uncut(line[at:], plain[at:])


def _read_uncut(line: str, plain: str) -> Iterator[Person]:
    parts = split_outside_quotes(plain)
    with_address = [part for part in parts if "@" in part]
    if not with_address:
        if parts:
            yield person(line, "")
        return
    if len(with_address) == 1 and len(parts) > 1:
        [part] = with_address
        email = "" if len(part) > _LONGEST_PART else _only_address_in(part)
        if email and not as_name(_without_addresses(part)):
            others = (unquoted(other) for other in parts if other is not part)
            yield person(line, email, *names_among(others))
            return
    yield from _read_parts(parts)


def _pairs_of(line: str) -> list[tuple[str, str]]:
    """`Lovelace, Ada; ada@x.edu; Hopper, Grace; grace@x.org`: names and addresses by turns."""
    parts = [part.strip() for part in line.strip(" ;").split(";")] if ";" in line else []
    pairs = list(zip(parts[::2], parts[1::2], strict=False))
    if len(parts) % 2 or any('"' in part for part in parts):
        return []
    is_clear = all(
        "@" not in name
        and name == as_name(name)
        and _LONE.fullmatch(address)
        and _only_address_in(address) == address
        and name.count(",") < 2
        for name, address in pairs
    )
    return pairs if is_clear else []


def _read_parts(parts: list[str]) -> Iterator[Person]:
    before: list[str] = []
    for part in parts:
        if "@" not in part:
            before.append(part)
            continue
        yield from _read_part(part, before)
        before = []
    for part in before:
        if as_name(part):
            yield person(part, "")


def _read_part(part: str, before: list[str]) -> Iterator[Person]:
    finds = found_in(part)
    found = list(islice(finds, 2))
    if len(found) > 1 or len(part) > _LONGEST_PART:
        yield from (person(other, "") for other in before if as_name(other))
        if len(found) > 1:
            yield from people_found(chain(found, finds), part)
        else:
            yield person(part, "")
        return
    before_brackets = _before_brackets(part)
    if before_brackets is None:
        name = _without_addresses(part)
    else:
        name = unquoted(before_brackets) if "@" not in before_brackets else ""
    email = found[0].address if found else ""
    first, last = split_name(name)
    if before_brackets is not None and before:
        words = [unquoted(other) for other in before]
        title = is_title(name)
        if len(before) == 2 and title:
            first, last, before = words[1], words[0], []  # Hopper, Grace, Dr. <…>
        elif len(before) == 1 and title:
            first, last = split_name(words[0])
            before = []
        elif len(before) == 1 and as_name(name):
            # Lovelace, Ada <ada@x.edu> as Outlook writes it, without quotes.
            part, first, last, before = f"{before[0]}, {part}", name, words[0], []
    yield from (person(other, "") for other in before if as_name(other))
    yield person(part, email, first, last)


def people_found(finds: Iterable[Found], text: str) -> Iterator[Person]:
    """One person for each. What could not be read is shown with all the text, once, where that can
    be kept whole."""
    is_short, told = len(text) <= _LONGEST_TYPED, False
    for found in finds:
        if found.address:
            yield person(found.address, found.address)
        elif not (is_short and told):
            told = True
            yield person(text if is_short else found.typed, "")


def _before_brackets(part: str) -> str | None:
    """What stands before the one `<…>` with an address in it; None where there is none."""
    if part.count("<") != 1 or part.count(">") != 1:
        return None
    before, _opened, rest = part.partition("<")
    inside, closed, _after = rest.partition(">")
    return before if closed and "@" in inside else None


# --- addresses --------------------------------------------------------------------------------


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
    before = _before_brackets(typed) if typed.endswith(">") else None
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


def _only_address_in(text: str) -> str:
    """Empty if there are more, or none that can be read."""
    found = list(islice(addresses_in(text), 2))
    return found[0] if len(found) == 1 else ""


def _plain(text: str) -> str:
    return _QUOTED_LOCAL.sub(r"\1@", text.translate(SAME))


def _has_foreign(text: str) -> bool:
    """Punctuation and signs that are not ASCII; letters of all scripts, and joiners, are not."""
    return any(sign > "\x7f" and unicodedata.category(sign)[0] in "PSZ" for sign in text)


def _without_addresses(text: str) -> str:
    """The words beside the addresses, without what is glued to one."""
    words = _plain(text).replace("(", " (").replace("<", " <").split()
    beside = " ".join(word for word in words if "@" not in word)
    return re.sub(r"[()\[\]{}\"“”„<>]", " ", beside)
