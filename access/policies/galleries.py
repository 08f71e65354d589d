"""Which galleries let their members into which item: said here, in the two faces that are asked."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.proofs import NOTHING
from media_items.catalogue.models import State
from media_items.models import Gallery, MediaItem, Publication


def galleries_letting_into(item: MediaItem) -> QuerySet[Gallery]:
    """Whose members see this item, its window apart: where it is published, and its own gallery."""
    lets_in = Q(pk=item.room_of_id) if item.room_of_id else NOTHING
    if item.state == State.PUBLISHED:
        lets_in |= Q(pk__in=Publication.objects.filter(item=item).values("gallery"))
    return Gallery.objects.filter(lets_in)


def let_in_by(galleries: QuerySet[Any, Any] | Collection[int]) -> Q:
    """The same from the other side, as a condition on items: what members of these see.

    `galleries` are primary keys.
    """
    shown = Publication.objects.filter(item=OuterRef("pk"), gallery__in=galleries)
    return Q(room_of__in=galleries) | (Q(state=State.PUBLISHED) & Q(Exists(shown)))
