"""What the administration's page of one person is made of.

Each room whose rows are about people registers a part in its admin module: which rows are
somebody's, what to say of each, and the permission without which nobody reads them. The page
(`access.person_page`) walks the parts and knows no model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

type Cell = Callable[[Any], object]


@dataclass(frozen=True)
class Somebody:
    """Every address of theirs that is known, and the keys of their proofs, as `Identity.key`."""

    emails: frozenset[str]
    keys: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class PersonPart:
    """One table. `rows` are joined to all that the cells read, newest first: one query a page."""

    name: str  # in the address of its later pages
    heading: StrPromise
    order: int
    permission: str
    rows: Callable[[Somebody], QuerySet[Any]]
    columns: Sequence[tuple[StrPromise, Cell]]
    note: StrPromise | str = ""


_parts: dict[str, PersonPart] = {}


def register(part: PersonPart) -> None:
    """Raises `ValueError` where another part has the name."""
    if part.name in _parts and _parts[part.name] != part:
        raise ValueError(f"{part.name} is registered already")
    _parts[part.name] = part


def parts_for(may: Callable[[str], bool]) -> Iterator[PersonPart]:
    """In their order, those whose permission somebody has."""
    every: Iterable[PersonPart] = sorted(_parts.values(), key=lambda part: part.order)
    yield from (part for part in every if may(part.permission))
