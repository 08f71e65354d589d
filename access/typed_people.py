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

from access.email_addresses import LONGEST, normal_email
from access.typed_text import clean_words

LONGEST_NAME = 100
_LONGEST_TYPED = 500
_LONGEST_PART = 2_000  # characters that are one person; what is longer is no name and address

# Signs that mean the same as ASCII ones, in the scripts and keyboards that have their own.
_SAME = str.maketrans(
    {"＠": "@", "﹫": "@", "＜": "<", "＞": ">", "〈": "<", "〉": ">", "：": ":"}
    | dict.fromkeys("；﹔؛⁏\u037e", ";")
    | dict.fromkeys("，﹐،、﹑､", ",")
)
_SEPARATORS = "\t;,|"
_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“”", "«": "»", "”": "”", "‘": "’"}
_LONGEST_QUOTED = 500  # characters; so the search for what closes a quote or a bracket ends
_AROUND = "\"'“”„‟«»‹›‘’`´"
# What stands between spaces, separators, quotes and brackets.
_CHUNK = re.compile(r"[^\s\"“”„‟«»‹›()\[\]{}<>。｡•‣◦▪●·∙,;|]+")
# A mailbox's name in quotes that it does not need.
_QUOTED_LOCAL = re.compile(r"\"([\w.!#$%&'*+/=?^`{}~-]+)\"@")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LINK = "mailto:"
# What mail programs and people write in front of an address.
_LABELS = _words(
    """
    to cc bcc from reply-to sender email e-mail mail address an von kopie à a de da para con copia
    courriel correo aan van kopi til till fra från od do komu kopia кому от копия אל מאת עותק ל
    إلى من نسخة 收件人 发件人 抄送 宛先 差出人 받는사람 보낸사람 mailto invited invite
    """
)
_TITLES = _words(
    """
    dr dr. prof prof. prof.dr. phd ph.d. ph.d md m.d. msc m.sc. bsc b.sc. ma m.a. ba b.a. jr jr.
    sr sr. ii iii iv mr mr. mrs mrs. ms ms. herr frau dipl.-ing. ing. mag. esq. esq
    """
)


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
    parts = split_outside_quotes(line.translate(_SAME))
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
        title = _is_title(name)
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
    known: set[str] = set()
    for match in _CHUNK.finditer(_plain(text)):
        chunk = match[0].strip(_AROUND)
        if "@" not in chunk or chunk in chunks:
            continue
        chunks.add(chunk)
        for address in _addresses_of(chunk):
            key = normal_email(address or chunk)
            if key not in known:
                known.add(key)
                yield Found(chunk, address)


def addresses_in(text: str) -> Iterator[str]:
    """Each address once, in order; "" for one with signs in it that belong to no address."""
    return (found.address for found in found_in(text))


def lone_address(text: str) -> str:
    """The address in what was typed for one alone, "" if it is not one complete form:
    `a@b`, `Name <a@b>`, `mailto:a@b?…`, `To: a@b`, in quotes or with a `;` behind.

    SECURITY: no sign is taken for the end of another word; a slip of the finger within an address
    does not make another person's of it.
    """
    typed = unquoted(text.translate(_SAME).strip().rstrip(";,. \t"))
    label, space, rest = typed.partition(" ")
    if space and _is_label(label):
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
    if len(chunk) > _LONGEST_QUOTED:
        yield ""
        return
    plain = unicodedata.normalize("NFKC", chunk).strip(":")
    label, colon, rest = plain.partition(":")
    while colon and label.casefold() in _LABELS:
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
    return _QUOTED_LOCAL.sub(r"\1@", text.translate(_SAME))


def _has_foreign(text: str) -> bool:
    """Punctuation and signs that are not ASCII; letters of all scripts, and joiners, are not."""
    return any(sign > "\x7f" and unicodedata.category(sign)[0] in "PSZ" for sign in text)


def _without_addresses(text: str) -> str:
    """The words beside the addresses, without what is glued to one."""
    words = _plain(text).replace("(", " (").replace("<", " <").split()
    beside = " ".join(word for word in words if "@" not in word)
    return re.sub(r"[()\[\]{}\"“”„<>]", " ", beside)


