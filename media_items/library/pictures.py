"""The picture and the length on an item's card: what a list shows beyond the row itself."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import FETCH_RAISE, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from media_items.catalogue.models import MediaItem
from media_items.catalogue.querysets import MediaItemQuerySet
from media_items.processing.models import MediaFile, Purpose


def for_cards(items: MediaItemQuerySet) -> MediaItemQuerySet:
    """With all that a card shows; anything else raises instead of querying (FETCH_RAISE).

    Annotates `poster_id` and `duration_ms`, so that `add_pictures` needs no query per row.
    """
    files = MediaFile.objects.filter(item=OuterRef("pk"))
    rows: MediaItemQuerySet = (
        items.select_related("owner", "preparation")
        .defer("description")
        .annotate(
            poster_id=Subquery(files.filter(purpose=Purpose.POSTER).values("pk")[:1]),
            duration_ms=Subquery(files.filter(purpose=Purpose.ORIGINAL).values("duration_ms")[:1]),
        )
    )
    return rows.fetch_mode(FETCH_RAISE)


def picture_url(item: MediaItem, *, poster_id: int | None = None) -> str:
    """The guarded address of the item's thumbnail, else of its poster; "" when it has neither.

    Never queries: the poster is the one that `for_cards` found, or is given. The stamp changes with
    the picture, so that a browser does not show an old one.
    """
    poster_id = poster_id or getattr(item, "poster_id", None)
    if item.thumbnail:
        stamp = f"t{item.updated_at:%y%m%d%H%M%S}"
    elif poster_id:
        stamp = f"p{poster_id}"
    else:
        return ""
    return f"{reverse('media_items:thumbnail', args=[item.public_id])}?v={stamp}"


def length_in_words(duration_ms: int | None) -> str:
    """Rounded: “40 s”, “24 min”, “1 h 30 min”; "" without a duration."""
    if not duration_ms:
        return ""
    seconds = max(1, round(duration_ms / 1000))
    if seconds < 60:
        return _("%(seconds)d s") % {"seconds": seconds}
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    hours, minutes = divmod(minutes, 60)
    if not minutes:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}


def add_pictures(items: Iterable[MediaItem]) -> None:
    """Sets `picture_url` and `length` on rows of `for_cards`."""
    for item in items:
        item.picture_url = picture_url(item)
        item.length = length_in_words(item.duration_ms)  # type: ignore[attr-defined]
