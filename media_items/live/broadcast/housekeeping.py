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
    """Folders whose broadcast is deleted, whose recording is made, or whose recording failed and
    was not tried again for as long as the bin keeps things. Returns how many."""
    on_disk = dict(folders.all_folders())
    before = timezone.now() - timedelta(days=settings.BIN_KEPT_DAYS)
    needed = set(
        Broadcast.objects.filter(pk__in=on_disk)
        .filter(Q(session__ended_at=None) | Q(recording_made_at=None))
        .exclude(stopped_at__lt=before)
        .values_list("pk", flat=True)
    )
    useless = [path for pk, path in on_disk.items() if pk not in needed]
    for path in useless:
        folders.remove(path)
    return len(useless)
