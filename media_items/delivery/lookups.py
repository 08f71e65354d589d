"""How a view gets one file of an item: with the item, which is asked as `get_media_item` does."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
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


def files_shown_in(items: QuerySet[MediaItem], *, public_id: str, pk: int) -> QuerySet[MediaFile]:
    """At most one, as far as it is needed to send it: of those that everybody may have who sees the
    item. `Visitor.of_noted_items`."""
    shown = items.filter(public_id=public_id).values("pk")
    files = MediaFile.objects.filter(pk=pk, item__in=shown).exclude(purpose=Purpose.ORIGINAL)
    return files.only("file", "content_type")


def items_pictured(items: QuerySet[MediaItem], *, public_id: str) -> QuerySet[MediaItem]:
    """At most one, as far as its picture needs it. `Visitor.of_noted_items`."""
    return items.filter(public_id=public_id).only("thumbnail")


@compiled
def files_of(*, item: int, purpose: Purpose) -> QuerySet[MediaFile]:
    """At most one, for a purpose of which an item has one."""
    return MediaFile.objects.filter(item=item, purpose=purpose).defer("text")


def get_pictured_item(request: FoyerRequest, public_id: str) -> MediaItem:
    """For its picture and nothing else. Raises as `get_media_item` does."""
    found = request.visitor.of_noted_items(items_pictured, public_id=public_id)
    return found[0] if found else get_media_item(request, public_id)


def get_media_file(request: FoyerRequest, public_id: str, pk: int) -> MediaFile:
    """Raises `Http404` or `AbilityMissing`: whoever does not see the item is told so whether it has
    such a file or not."""
    if shown := request.visitor.of_noted_items(files_shown_in, public_id=public_id, pk=pk):
        return shown[0]
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
