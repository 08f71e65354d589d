"""What was asked of the database, as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# How Django writes down a statement that was sent with its values beside it (prepared ones).
_BESIDE = re.compile(r"QUERY = (['\"])(.*)\1 - PARAMS = ", re.DOTALL)


def texts_of(captured: Iterable[Mapping[str, str]]) -> list[str]:
    """Of `CaptureQueriesContext`, in order; prepared ones without their values."""
    found = (one["sql"] for one in captured)
    return [match[2] if (match := _BESIDE.match(sql)) else sql for sql in found]
