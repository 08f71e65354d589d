"""What a `Range` header asks of a file of a known size (RFC 9110, sections 13.1.5 and 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.http import parse_http_date_safe

from media_items.refusals import Refusal

_ONE_RANGE = re.compile(r"\s*bytes=\s*([0-9]*)-([0-9]*)\s*", re.IGNORECASE)
_MOST_DIGITS = 18  # more than any file has; int() of thousands of digits is slow, then refused
_BEYOND = 10**_MOST_DIGITS


class RangeNotSatisfiable(Refusal):
    """Nothing of the file lies in the range."""

    status = 416
    reason = "range"


@dataclass(frozen=True)
class ByteRange:
    """`first` and `last` are both inside the file, `last` included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def wanted_range(header: str, *, size: int) -> ByteRange | None:
    """The one range asked for; None means the whole file.

    Several ranges, other units and invalid headers get the whole file, as the RFC allows.
    Raises RangeNotSatisfiable.
    """
    found = _ONE_RANGE.fullmatch(header)
    if not found or found.groups() == ("", ""):
        return None
    first, last = (_number(digits) if digits else None for digits in found.groups())
    if first is None:
        return _suffix(last or 0, size=size)
    if last is not None and last < first:
        return None
    if first >= size:
        raise RangeNotSatisfiable
    return ByteRange(first, size - 1 if last is None else min(last, size - 1))


def _suffix(length: int, *, size: int) -> ByteRange | None:
    if length == 0:
        raise RangeNotSatisfiable
    if size == 0:
        return None  # satisfiable, but Content-Range cannot describe an empty file
    return ByteRange(max(0, size - length), size - 1)


def _number(digits: str) -> int:
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) <= _MOST_DIGITS else _BEYOND


def still_the_same(if_range: str, *, etag: str, changed_at: datetime) -> bool:
    """Whether the browser's part is of the file as it is now, so that a range completes it."""
    if_range = if_range.strip()
    if not if_range:
        return True
    if if_range.startswith(('"', "W/")):
        return if_range == etag  # ours are strong, so a weak one never equals
    date = parse_http_date_safe(if_range)
    # A file changed within the last second may change again without its date showing it.
    is_older = timezone.now() - changed_at > timedelta(seconds=1)
    return is_older and date == int(changed_at.timestamp())
