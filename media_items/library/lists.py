"""Searching, filtering and sorting lists of media items by the query string of the address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from django.db.models import QuerySet, TextChoices
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import Kind, MediaItem, State
from media_items.catalogue.querysets import MediaItemQuerySet
from media_items.outlines import Outline
from media_items.searching import Select, searched_words

LAYOUTS = ("cards", "list")


class Sort(TextChoices):
    NEWEST = "newest", _("Newest first")
    CHANGED = "changed", _("Last changed first")
    TITLE = "title", _("By title")


_ORDERS = {
    Sort.NEWEST: MediaItemQuerySet.newest_first,
    Sort.CHANGED: MediaItemQuerySet.changed_last_first,
    Sort.TITLE: MediaItemQuerySet.by_title,
}


@dataclass(frozen=True)
class FindMedia:
    """What a list of items is asked for. Values that it does not know are left out, so that an old
    address still opens a list. `by` are the choices that the list offers beside the search."""

    words: str = ""
    kind: Kind | None = None
    state: State | None = None
    sort: Sort | None = None
    by: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, data: Mapping[str, Any], by: tuple[str, ...] = ("kind", "state", "sort")
    ) -> FindMedia:
        return cls(
            words=searched_words(data),
            kind=_member(Kind, data.get("kind")) if "kind" in by else None,
            state=_member(State, data.get("state")) if "state" in by else None,
            sort=(_member(Sort, data.get("sort")) or Sort.NEWEST) if "sort" in by else None,
            by=by,
        )

    @property
    def is_narrowing(self) -> bool:
        """Whether an empty list may mean that nothing matches, not that there is nothing."""
        return bool(self.words or self.number_set)

    @property
    def number_set(self) -> int:
        """Of the filters beside the search."""
        return sum(one is not None for one in (self.kind, self.state))

    def found_in(self, rows: QuerySet[MediaItem]) -> MediaItemQuerySet:
        """Filtered, and sorted where the list offers that."""
        items = cast("MediaItemQuerySet", rows)
        if self.words:
            items = items.matching(self.words)
        if self.kind:
            items = items.filter(kind=self.kind)
        if self.state:
            items = items.filter(state=self.state)
        return sorted_by(items, self.sort) if self.sort else items

    # --- its form

    def form(self, path: str, *, is_shared: bool = False, layout: str = LAYOUTS[0]) -> SafeString:
        """Above the list at `path`, of which it keeps the tab and the layout."""
        shape = replace(self, words="")
        choices = {"find": shape, "is_shared": is_shared, "layout": layout}
        return FIND_FORM.drawn(choices, path=path, words=self.words)

    def selects(self) -> Iterator[Select]:
        if "kind" in self.by:
            yield Select.of("kind", _("Kind"), [("", _("All kinds")), *Kind.choices], self.kind)
        if "state" in self.by:
            yield Select.of(
                "state", _("Status"), [("", _("Any status")), *State.choices], self.state
            )
        if "sort" in self.by:
            yield Select.of("sort", _("Sort"), Sort.choices, self.sort)


FIND_FORM = Outline("media_items/library/_find.html", "path", "words")


def sorted_by(items: MediaItemQuerySet, sort: Sort) -> MediaItemQuerySet:
    return _ORDERS[sort](items)


def layout_of(data: Any) -> str:
    return layout if (layout := data.get("view")) in LAYOUTS else LAYOUTS[0]


def _member[E: TextChoices](choices: type[E], value: object) -> E | None:
    return choices(value) if value in choices.values else None
