"""What happens to a broadcast: runs start, their chunks come in order, they pause, it stops.

Starting and stopping lock the session's row. A chunk locks nothing: the conditional UPDATE of
`next_chunk` lets exactly one request be the one that brought it.
"""

from __future__ import annotations

import contextlib
import logging
import re
import secrets
import shutil
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from media_items.live.broadcast import folders, recording
from media_items.live.broadcast.containers import begins_a_recording
from media_items.live.broadcast.folders import LEFT_FREE
from media_items.live.broadcast.models import Broadcast, BroadcastRun
from media_items.live.broadcast.pictures import is_lost, lost_by
from media_items.live.broadcast.tasks import make_recording
from media_items.live.events.announcing import announce
from media_items.live.events.facts import FactKind
from media_items.live.sessions.models import LiveSession, Participant
from media_items.live.sessions.presence import PresenceEnded, Why
from media_items.live.sessions.services import locked
from media_items.queued import queued
from media_items.refusals import NotNow, Refusal
from media_items.workers import MOST_STARTS

logger = logging.getLogger(__name__)

MOST_BYTES_OF_CHUNK = 4 * 1024 * 1024
# A sender whose recorder starts again more often than this is broken.
MOST_RUNS = 500
_TYPES = re.compile(r"(video/(?:webm|x-matroska|mp4))(?:\s*;\s*codecs=[\w.,\"' -]{1,60})?")
# A recorder starts with a burst and evens out.
_BURST_SECONDS = 30


# Why nothing is taken; the sender's page has a sentence for each.
NOT_LIVE = "not-live"
IS_OVER = "over"  # stopped, and not started again in this session
NOT_TAKEN = "not-taken"  # not a kind of recording we know, or more of it than the site takes
NO_ROOM = "no-room"
RUN_IS_OVER = "run-over"  # paused, stopped or taken over since
GAP = "gap"  # a chunk before this one never came: the rest of this run is worth nothing


class SomebodySends(Refusal):
    reason = "somebody-sends"

    def __init__(self, run: BroadcastRun, *, is_me: bool) -> None:
        super().__init__()
        self.run, self.is_me = run, is_me


def base_type(mime_type: str) -> str:
    """Raises `Refusal`."""
    found = _TYPES.fullmatch(mime_type.strip().lower())
    if found is None:
        raise Refusal(reason=NOT_TAKEN)
    return found[1]


@transaction.atomic
def start_run(
    *, me: Participant, mime_type: str, replaces: int | None = None, take_over: bool = False
) -> BroadcastRun:
    """A new run of the session's broadcast, which begins with the first.

    A run of one's own is replaced by its number, as after a gap or a reload. Anybody replaces one
    whose picture is lost; `take_over` replaces any, and the caller has asked whether they may.
    Raises `Refusal` with one of the reasons above.
    """
    base_type(mime_type)
    if shutil.disk_usage(settings.MEDIA_ROOT).free < LEFT_FREE:
        logger.error("A broadcast cannot start: the disk is full.")
        raise Refusal(reason=NO_ROOM)
    session = locked(me.session)
    if not session.is_live:
        raise NotNow(reason=NOT_LIVE)
    broadcast, _made = Broadcast.objects.get_or_create(session=session)
    if broadcast.stopped_at or broadcast.runs.count() >= MOST_RUNS:
        raise NotNow(reason=IS_OVER)
    moment = timezone.now()
    sending = broadcast.runs.filter(stopped_at=None).select_related("sender").first()
    if sending is not None:
        is_me = sending.sender_id == me.pk
        replaced = is_me and sending.pk == replaces
        if not (replaced or take_over or is_lost(sending, moment)):
            raise SomebodySends(sending, is_me=is_me)
        broadcast.runs.filter(pk=sending.pk).update(stopped_at=moment)
    run = BroadcastRun.objects.create(broadcast=broadcast, sender=me, mime_type=mime_type[:100])
    announce(session, FactKind.BROADCAST)
    return run


def take_chunk(*, run: BroadcastRun, number: int, content: bytes) -> None:
    """The next piece of a run. Twice is once. Raises `Refusal` with one of the reasons above.

    Needs `run.broadcast.session.item` at hand. The piece is on disk before the row says that it is,
    so a reader up to `next_chunk` finds every piece.
    """
    if run.stopped_at or run.broadcast.stopped_at:
        raise Refusal(reason=RUN_IS_OVER)
    if number < run.next_chunk:
        return
    if number > run.next_chunk:
        raise Refusal(reason=GAP)
    if not content or (number == 0 and not begins_a_recording(content)):
        raise Refusal(reason=NOT_TAKEN)
    _refuse_too_much(run, len(content))
    if shutil.disk_usage(settings.MEDIA_ROOT).free < LEFT_FREE // 2:
        logger.error("A broadcast was cut short: the disk is full.")
        raise Refusal(reason=NO_ROOM)
    folder = folders.ensure_folder(folders.run_folder(run.broadcast, run))
    arriving = folder / f"{number:08d}.{secrets.token_hex(6)}.part"
    try:
        arriving.write_bytes(content)
        with transaction.atomic():
            taken = BroadcastRun.objects.filter(
                pk=run.pk, next_chunk=number, stopped_at=None
            ).update(
                next_chunk=number + 1,
                size=F("size") + len(content),
                last_chunk_at=timezone.now(),
            )
            if taken:
                arriving.replace(folders.chunk_path(folder, number))
    finally:
        with contextlib.suppress(FileNotFoundError):
            arriving.unlink()
    if not taken:
        run.refresh_from_db(fields=["next_chunk", "stopped_at"])
        if run.next_chunk <= number:
            raise Refusal(reason=RUN_IS_OVER)


