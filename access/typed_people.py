"""Reading people out of one line that somebody typed or pasted: addresses, and names beside them.

What stands on a line as decoration (`1.`, `To:`, a bullet, the address a second time) is nobody's
name. Nothing with an @ gets lost: what is no address is shown as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from access.cut_addresses import Cut, cuts_in
from access.email_addresses import LONGEST, normal_email
from access.typed_addresses import (
    Found,
    before_brackets,
    found_in,
    only_address_in,
    without_addresses,
)
from access.typed_names import (
    LONGEST_NAME,
    as_name,
    is_title,
    names_among,
    split_name,
)
from access.typed_signs import SAME, split_outside_quotes, unquoted
from access.typed_text import clean_words

_LONGEST_TYPED = 500
_LONGEST_PART = 2_000  # characters that are one person; what is longer is no name and address

_LONE = re.compile(r"[^\s,<>@]{1,64}@[^\s,<>@]{1,254}")


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
        email = "" if len(part) > _LONGEST_PART else only_address_in(part)
        if email and not as_name(without_addresses(part)):
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
        and only_address_in(address) == address
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
    in_front = before_brackets(part)
    if in_front is None:
        name = without_addresses(part)
    else:
        name = unquoted(in_front) if "@" not in in_front else ""
    email = found[0].address if found else ""
    first, last = split_name(name)
    if in_front is not None and before:
        title, whole = is_title(name), ", ".join([*before, part])
        if not title and len(before) == 2 and is_title(unquoted(before[1])):
            name, before = f"{name} {unquoted(before[1])}", before[:1]  # Smith, Jr., John <…>
        words = [unquoted(other) for other in before]
        if len(before) == 2 and title:
            part, first, last, before = whole, words[1], words[0], []  # Hopper, Grace, Dr. <…>
        elif len(before) == 1 and title:
            first, last = split_name(words[0])
            part, before = whole, []
        elif len(before) == 1 and as_name(name):
            # Lovelace, Ada <ada@x.edu> as Outlook writes it, without quotes.
            first, last = split_name(f"{words[0]}, {name}")
            part, before = whole, []
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
