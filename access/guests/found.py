"""The guests of an item as its host searches, filters and sorts them, as SQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.core.paginator import Page
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from access.blocks.policies import blocked
from access.email_addresses import stored_part
from access.guests.models import Guest, GuestAdmission
from media_items.compiled import compiled
from media_items.models import MediaItem
from media_items.numbers import whole_number
from media_items.pagination import page_by_keys
from media_items.searching import searched_words

PER_PAGE = 50
_MOST_WORDS = 8
ONLY = {
    "": _("All guests"),
    "inside": _("Has access"),
    "removed": _("Removed"),
}
SORTS = {"": _("Newest first"), "seen": _("Last seen first"), "name": _("By name")}


@dataclass(frozen=True)
class GuestFilter:
    """Ignores what it does not understand, so that an old address still opens a list."""

    words: str = ""
    link_id: int | None = None
    only: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        only, sort = query.get("only", ""), query.get("sort", "")
        return cls(
            words=searched_words(query),
            link_id=whole_number(query.get("link", ""), default=None),
            only=only if only in ONLY else "",
            sort=sort if sort in SORTS else "",
        )

    @property
    def is_narrowing(self) -> bool:
        return bool(self.words or self.only or self.link_id is not None)

    @property
    def number_set(self) -> int:
        """Of the filters beside the search."""
        return bool(self.only) + (self.link_id is not None)

    def found_on(
        self, item: MediaItem, moment: datetime, *, links: Collection[int] | None = None
    ) -> QuerySet[Guest]:
        """Searched, filtered, in order. What a row shows beside it is of `with_standing`.

        `links` are the keys of all links of the item, where these are known and few: by them
        PostgreSQL knows how many guests there are, and does not walk through the whole site's.
        """
        rows = Guest.objects.on(item) if links is None else Guest.objects.filter(link__in=links)
        for word in self.words.split()[:_MOST_WORDS]:
            rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=stored_part(word)))
        if self.link_id is not None:
            rows = rows.filter(link_id=self.link_id)
        if self.only == "inside":
            rows = rows.filter(_has_access(moment))
        elif self.only == "removed":
            rows = rows.filter(removed_at__isnull=False)
        newest = ("-joined_at", "-pk")
        if self.sort == "seen":
            return with_last_seen(rows).order_by(F("seen_at").desc(nulls_last=True), *newest)
        return rows.order_by("name", "pk") if self.sort == "name" else rows.order_by(*newest)


def with_last_seen(rows: QuerySet[Guest]) -> QuerySet[Guest]:
    """In any of their browsers."""
    browsers = GuestAdmission.objects.filter(guest=OuterRef("pk"))
    last = browsers.order_by().values("guest").annotate(last=Max("last_seen_at"))
    return rows.annotate(seen_at=Subquery(last.values("last")))


def page_of_guests(rows: QuerySet[Guest], number: object, moment: datetime) -> Page[Guest]:
    """A page with all that its rows show."""
    return page_by_keys(
        rows, number, per_page=PER_PAGE, shown=lambda pks: _with_all_shown(pks=pks, moment=moment)
    )


@compiled
def _with_all_shown(*, pks: tuple[int, ...], moment: datetime) -> QuerySet[Guest]:
    return with_standing(Guest.objects.filter(pk__in=pks), moment)


def with_standing(rows: QuerySet[Guest], moment: datetime) -> QuerySet[Guest]:
    """With the link, and what a row shows: `has_access`, `is_out` (blocked) and `seen_at`."""
    return with_last_seen(rows.select_related("link")).annotate(
        has_access=_has_access(moment),
        is_out=blocked(item=OuterRef("link__item"), email=OuterRef("email"), is_typed=True),
    )


def _has_access(moment: datetime) -> Exists:
    browsers = GuestAdmission.objects.filter(guest=OuterRef("pk"))
    return Exists(browsers.in_force(moment))


def selectable(rows: QuerySet[Guest]) -> QuerySet[Guest]:
    """Something can be done to them, unless they were erased."""
    return rows.filter(erased_at=None)
