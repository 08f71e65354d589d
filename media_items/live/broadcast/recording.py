"""The video made of a broadcast afterwards: its runs, one after the other, as one MP4."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from media_items.catalogue.models import Kind, MediaItem
from media_items.library.services.editing import create_media_item
from media_items.live.broadcast import folders
from media_items.live.broadcast.folders import LEFT_FREE
from media_items.live.broadcast.models import Broadcast, BroadcastRun
from media_items.live.events.announcing import announce
from media_items.live.events.facts import FactKind
from media_items.moments import Form, written
from media_items.processing import ffmpeg
from media_items.processing.confinement import beating, tick
from media_items.processing.errors import PreparationError
from media_items.processing.leftovers import working_folder
from media_items.processing.models import Purpose
from media_items.processing.probe import Probe, probe
from media_items.processing.services import attach_upload
from media_items.processing.storage import MovableFile
from media_items.workers import MOST_STARTS, STALE_AFTER

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_SIGNS = 1.0
_MOST_LETTERS = MediaItem._meta.get_field("title").max_length or 200
_STREAMS = ["-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn"]
_AAC = ["-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000"]
_SILENCE = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo"]
_LARGEST = (1920, 1080)


class NotWantedError(Exception):
    """The event is gone, or another task has taken this recording over."""


def for_the_taking() -> QuerySet[Broadcast]:
    """Broadcasts whose recording is to be made and in nobody's living hands."""
    stale = timezone.now() - STALE_AFTER
    return Broadcast.objects.filter(
        Q(recording_begun_at=None)
        | Q(recording_heartbeat_at__lte=stale)
        | Q(recording_heartbeat_at=None, recording_begun_at__lte=stale),
        stopped_at__isnull=False,
        recording_failed_at=None,
        recording_made_at=None,
    )


def claim(broadcast_id: int) -> Broadcast | None:
    """Reserves the making of a recording for the caller. None where there is nothing to make, it
    has failed, another task is at it, or too many workers have died at it."""
    moment = timezone.now()
    mine = for_the_taking().filter(pk=broadcast_id)
    if not mine.filter(recording_starts__lt=MOST_STARTS).update(
        recording_begun_at=moment,
        recording_heartbeat_at=moment,
        recording_starts=F("recording_starts") + 1,
    ):
        for hopeless in mine.filter(recording_starts__gte=MOST_STARTS):
            give_up(hopeless)
        return None
    return Broadcast.objects.select_related("session__item__owner", "recording").get(
        pk=broadcast_id
    )


def make(broadcast: Broadcast) -> None:
    """Raises `PreparationError`, and `NotWantedError` while it works. A second time only what is
    still missing is done."""
    with beating(_signs_of_life(broadcast)):
        if not _has_its_file(broadcast):
            _refuse_without_room(broadcast)
            with working_folder() as folder:
                video = join_runs(broadcast, folder)
                item = broadcast.recording or _make_item(broadcast)
                with MovableFile(video) as upload:
                    attach_upload(item=item, upload=upload, by=item.owner)
    # What came from the sender goes first: a worker that dies in between leaves a recording to be
    # finished, not bytes that nobody will look for.
    if _claimed(broadcast).update(recording_heartbeat_at=timezone.now()):
        folders.remove(folders.folder_of(broadcast) / "runs")
    if _claimed(broadcast).update(recording_made_at=timezone.now()):
        announce(broadcast.session, FactKind.BROADCAST)


def fail(broadcast: Broadcast) -> None:
    """What came from the sender stays on the disk, so that it can be tried again."""
    if _claimed(broadcast).update(recording_failed_at=timezone.now()):
        announce(broadcast.session, FactKind.BROADCAST)


def give_up(broadcast: Broadcast) -> None:
    """Worker after worker has died at it."""
    logger.error("Workers died again and again at the recording of broadcast %s.", broadcast.pk)
    fail(broadcast)


def put_back(broadcast: Broadcast) -> None:
    """For the next worker, as the first: this one was told to stop."""
    _claimed(broadcast).update(
        recording_begun_at=None, recording_heartbeat_at=None, recording_starts=0
    )


def _claimed(broadcast: Broadcast) -> QuerySet[Broadcast]:
    """The row while this claim holds: a later one writes another time, and it may be given up."""
    return Broadcast.objects.filter(
        pk=broadcast.pk,
        recording_begun_at=broadcast.recording_begun_at,
        recording_made_at=None,
        recording_failed_at=None,
    )


def _signs_of_life(broadcast: Broadcast) -> Callable[[], None]:
    last = time.monotonic()

    def beat() -> None:
        nonlocal last
        if time.monotonic() - last < _SECONDS_BETWEEN_SIGNS:
            return
        last = time.monotonic()
        try:
            alive = _claimed(broadcast).update(recording_heartbeat_at=timezone.now())
        except OperationalError:
            logger.warning("No sign of life of recording %s could be written.", broadcast.pk)
            return
        if not alive:
            raise NotWantedError

    return beat


def _has_its_file(broadcast: Broadcast) -> bool:
    item = broadcast.recording
    return item is not None and item.files.filter(purpose=Purpose.ORIGINAL).exists()


