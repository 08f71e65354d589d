"""Tidying up after broadcasts: what is over, recordings whose task was lost, unneeded folders."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from media_items.live.broadcast import folders
from media_items.live.broadcast.models import Broadcast
from media_items.live.broadcast.services import stop_overdue, take_up


def tidy_broadcasts() -> int:
    """Stops what is over, makes recordings whose task was lost, removes folders. Returns how many
    were stopped or removed."""
    stopped = stop_overdue()
    take_up()
    return stopped + remove_folders()


def remove_folders() -> int:
    """Folders whose recording is made, or whose recording failed and was not tried again for as
    long as the bin keeps things. Returns how many.

    One without a row is spared as long: with an item that is deleted for good its folders go, so
    this may be a database that was restored from before the broadcast, or the wrong one.
    """
    on_disk = dict(folders.all_folders())
    before = timezone.now() - timedelta(days=settings.BIN_KEPT_DAYS)
    known = Broadcast.objects.filter(pk__in=on_disk)
    needed = known.filter(Q(session__ended_at=None) | Q(recording_made_at=None)).exclude(
        stopped_at__lt=before
    )
    useless = set(on_disk) - set(needed.values_list("pk", flat=True))
    useless -= {
        pk
        for pk in useless - set(known.values_list("pk", flat=True))
        if on_disk[pk].stat().st_mtime > before.timestamp()
    }
    for pk in useless:
        folders.remove(on_disk[pk])
    return len(useless)
