"""Deletes for good what has been in the bin for BIN_KEPT_DAYS, with its files."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.tasks import task
from django.utils import timezone

from media_items.catalogue.models import MediaItem
from media_items.processing.storage import delete_files_of

logger = logging.getLogger(__name__)


def purge_cutoff() -> datetime:
    """Items moved to the bin before this moment are purged."""
    return timezone.now() - timedelta(days=settings.BIN_KEPT_DAYS)


@task
def purge_media_item(item_id: int) -> None:
    """Safe to run twice, and on an item restored meanwhile: deletes only what is still due."""
    with transaction.atomic():
        item = (
            MediaItem.objects.select_for_update()
            .filter(pk=item_id, deleted_at__lte=purge_cutoff())
            .first()
        )
        if item is None:
            return
        delete_files_of(item)
        item.delete()
    logger.info("Purged media item %s from the bin.", item_id)
