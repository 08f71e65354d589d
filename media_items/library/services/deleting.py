"""The bin: moving a media item into it, restoring it, and purging after BIN_KEPT_DAYS."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from media_items.catalogue.models import MediaItem
from media_items.catalogue.querysets import held
from media_items.library.tasks import purge_cutoff, purge_media_item
from media_items.signals import AccessChange, Account, ItemChange, announce_access_changes


def move_to_bin(*, item: MediaItem, by: Account | None) -> None:
    """Only the owner finds it any more, in the bin. Idempotent."""
    move_many_to_bin(items=MediaItem.objects.live().filter(pk=item.pk), by=by)
    item.refresh_from_db(fields=["deleted_at", "deleted_by"])


@transaction.atomic
def move_many_to_bin(
    *, items: QuerySet[MediaItem], by: Account | None, at: datetime | None = None
) -> list[MediaItem]:
    """Those of `items` that are not there yet, which it returns. Their files stay until they are
    purged, by a task for each. A fixed number of queries for any number of items.

    `at` is one moment for all that is one act, in however many transactions; else now.
    """
    return _move(items, deleted_at=at or timezone.now(), by=by)


def restore(*, item: MediaItem, by: Account | None) -> None:
    """Back with its state, galleries and guest links. Idempotent."""
    restore_many(items=MediaItem.objects.deleted().filter(pk=item.pk), by=by)
    item.refresh_from_db(fields=["deleted_at", "deleted_by"])


@transaction.atomic
def restore_many(*, items: QuerySet[MediaItem], by: Account | None) -> list[MediaItem]:
    """Those of `items` that are in the bin, which it returns. A fixed number of queries."""
    return _move(items, deleted_at=None, by=by)


def _move(
    items: QuerySet[MediaItem], *, deleted_at: datetime | None, by: Account | None
) -> list[MediaItem]:
    """SECURITY: what `items` asks is asked again of each row that is held."""
    into_bin = deleted_at is not None
    found = held(items.filter(deleted_at__isnull=into_bin))
    deleted_by = by.pk if into_bin and by else None
    MediaItem.objects.filter(pk__in=[item.pk for item in found]).update(
        deleted_at=deleted_at, deleted_by_id=deleted_by
    )
    for item in found:
        item.deleted_at, item.deleted_by_id = deleted_at, deleted_by
    change = AccessChange.MOVED_TO_BIN if into_bin else AccessChange.RESTORED
    announce_access_changes([ItemChange(item, change) for item in found], by=by)
    return found


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