def _refuse_too_much(run: BroadcastRun, more: int) -> None:
    """SECURITY: what one sender may put on the disk is bounded by time, as the setting says."""
    seconds = (timezone.now() - run.started_at).total_seconds() + _BURST_SECONDS
    if run.size + more > seconds * settings.LIVE_BROADCAST_MAX_KBITS * 1000 / 8:
        raise Refusal(reason=NOT_TAKEN)


@transaction.atomic
def pause(*, session: LiveSession) -> None:
    """The sender stops sending; going on is a new run. Twice is once."""
    session = locked(session)
    paused = BroadcastRun.objects.filter(broadcast__session=session, stopped_at=None).update(
        stopped_at=timezone.now()
    )
    if paused:
        announce(session, FactKind.BROADCAST)


def sender_has_gone(ended: PresenceEnded) -> None:
    """Whoever leaves, is removed or loses the right while on air pauses what they send: nobody
    waits for it to come back. A lost connection may. The session's end stops it for good.

    Whoever leaves in one window may send from another, which goes on: a page that sends pauses
    before it leaves.
    """
    if ended.why in {Why.LOST, Why.SESSION_ENDED}:
        return
    sending = BroadcastRun.objects.filter(broadcast__session=ended.session, stopped_at=None)
    if ended.participant_ids is not None:
        sending = sending.filter(sender__in=ended.participant_ids)
    if ended.why == Why.LEFT:
        sending = sending.filter(lost_by(ended.at))
    if sending.update(stopped_at=ended.at):
        announce(ended.session, FactKind.BROADCAST)


@transaction.atomic
def stop(*, session: LiveSession) -> None:
    """For good: no more runs in this session, and the recording is made. Twice is once."""
    session = locked(session)
    broadcast = Broadcast.objects.filter(session=session, stopped_at=None).first()
    if broadcast is None:
        return
    moment = timezone.now()
    broadcast.runs.filter(stopped_at=None).update(stopped_at=moment)
    broadcast.stopped_at = moment
    broadcast.save(update_fields=["stopped_at"])
    announce(session, FactKind.BROADCAST)
    if broadcast.runs.aggregate(chunks=Sum("next_chunk"))["chunks"]:
        queue_recording(broadcast=broadcast)


def queue_recording(*, broadcast: Broadcast) -> None:
    transaction.on_commit(partial(make_recording.enqueue, broadcast.pk))


def retry_recording(*, broadcast: Broadcast) -> None:
    """After a failure, or when the worker that was at it is dead. Twice is once."""
    with transaction.atomic():
        failed = Broadcast.objects.filter(pk=broadcast.pk, recording_failed_at__isnull=False)
        if not failed.update(
            recording_failed_at=None,
            recording_begun_at=None,
            recording_heartbeat_at=None,
            recording_starts=0,
        ):
            if not _has_no_task(broadcast):
                return
            recording.for_the_taking().filter(pk=broadcast.pk).update(recording_starts=0)
        queue_recording(broadcast=broadcast)


def _has_no_task(broadcast: Broadcast) -> bool:
    """To be made, in nobody's living hands, and without a task that waits."""
    is_free = recording.for_the_taking().filter(pk=broadcast.pk).exists()
    return is_free and [broadcast.pk] not in queued(make_recording)


def take_up() -> int:
    """Queues recordings that nobody would make: their worker died, or their task is lost. What too
    many have died at has failed. Returns how many; called every few seconds by each worker."""
    number = 0
    for broadcast in recording.for_the_taking().filter(runs__next_chunk__gt=0).distinct():
        if broadcast.recording_starts >= MOST_STARTS:
            recording.give_up(broadcast)
        elif _has_no_task(broadcast):
            queue_recording(broadcast=broadcast)
            number += 1
    return number


def is_due_to_stop(broadcast: Broadcast, moment: datetime) -> bool:
    """Its session has ended, or it has lasted as long as the site lets it."""
    longest = timedelta(hours=settings.LIVE_BROADCAST_MAX_HOURS)
    is_open = broadcast.stopped_at is None
    return is_open and bool(broadcast.session.ended_at or broadcast.started_at < moment - longest)


def stop_overdue() -> int:
    """Does what the feeder does, for a site where it does not run. Returns how many were
    stopped."""
    moment = timezone.now()
    number = 0
    for broadcast in Broadcast.objects.filter(stopped_at=None).select_related("session__item"):
        if is_due_to_stop(broadcast, moment):
            stop(session=broadcast.session)
            number += 1
    return number
