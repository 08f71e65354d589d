"""The bin: moving a media item into it, restoring it, and purging after BIN_KEPT_DAYS."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from media_items.catalogue.models import MediaItem
from media_items.library.tasks import purge_cutoff, purge_media_item
from media_items.signals import AccessChange, Account, announce_access_change


@transaction.atomic
def move_to_bin(*, item: MediaItem, by: Account | None) -> None:
    """Only the owner finds it any more, in the bin. Idempotent."""
    now = timezone.now()
    moved = MediaItem.objects.live().filter(pk=item.pk)
    changed = moved.update(deleted_at=now, deleted_by_id=by.pk if by else None)
    item.refresh_from_db(fields=["deleted_at", "deleted_by"])
    if changed:
        announce_access_change(item, AccessChange.MOVED_TO_BIN, by=by)


@transaction.atomic
def restore(*, item: MediaItem, by: Account | None) -> None:
    """Back with its state, galleries and guest links. Idempotent."""
    back = MediaItem.objects.deleted().filter(pk=item.pk)
    changed = back.update(deleted_at=None, deleted_by=None)
    item.refresh_from_db(fields=["deleted_at", "deleted_by"])
    if changed:
        announce_access_change(item, AccessChange.RESTORED, by=by)


def purge_bin() -> int:
    """Enqueue a purge for each item that was in the bin for BIN_KEPT_DAYS; returns how many."""
    due: Iterable[int] = MediaItem.objects.filter(deleted_at__lte=purge_cutoff()).values_list(
        "pk", flat=True
    )
    number = 0
    for item_id in due:
        purge_media_item.enqueue(item_id)
        number += 1
    return number
