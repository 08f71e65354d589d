"""The picture and the length on an item's card: what a list shows beyond the row itself."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import FETCH_RAISE, OuterRef, Subquery

from media_items.addresses import address
from media_items.catalogue.models import MediaItem
from media_items.catalogue.querysets import MediaItemQuerySet
from media_items.lengths import clock
from media_items.processing.models import MediaFile, Purpose

_ON_CARDS = (
    *("public_id", "kind", "title", "thumbnail", "state", "created_at", "updated_at", "deleted_at"),
    *(f"preparation__{name}" for name in ("started_at", "finished_at", "failed_at", "percent")),
)
_OF_OWNER = ("owner__email", "owner__first_name", "owner__last_name")


def for_cards(items: MediaItemQuerySet, *, with_owner: bool = True) -> MediaItemQuerySet:
    """With all that a card shows; anything else raises instead of querying (FETCH_RAISE).

    Annotates `poster_id` and `duration_ms`, so that `add_pictures` needs no query per row.
    """
    files = MediaFile.objects.filter(item=OuterRef("pk"))
    shown = items.select_related("preparation").only(*_ON_CARDS)
    if with_owner:
        shown = items.select_related("preparation", "owner").only(*_ON_CARDS, *_OF_OWNER)
    rows: MediaItemQuerySet = shown.annotate(
        poster_id=Subquery(files.filter(purpose=Purpose.POSTER).values("pk")[:1]),
        duration_ms=Subquery(files.filter(purpose=Purpose.ORIGINAL).values("duration_ms")[:1]),
    )
    return rows.fetch_mode(FETCH_RAISE)


def picture_url(item: MediaItem, *, poster_id: int | None = None) -> str:
    """The guarded address of the item's thumbnail, else of its poster; "" when it has neither.

    Never queries: the poster is the one that `for_cards` found, or is given. The stamp changes with
    the picture, so that a browser does not show an old one.
    """
    stamp = stamp_of(item, poster_id=poster_id)
    if not stamp:
        return ""
    return f"{address('media_items:thumbnail', item.public_id)}?v={stamp}"


def stamp_of(item: MediaItem, *, poster_id: int | None = None) -> str:
    """Which picture it is, "" where there is none. Never queries, as above."""
    if item.thumbnail:
        return f"t{item.updated_at:%y%m%d%H%M%S}"
    poster_id = poster_id or getattr(item, "poster_id", None)
    return f"p{poster_id}" if poster_id else ""


def length_of(item: MediaItem) -> str:
    """Of a row of `for_cards`."""
    return _length(item.duration_ms)  # type: ignore[attr-defined]


def add_pictures(items: Iterable[MediaItem]) -> None:
    """Sets `picture_url` and `length` on rows of `for_cards`."""
    for item in items:
        item.picture_url = picture_url(item)
        item.length = length_of(item)


def _length(duration_ms: int | None) -> str:
    return clock(max(1, round(duration_ms / 1000))) if duration_ms else ""
