"""One form for what is typed and for what is accepted: both sides pass the same functions."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

MOST_DIGITS = 40
LARGEST_EXPONENT = 99

_QUOTES = dict.fromkeys(map(ord, "‘’‚‛′ʼ´`‹›"), "'") | dict.fromkeys(map(ord, "“”„‟″«»"), '"')
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_FOLDED = _QUOTES | _DASHES

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?P<sep>[ ,.'])\d{3})(?:(?P=sep)\d{3})*(?:[.,]\d*)?")
_PLAIN = re.compile(
    r"(?P<number>[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+))(?:[eE](?P<exponent>[+-]?\d{1,3}))?"
)
_POWER_OF_TEN = re.compile(r"\s*[x×·*]\s*10\s*\^?\s*([+-]?\d{1,3})$")


def normalised(text: str, *, case_matters: bool = False, accents_matter: bool = True) -> str:
    """NFKC; quotes and dashes of every shape are one; spaces at the ends do not count, and several
    between words are one; neither does what is not drawn."""
    folded = unicodedata.normalize("NFKC", text).translate(_FOLDED)
    folded = "".join(one for one in folded if unicodedata.category(one) != "Cf")
    if not case_matters:
        folded = unicodedata.normalize("NFKC", folded.casefold())
    if not accents_matter:
        parts = unicodedata.normalize("NFD", folded)
        folded = "".join(one for one in parts if unicodedata.category(one) != "Mn")
    return unicodedata.normalize("NFC", " ".join(folded.split()))


def number_in(text: str, *, unit: str = "") -> Decimal | None:
    """The number somebody typed, or None. Digits of every script; point or comma before the
    decimals; groups of three apart by a space, an apostrophe, a comma or a point; 1e3 and 1 × 10^3;
    the unit of the question behind it.

    One comma or point alone comes before decimals: 1,234 is less than two. More than `MOST_DIGITS`
    digits or powers of ten beyond `LARGEST_EXPONENT` are no number.
    """
    plain = normalised(text, case_matters=True)
    if len(plain) > 3 * MOST_DIGITS:
        return None
    plain = "".join(_digit(one) for one in plain)
    if unit:
        plain = plain.removesuffix(normalised(unit, case_matters=True)).rstrip()
    power = 0
    if match := _POWER_OF_TEN.search(plain):
        power, plain = int(match[1]), plain[: match.start()]
    if (grouped := _GROUPED.fullmatch(plain)) and _is_grouping(plain, grouped["sep"]):
        plain = plain.replace(grouped["sep"], "")
    if not (found := _PLAIN.fullmatch(plain)):
        return None
    power += int(found["exponent"] or 0)
    if len(found["number"]) > MOST_DIGITS or abs(power) > LARGEST_EXPONENT:
        return None
    try:
        return Decimal(found["number"].replace(",", ".")).scaleb(power)
    except InvalidOperation:
        return None


def is_range(lower: str, upper: str) -> bool:
    """Whether a number can be in it; both ends are."""
    first, last = number_in(lower), number_in(upper)
    return first is not None and last is not None and first <= last


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _is_grouping(number: str, separator: str) -> bool:
    """A single comma or point is a decimal sign unless another sign follows it."""
    if separator in " '":
        return True
    other = "," if separator == "." else "."
    return number.count(separator) > 1 or other in number
