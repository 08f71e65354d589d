"""How a view gets one file of an item: with the item, which is asked as `get_media_item` does."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from media_items.abilities import Ability
from media_items.compiled import compiled
from media_items.lookups import AbilityMissing, get_media_item, judged
from media_items.processing.models import MediaFile, Purpose
from media_items.requests import FoyerRequest


@compiled
def files_named(*, public_id: str, pk: int) -> QuerySet[MediaFile]:
    """At most one, with its item, as far as either is needed to send it."""
    return (
        MediaFile.objects.select_related("item")
        .defer("text", "waveform", "item__description", "item__tags")
        .filter(pk=pk, item__public_id=public_id, item__deleted_at=None)
    )


@compiled
def files_of(*, item: int, purpose: Purpose) -> QuerySet[MediaFile]:
    """At most one, for a purpose of which an item has one."""
    return MediaFile.objects.filter(item=item, purpose=purpose).defer("text")


def get_media_file(request: FoyerRequest, public_id: str, pk: int) -> MediaFile:
    """Raises `Http404` or `AbilityMissing`: whoever does not see the item is told so whether it has
    such a file or not."""
    found = files_named(public_id=public_id, pk=pk)
    if not found:
        get_media_item(request, public_id)
        raise Http404
    [file] = found
    item = judged(request, file.item)
    # SECURITY: the original may tell more than the player shows (places, other pages, names).
    if file.purpose == Purpose.ORIGINAL and Ability.DOWNLOAD not in item.abilities:
        raise AbilityMissing(Ability.DOWNLOAD)
    return file
