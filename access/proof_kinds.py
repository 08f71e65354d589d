"""The registry of the kinds of proof, and what is asked of all of them together.

Each kind is one `Holding` in its own room, and one `register` at start-up; nothing outside this
module and those classes knows how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from access.proofs import Holding, Person, ProofKey, parsed
from media_items.people_behind import PersonBehind

if TYPE_CHECKING:
    from access.requests import VisitorRequest
    from access.visitors import Visitor
    from media_items.models import MediaItem

type Explain = Callable[[VisitorRequest, Visitor, MediaItem], HttpResponse | None]


@dataclass(frozen=True)
class Kind:
    """A registered kind. `explain` answers a request for an item that is not shown: why what the
    visitor holds lets them in no more; None where it never did, for the 404 that strangers get.
    `note_use` is told, once a page has been shown, which proofs let somebody see it."""

    holding: type[Holding[Any]]
    explain: Explain | None = None
    note_use: Callable[[Sequence[Any]], None] | None = None


KINDS: dict[str, Kind] = {}


def register(
    holding: type[Holding[Any]],
    *,
    explain: Explain | None = None,
    note_use: Callable[[Sequence[Any]], None] | None = None,
) -> None:
    """Once per kind, in `AppConfig.ready`."""
    known = KINDS.get(holding.kind)
    if known is not None and known.holding is not holding:
        raise ValueError(f"two kinds of proof are called {holding.kind!r}")
    KINDS[holding.kind] = Kind(holding, explain, note_use)


def kinds() -> tuple[type[Holding[Any]], ...]:
    """In the order in which they are asked."""
    return _in_order(tuple(kind.holding for kind in KINDS.values()))


@lru_cache(maxsize=4)
def _in_order(found: tuple[type[Holding[Any]], ...]) -> tuple[type[Holding[Any]], ...]:
    return tuple(sorted(found, key=lambda one: (not one.makes_editors, -one.weight)))


def people_named(keys: Collection[ProofKey], item: MediaItem) -> dict[ProofKey, Person]:
    """Whom these keys name before the item, all kinds together. A fixed number of queries."""
    found: dict[ProofKey, Person] = {}
    for holding in kinds():
        for key, person in holding.people(keys, item).items():
            found[key] = found[key] | person if key in found else person
    return found


def people_behind(texts: Collection[str], item: MediaItem) -> dict[str, PersonBehind]:
    """Whom these keys name: `media_items.people_behind`. One query for each kind."""
    keys = parsed(texts)
    return {str(key): one for kind in kinds() for key, one in kind.behind(keys, item).items()}


def is_there(text: str) -> bool:
    """Whether the key names a proof whose person was not erased. One query at most."""
    return any(KINDS[key.kind].holding.is_there(key.pk) for key in parsed([text]))


def is_known(email: str, item: MediaItem, *, apart_from: Collection[ProofKey] = ()) -> bool:
    """Whether somebody's proof has the address, so that the database has to compare it."""
    return any(holding.knows(email, item, apart_from=apart_from) for holding in kinds())


def somebody_moderates(item: MediaItem, emails: Collection[str]) -> bool:
    """Whether one of these addresses is of somebody who moderates the item, editors apart."""
    return bool(emails) and any(holding.moderates(item, emails) for holding in kinds())


def left_quiz(keys: Collection[ProofKey], item: MediaItem) -> set[ProofKey]:
    """Of these, whose holder has left the item by themselves and could take the quiz otherwise."""
    return {key for kind in KINDS.values() for key in kind.holding.left_quiz(keys, item)}
