"""Whether somebody still works on a preparation, or its worker died."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from media_items.processing.models import Preparation, PreparationState

# A worker writes a sign of life about every second; the longest it can be silent is while one step
# without progress of its own (one page of a PDF, reading a file's head) runs into its time limit.
STALE_AFTER = timedelta(minutes=5)


def is_at_work(preparation: Preparation) -> bool:
    """Running, with a sign of life not long ago."""
    if preparation.state != PreparationState.RUNNING:
        return False
    last_sign = preparation.heartbeat_at or preparation.started_at
    return last_sign is not None and last_sign > timezone.now() - STALE_AFTER


def is_stale(preparation: Preparation) -> bool:
    """Running as its row says, but nobody works on it any more: it may be restarted."""
    return preparation.state == PreparationState.RUNNING and not is_at_work(preparation)
