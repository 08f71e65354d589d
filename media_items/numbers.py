"""Reads numbers from an address or a form, where anything may stand."""

from __future__ import annotations

# The largest key of a row that every database takes.
LARGEST_ID = 2**63 - 1
LARGEST_PAGE = 999_999


def whole_number[D](text: object, *, at_most: int = LARGEST_ID, default: D) -> int | D:
    """0 to `at_most`, else `default`: no sign, no space, no digits but 0 to 9.

    `int()` alone reads the digits of other scripts and raises for thousands of digits; databases
    raise for numbers above LARGEST_ID.
    """
    digits = str(text or "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(at_most)):
        return default
    number = int(digits)
    return number if number <= at_most else default


class NumberConverter:
    """`<number:pk>` in an address: a number that no row can have is no address at all.

    Django's own `int` takes as many digits as there are, which databases raise for.
    """

    regex = f"[0-9]{{1,{len(str(LARGEST_ID))}}}"

    def to_python(self, value: str) -> int:
        number = whole_number(value, default=None)
        if number is None:
            raise ValueError
        return number

    def to_url(self, value: int) -> str:
        return str(value)


def page_number(text: object) -> int:
    """The number of a list's page, from 1; an invalid one is 1. A number above the last page stays
    as it is: only the list knows its last page."""
    return max(1, whole_number(text, at_most=LARGEST_PAGE, default=1))


def ids(texts: list[str]) -> list[int]:
    """The keys of rows that were ticked in a form; invalid ones are left out."""
    numbers = (whole_number(text, default=None) for text in texts)
    return [number for number in numbers if number is not None]
