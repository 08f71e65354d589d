"""Many items of a list at once: which were meant, which acts there are, who may, what was done.

An app that builds on this one registers its acts when it is ready.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.catalogue.querysets import MediaItemQuerySet
from media_items.library.lists import FindMedia
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest
from media_items.selections import Selection

AT_ONCE = 100  # items in one transaction


@dataclass(frozen=True)
class Chosen:
    """The selected items that this person finds under *My media*, newest first.

    SECURITY: `gone` counts the others. Deleted meanwhile, no longer shared, somebody else's or
    never there: nobody learns which.
    """

    selection: Selection
    items: list[MediaItem]

    @property
    def gone(self) -> int:
        return len(self.selection.keys) - len(self.items) + self.selection.gone

    @classmethod
    def of(cls, request: FoyerRequest, selection: Selection) -> Chosen:
        """Two queries."""
        rows = (
            items.filter(pk__in=selection.keys).select_related("owner").defer("description")
            for items in (_own(request), _shared(request))
        )
        found = [item for some in rows for item in some]
        return cls(selection, sorted(found, key=lambda item: item.created_at, reverse=True))


@dataclass(frozen=True, kw_only=True)
class ItemAct:
    """An act under *With selected*. `answer` asks first, and does it once the form comes with
    `sure`."""

    key: str
    title: Any
    order: int
    answer: Callable[[FoyerRequest, Chosen], HttpResponse]
    is_for_shared: bool = True  # offered under Shared with me, too
    difference: str = ""  # as `components/_selection.html` writes it


_registered: dict[str, ItemAct] = {}


def register(*acts: ItemAct) -> None:
    """Called from `AppConfig.ready`. Raises ValueError for a key that another act has."""
    for act in acts:
        if act.key in _registered:
            raise ValueError(f"There is an act called {act.key} already.")
        _registered[act.key] = act


def named(key: str) -> ItemAct | None:
    return _registered.get(key)


def offered(*, is_shared: bool) -> list[ItemAct]:
    acts = sorted(_registered.values(), key=lambda act: act.order)
    return [act for act in acts if act.is_for_shared or not is_shared]


def found_by(request: FoyerRequest, query: QueryDict) -> MediaItemQuerySet:
    """What the list with this query string holds, on all its pages."""
    is_shared = query.get("tab") == "shared"
    return FindMedia.of(query).found_in(_shared(request) if is_shared else _own(request))


def _own(request: FoyerRequest) -> QuerySet[MediaItem]:
    return request.visitor.own_items().filter(deleted_at=None)


def _shared(request: FoyerRequest) -> QuerySet[MediaItem]:
    return request.visitor.shared_items()


# --- who may, and what was done -------------------------------------------------------------------


@dataclass
class Outcome:
    done: int = 0
    refused: list[tuple[MediaItem, str]] = field(default_factory=list)


def split(
    request: FoyerRequest, items: list[MediaItem], needs: Ability
) -> tuple[list[MediaItem], list[MediaItem]]:
    """Those to which this person may do it now, and the others. One query."""
    rows = request.visitor.items_with(needs).filter(pk__in=[item.pk for item in items])
    keys = set(rows.values_list("pk", flat=True))
    return (
        [item for item in items if item.pk in keys],
        [item for item in items if item.pk not in keys],
    )


def do_to_all(
    request: FoyerRequest,
    items: list[MediaItem],
    *,
    needs: Ability,
    unfit: Any,
    do: Callable[[QuerySet[MediaItem]], tuple[list[MediaItem], dict[int, str]]],
) -> Outcome:
    """In the order of keys, as whoever locks several items, `AT_ONCE` in one transaction: nobody
    waits long for one of them. Who may is asked of each as it is locked; what is refused to one is
    done for the others. A fixed number of queries for each so many.

    `do` returns those that were done, and why not by the keys of others.
    """
    outcome = Outcome()
    for some in batched(sorted(items, key=lambda item: item.pk), AT_ONCE):
        may = request.visitor.items_with(needs).filter(pk__in=[item.pk for item in some])
        try:
            done, refused = do(may)
        except Refusal as refusal:
            outcome.refused += [(item, str(refusal)) for item in some]
            continue
        outcome.done += len(done)
        outcome.refused += [(item, refused[item.pk]) for item in some if item.pk in refused]
        known = {item.pk for item in done} | set(refused)
        others = [item for item in some if item.pk not in known]
        outcome.refused += _left(request, others, unfit)
    return outcome


def _left(request: FoyerRequest, items: list[MediaItem], unfit: Any) -> list[tuple[MediaItem, str]]:
    """SECURITY: what this person does not see is not there, whatever the reason."""
    if not items:
        return []
    rows = request.visitor.visible_items().filter(pk__in=[item.pk for item in items])
    there = set(rows.values_list("pk", flat=True))
    return [
        (item, str(unfit) if item.pk in there else _("There is nothing to change any more."))
        for item in items
    ]
