"""The recordings of an event, and the state of each."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import pgettext_lazy

from media_items.catalogue.models import MediaItem
from media_items.live.broadcast.models import Broadcast, BroadcastRun
from media_items.processing.models import Preparation, PreparationState

MOST_SHOWN = 10


class RecordingState(models.TextChoices):
    MAKING = "making", pgettext_lazy("state of a recording", "Processing")
    READY = "ready", pgettext_lazy("state of a recording", "Ready")
    FAILED = "failed", pgettext_lazy("state of a recording", "Processing failed")
    GONE = "gone", pgettext_lazy("state of a recording", "Deleted")


@dataclass(frozen=True)
class Recording:
    """`percent` is of its preparation; None while it is put together before that."""

    broadcast: Broadcast
    state: RecordingState
    item: MediaItem | None = None
    percent: int | None = None


def recordings_of(event: MediaItem) -> list[Recording]:
    """The newest few, of broadcasts with at least one chunk. One query."""
    something = BroadcastRun.objects.filter(broadcast=OuterRef("pk"), next_chunk__gt=0)
    stopped = (
        Broadcast.objects.filter(session__item=event, stopped_at__isnull=False)
        .filter(Exists(something))
        .select_related("session", "recording__preparation")
        .order_by("-pk")[:MOST_SHOWN]
    )
    return [_recording(one) for one in stopped]


def _recording(broadcast: Broadcast) -> Recording:
    item = broadcast.recording
    if broadcast.recording_failed_at:
        return Recording(broadcast, RecordingState.FAILED, item)
    if broadcast.recording_made_at and (item is None or item.deleted_at):
        return Recording(broadcast, RecordingState.GONE)
    preparation: Preparation | None = getattr(item, "preparation", None)
    if preparation is None:
        return Recording(broadcast, RecordingState.MAKING, item)
    if preparation.state == PreparationState.READY:
        return Recording(broadcast, RecordingState.READY, item)
    if preparation.state == PreparationState.FAILED:
        # Its own page says why, and offers to try again.
        return Recording(broadcast, RecordingState.READY, item)
    return Recording(broadcast, RecordingState.MAKING, item, preparation.percent)