# --- names ------------------------------------------------------------------------------------


def as_name(text: str) -> str:
    """The text without numbers of a list, bullets and labels; "" if no name is left of it."""
    if "@" in text.translate(_SAME):
        return ""
    if text.count('"') == 1:  # opened or closed elsewhere
        text = text.strip().strip('"')
    words = text.split()
    start, end = 0, len(words)
    while start < end and (_is_label(words[start]) or not _has_letter(words[start])):
        start += 1
    while start < end and not _has_letter(words[end - 1]) and not words[end - 1].startswith("("):
        end -= 1
    return " ".join(words[start:end]).strip(" :;,|-–—*•")


def split_name(full: str) -> tuple[str, str]:
    """First and last name: “Lovelace, Ada” as well as “Ada King Lovelace”."""
    parts = [part.strip() for part in full.split(",")]
    parts = [part for part in parts if part and not _is_title(part)]
    if len(parts) == 2:
        return as_name(parts[1]), as_name(parts[0])
    words = as_name(" ".join(parts)).split()
    return (" ".join(words[:-1]), words[-1]) if len(words) > 1 else (" ".join(words), "")


def names_among(cells: Iterable[str]) -> tuple[str, str]:
    """From the cells beside the address, without those that are no names."""
    names = (name for cell in cells if (name := as_name(cell)) and not _is_title(name))
    named = list(islice(names, 2))
    if len(named) >= 2 and "," not in named[0]:
        return named[0], named[1]
    return split_name(named[0]) if named else ("", "")


def _is_title(text: str) -> bool:
    words = text.casefold().split()
    return bool(words) and all(word in _TITLES for word in words)


def _is_label(word: str) -> bool:
    return word.endswith(":") and word.rstrip(":").casefold() in _LABELS


def _has_letter(word: str) -> bool:
    return any(sign.isalpha() for sign in word) and not re.fullmatch(r"[a-z]?\d+[.)]?", word)


# --- quotes -----------------------------------------------------------------------------------


def split_outside_quotes(line: str) -> list[str]:
    """At tabs, semicolons, commas and bars that are neither in quotes nor in angle brackets.

    A quote opens only at the beginning of a part, and only if one closes it before a separator, a
    bracket or the end; every other is a sign like any other (`19"`, `ד"ר`).
    """
    parts: list[str] = []
    start = at = 0
    begun = False
    looked: dict[str, int] = {}
    while at < len(line):
        if line[at] in _QUOTES and not begun:
            at = _closing(line, at, looked) or at
        elif line[at] == "<":
            end = line.find(">", at, at + _LONGEST_QUOTED)
            inner = line[at + 1 : max(end, 0)]
            at = end if end > 0 and "<" not in inner and inner.count("@") < 2 else at
        elif line[at] in _SEPARATORS:
            parts.append(line[start:at])
            start = at + 1
        begun = start <= at and (begun or not line[at].isspace())
        at += 1
    parts.append(line[start:])
    return [part.strip() for part in parts if part.strip()]


def _closing(line: str, opening: int, looked: dict[str, int]) -> int:
    """Where the quote at `opening` is closed, 0 if nowhere. `looked` holds how far none was found
    before, so that no sign is looked at for each of many quotes."""
    closers = _QUOTES[line[opening]]
    end = min(len(line), opening + _LONGEST_QUOTED)
    at = max(opening + 1, looked.get(line[opening], 0))
    while at < end:
        if line[at] in closers:
            if line[at] == line[at + 1 : at + 2] == '"':  # a doubled quote is one inside
                at += 2
                continue
            after = line[at + 1 : at + 20].lstrip(" ")
            if not after or after[0] in f"{_SEPARATORS}<(":
                return at
        at += 1
    looked[line[opening]] = at
    return 0


def unquoted(text: str) -> str:
    bare = text.strip()
    if len(bare) > 1 and bare[0] in _QUOTES and bare[-1] in _QUOTES[bare[0]]:
        bare = bare[1:-1]
    return bare.replace('""', '"').strip()
