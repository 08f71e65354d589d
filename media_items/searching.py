"""What somebody searches for in a list, and the choices beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, override

from django import forms
from django.utils.functional import Promise

MOST_CHARACTERS = 200


def searched_words(data: Mapping[str, Any], name: str = "q") -> str:
    """The words of a query string, as `words_of` has them."""
    return words_of(data.get(name, ""))


def words_of(typed: object) -> str:
    """In one line; of what is too long the beginning; "" where there are none. PostgreSQL refuses
    NUL in a text."""
    return " ".join(str(typed or "").replace("\x00", " ").split())[:MOST_CHARACTERS]


class SearchedWordsField(forms.CharField):
    """The search of a form above a list. Takes everything."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, max_length=MOST_CHARACTERS, **more)

    @override
    def to_python(self, value: object) -> str:
        return words_of(value)

    @override
    def bound_data(self, data: Any, initial: Any) -> str:
        """Shown as it is searched for."""
        return words_of(data)


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
