"""What somebody searches for in a list, and the choices beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

MOST_CHARACTERS = 200


def searched_words(data: Mapping[str, Any], name: str = "q") -> str:
    """The words of a query string, in one line; "" where there are none. PostgreSQL refuses NUL in
    a text."""
    return " ".join(str(data.get(name, "")).replace("\x00", " ").split())[:MOST_CHARACTERS]


@dataclass(frozen=True)
class Select:
    """A choice in the form above a list."""

    name: str
    label: str | Promise
    options: tuple[tuple[str, str | Promise, bool], ...]  # the last: whether it is the chosen one

    @classmethod
    def of(
        cls,
        name: str,
        label: str | Promise,
        choices: Iterable[tuple[str, Any]],
        chosen: str | None,
    ) -> Select:
        """`chosen` is one of the values; None is that of the empty one."""
        return cls(
            name, label, tuple((value, said, value == (chosen or "")) for value, said in choices)
        )