@transaction.atomic
def _make_item(broadcast: Broadcast) -> MediaItem:
    """Private, the event owner's; bound to the broadcast at once, so that no second is made."""
    event = broadcast.session.item
    title = _title(event, broadcast, "day")
    if MediaItem.objects.filter(owner=event.owner, title=title).exists():
        # A second session of that day.
        title = _title(event, broadcast, "moment")
    item = create_media_item(
        item=MediaItem(kind=Kind.VIDEO, title=title, time_zone=event.time_zone), owner=event.owner
    )
    broadcast.recording = item
    broadcast.save(update_fields=["recording"])
    return item


def _title(event: MediaItem, broadcast: Broadcast, form: Form) -> str:
    """The title is one for all readers: the event's own clock, named."""
    day = written(broadcast.started_at, form, zone=event.zone, with_zone=True)
    whole = _("%(title)s, recording of %(day)s")
    room = _MOST_LETTERS - len(whole % {"title": "", "day": day})
    return whole % {"title": Truncator(event.title).chars(room), "day": day}


def _refuse_without_room(broadcast: Broadcast) -> None:
    size = sum(broadcast.runs.values_list("size", flat=True))
    if shutil.disk_usage(settings.MEDIA_ROOT).free < 2 * size + LEFT_FREE:
        raise PreparationError(
            _("The site has run out of space for files. Tell your administrator, then try again.")
        )


# --- from chunks to one video -----------------------------------------------------------------


def join_runs(broadcast: Broadcast, folder: Path) -> Path:
    """Each run becomes a stretch of one transport stream, whose times go on; then one MP4.

    A run that cannot be read is left out. Raises `PreparationError` when none can.
    """
    sources = [
        (path, found)
        for run in broadcast.runs.order_by("pk")
        if (path := _gather(broadcast, run, folder)) and (found := _probed(path))
    ]
    if not sources:
        raise PreparationError(_("This recording has nothing that can be played."))
    encoding = _encoding_for([found for _path, found in sources])
    whole = folder / "whole.ts"
    offset_ms = 0
    for path, found in sources:
        stretch = folder / "stretch.ts"
        _make_stretch(path, found, encoding, stretch, offset_ms)
        path.unlink()
        offset_ms += probe(stretch).duration_ms or 0
        with whole.open("ab") as target, stretch.open("rb") as source:
            while piece := source.read(1024 * 1024):
                target.write(piece)
                tick()
        stretch.unlink()
    video = folder / "recording.mp4"
    copying = ["-map", "0:V:0", "-map", "0:a:0", "-c", "copy", *_STREAMS]
    _run([*ffmpeg.reading(whole), *copying, "-movflags", "+faststart", "-f", "mp4"], video)
    whole.unlink()
    return video


def _gather(broadcast: Broadcast, run: BroadcastRun, folder: Path) -> Path | None:
    """The run's chunks joined to one file, up to the first that is missing."""
    path = folder / f"run-{run.pk}"
    chunks = folders.run_folder(broadcast, run)
    with path.open("wb") as target:
        for number in range(run.next_chunk):
            chunk = folders.chunk_path(chunks, number)
            if not chunk.is_file():
                logger.error("Chunk %s of run %s is gone.", number, run.pk)
                break
            target.write(chunk.read_bytes())
            tick()
    return path if path.stat().st_size else None


def _probed(path: Path) -> Probe | None:
    try:
        found = probe(path)
    except PreparationError as error:
        logger.warning("A run of a broadcast cannot be read: %s", error)
        return None
    return found if found.has_video else None


def _encoding_for(runs: Sequence[Probe]) -> list[str]:
    """Copies the picture where it is H.264 of one size from the first run to the last.

    Else encodes all runs in the size of the first: each picture whole, on black where it does not
    fit.
    """
    alike = {(found.video_codec, found.pixel_format, found.width, found.height) for found in runs}
    if len(alike) == 1 and runs[0].video_codec == "h264":
        return ["-c:v", "copy"]
    wide, high = (
        max(2, min(side or most, most) // 2 * 2)
        for side, most in zip((runs[0].width, runs[0].height), _LARGEST, strict=True)
    )
    picture = (
        f"scale={wide}:{high}:force_original_aspect_ratio=decrease:force_divisible_by=2,"
        f"pad={wide}:{high}:-1:-1,setsar=1,fps=30,format=yuv420p"
    )
    return ["-vf", picture, "-c:v", "libx264", "-preset", "veryfast", "-crf", "22", "-g", "60"]


def _make_stretch(
    source: Path, found: Probe, encoding: list[str], target: Path, offset_ms: int
) -> None:
    # The first run without sound must not take it from those after it.
    silence = [] if found.has_audio else _SILENCE
    sound = "0:a:0" if found.has_audio else "1:a:0"
    times = ["-output_ts_offset", f"{offset_ms / 1000:.3f}", "-muxdelay", "0", "-muxpreload", "0"]
    options = [*ffmpeg.reading(source), *silence, "-map", "0:V:0", "-map", sound]
    options += [*encoding, *_AAC, "-af", "aresample=async=1000", "-shortest", *_STREAMS]
    _run([*options, *times, "-f", "mpegts"], target)


def _run(options: Sequence[str], target: Path) -> None:
    ffmpeg.run(
        [*options, f"file:{target}"], timeout_seconds=settings.PREPARATION_TIMEOUT_MINUTES * 60
    )
