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

from access.email_addresses import LONGEST, normal_email
from access.typed_text import clean_words

LONGEST_NAME = 100
_LONGEST_TYPED = 500

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
_BETWEEN = re.compile(r"[\s\"“”„‟«»‹›()\[\]{}<>:。｡•‣◦▪●·∙]")
_IN_BRACKETS = re.compile(r"^(?P<name>[^<>]*)<(?P<inside>[^<>]*@[^<>]*)>(?P<rest>[^<>]*)$")
# A mailbox's name in quotes that it does not need.
_QUOTED_LOCAL = re.compile(r"\"([\w.!#$%&'*+/=?^`{}~-]+)\"@")
_PLACEHOLDER = "\ufffc"  # where an address stood


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


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
        typed=clean_words(typed, most=_LONGEST_TYPED),
        email=clean_words(email, most=LONGEST) if len(email) <= LONGEST else "",
        first_name=clean_words(as_name(first), most=LONGEST_NAME),
        last_name=clean_words(as_name(last), most=LONGEST_NAME),
    )


def read_line(line: str) -> Iterator[Person]:
    """One person with the cells beside the address, or a list of addresses in any usual form."""
    parts = split_outside_quotes(line.translate(_SAME))
    with_address = [part for part in parts if "@" in part]
    if not with_address:
        if parts:
            yield person(line, "")
        return
    if len(with_address) == 1 and len(parts) > 1:
        found = addresses_in(with_address[0])
        if len(found) == 1 and found[0] and not as_name(_without_addresses(with_address[0])):
            others = [unquoted(part) for part in parts if part is not with_address[0]]
            yield person(line, found[0], *names_among(others))
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
    found = addresses_in(part)
    if len(found) > 1:
        yield from (person(other, "") for other in before if as_name(other))
        yield from (person(one or part, one) for one in found)
        return
    name = _without_addresses(part)
    if match := _IN_BRACKETS.match(part):
        name = unquoted(match["name"]) if "@" not in match["name"] else ""
    email = found[0] if found else ""
    first, last = split_name(name)
    if match and before:
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


# --- addresses --------------------------------------------------------------------------------


def addresses_in(text: str) -> list[str]:
    """Each address once, in order; "" for one with signs in it that belong to no address."""
    found = []
    for chunk in dict.fromkeys(_chunks(text)):
        if len(chunk) > _LONGEST_QUOTED:
            found.append("")
            continue
        plain = unicodedata.normalize("NFKC", chunk).partition("?")[0].rstrip(".,;!")
        found.append("" if any(_is_foreign(sign) for sign in plain) else plain)
    return list({normal_email(one): one for one in reversed(found)}.values())[::-1]


def _chunks(text: str) -> list[str]:
    """What stands between spaces, separators, quotes and brackets, as far as it has an @."""
    words = re.split(r"[,;|]", _plain(text))
    parts = [chunk for word in words for chunk in _BETWEEN.split(word)]
    return [chunk.strip(_AROUND) for chunk in parts if "@" in chunk]


def _plain(text: str) -> str:
    return _QUOTED_LOCAL.sub(r"\1@", text.translate(_SAME))


def _is_foreign(sign: str) -> bool:
    """Punctuation and signs that are not ASCII; letters of all scripts, and joiners, are not."""
    return sign > "\x7f" and unicodedata.category(sign)[0] in "PSZ"


def _without_addresses(text: str) -> str:
    """The words beside the addresses, without what is glued to one."""
    marked = _plain(text)
    for chunk in sorted(set(_chunks(text)), key=len, reverse=True):
        marked = marked.replace(chunk, _PLACEHOLDER)
    words = re.sub(rf"\S*{_PLACEHOLDER}\S*", " ", marked.replace("(", " (").replace("<", " <"))
    return re.sub(r"[()\[\]{}\"“”„<>]", " ", words)


# --- names ------------------------------------------------------------------------------------


def as_name(text: str) -> str:
    """The text without numbers of a list, bullets and labels; "" if no name is left of it."""
    if "@" in text.translate(_SAME):
        return ""
    if text.count('"') == 1:  # opened or closed elsewhere
        text = text.strip().strip('"')
    words = text.split()
    while words and (_is_label(words[0]) or not _has_letter(words[0])):
        words.pop(0)
    while words and not _has_letter(words[-1]) and not words[-1].startswith("("):
        words.pop()
    return " ".join(words).strip(" :;,|-–—*•")


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
    named = [name for cell in cells if (name := as_name(cell)) and not _is_title(name)]
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
