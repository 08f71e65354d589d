"""The background work after a broadcast."""

from __future__ import annotations

import logging

from django.tasks import task

from media_items.live.broadcast import recording
from media_items.processing.errors import NotAcceptedFile, PreparationError
from media_items.workers import TOLD_TO_STOP

logger = logging.getLogger(__name__)


# Before the films that wait: an event ends once, and those who missed it wait for this.
@task(queue_name="media", priority=10)
def make_recording(broadcast_id: int) -> None:
    """Idempotent: what is made stays, and while one task is at work a second does nothing."""
    broadcast = recording.claim(broadcast_id)
    if broadcast is None:
        return
    try:
        recording.make(broadcast)
    except recording.NotWantedError:
        logger.info("The recording of broadcast %s is not wanted any more.", broadcast_id)
    except TOLD_TO_STOP:
        recording.put_back(broadcast)
        raise
    except (PreparationError, NotAcceptedFile) as error:
        logger.warning("No recording of broadcast %s: %s", broadcast_id, error)
        recording.fail(broadcast)
    except Exception:
        # Stored first, so that the host sees it whatever becomes of the task.
        recording.fail(broadcast)
        raise
