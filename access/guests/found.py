"""The guests of an item as its host searches, filters and sorts them, as SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from access.blocks.policies import blocked
from access.email_addresses import stored_part
from access.guests.models import Guest, GuestAdmission
from media_items.models import MediaItem
from media_items.numbers import whole_number

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
            words=query.get("q", "").strip()[:200],
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

    def found_on(self, item: MediaItem, moment: datetime) -> QuerySet[Guest]:
        """With what a row shows: `has_access`, `is_out` (blocked) and `seen_at`."""
        rows = with_standing(Guest.objects.on(item).select_related("link"), moment)
        for word in self.words.split()[:_MOST_WORDS]:
            rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=stored_part(word)))
        if self.link_id is not None:
            rows = rows.filter(link_id=self.link_id)
        if self.only == "inside":
            rows = rows.filter(Q(has_access=True))
        elif self.only == "removed":
            rows = rows.filter(removed_at__isnull=False)
        newest = ("-joined_at", "-pk")
        if self.sort == "seen":
            return rows.order_by(F("seen_at").desc(nulls_last=True), *newest)
        return rows.order_by("name", "pk") if self.sort == "name" else rows.order_by(*newest)


def with_last_seen(rows: QuerySet[Guest]) -> QuerySet[Guest]:
    """In any of their browsers."""
    browsers = GuestAdmission.objects.filter(guest=OuterRef("pk"))
    last = browsers.order_by().values("guest").annotate(last=Max("last_seen_at"))
    return rows.annotate(seen_at=Subquery(last.values("last")))


def with_standing(rows: QuerySet[Guest], moment: datetime) -> QuerySet[Guest]:
    browsers = GuestAdmission.objects.filter(guest=OuterRef("pk"))
    return with_last_seen(rows).annotate(
        has_access=Exists(browsers.in_force(moment)),
        is_out=blocked(item=OuterRef("link__item"), email=OuterRef("email"), is_typed=True),
    )


def selectable(rows: QuerySet[Guest]) -> QuerySet[Guest]:
    """Something can be done to them, unless they were erased."""
    return rows.filter(erased_at=None)
