"""The background task that prepares an upload: from the original to what the page shows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from media_items.catalogue.models import Kind, MediaItem
from media_items.processing import documents, pictures, renditions, storage
from media_items.processing.confinement import beating
from media_items.processing.endings import breaks_off
from media_items.processing.errors import PreparationError
from media_items.processing.leftovers import in_doubt, working_folder
from media_items.processing.models import MediaFile, Preparation, Purpose
from media_items.processing.notes import Note, of_document, of_recording
from media_items.processing.probe import probe
from media_items.queued import queued
from media_items.workers import MOST_STARTS, TOLD_TO_STOP

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_REPORTS = 1.0


class _OvertakenError(Exception):
    """The item is gone, its upload was replaced or its preparation restarted: this run's result is
    dropped."""


@task(queue_name="media")
def prepare_media_item(item_id: int) -> None:
    """Prepares what is next, which need not be `item_id`: each waiting upload has one task, and the
    order of the tasks would let one owner's forty films go before everybody else's one.

    Idempotent: nothing is done for an item that is ready or that a living worker is preparing.
    """
    for candidate in (*_next_in_turn(), item_id):
        if prepare(candidate):
            return


def prepare(item_id: int) -> bool:
    """Whether it was this caller's to prepare: not ready yet, and in nobody's living hands."""
    run = _claim(item_id)
    if run is None:
        return False
    try:
        with in_doubt(), beating(run.beat), working_folder() as folder:
            _prepare(run, folder)
            run.finish()
    except _OvertakenError:
        run.put_back()
        logger.info("Preparation of item %s is not wanted any more.", item_id)
    except TOLD_TO_STOP:
        # Not the file's doing: the next worker begins at once, and as the first.
        run.put_back()
        raise
    except PreparationError as error:
        logger.warning("Item %s could not be prepared: %s", item_id, error)
        run.fail(error.problem)
    except Exception:
        # Written first, so that the owner sees it whatever happens to the task.
        run.fail(_("Something went wrong on our side. Please try again, or tell the site's admin."))
        raise
    return True


def take_up() -> int:
    """Queues what nobody would prepare: a worker died at it, or its task is lost. What too many
    have died at has failed. Returns how many tasks were queued; called every few seconds by each
    worker."""
    found = list(Preparation.objects.for_the_taking().values_list("item_id", "starts"))
    taking = [item_id for item_id, starts in found if starts < MOST_STARTS]
    if len(taking) < len(found):
        Preparation.objects.give_up({item_id for item_id, _starts in found} - set(taking))
    # A task that is about to begin or an upload just arriving is not lost, and one too many would
    # find nothing to do.
    missing = taking[: max(0, len(taking) - len(queued(prepare_media_item)))]
    for item_id in missing:
        prepare_media_item.enqueue(item_id)
    return len(missing)


def _next_in_turn() -> list[int]:
    """Items to prepare: first the one whose owner's turn was longest ago."""
    turns = Preparation.objects.filter(item__owner=OuterRef("item__owner")).order_by()
    last_turn = turns.values("item__owner").annotate(last=Max("started_at")).values("last")
    waiting = Preparation.objects.for_the_taking().annotate(last_turn=Subquery(last_turn))
    in_turn = waiting.order_by(F("last_turn").asc(nulls_first=True), "queued_at", "pk")
    # More than one, as another worker may take the first meanwhile.
    return list(in_turn.values_list("item_id", flat=True)[:5])


def _claim(item_id: int) -> _Run | None:
    """Start a run, or return None when the preparation is done, a living worker is at it, or too
    many have died at it."""
    with transaction.atomic():
        preparation = (
            Preparation.objects.select_for_update(of=("self",))
            .for_the_taking()
            .filter(item_id=item_id)
            .first()
        )
        if preparation is None:
            return None
        if preparation.starts >= MOST_STARTS:
            Preparation.objects.give_up([item_id])
            return None
        original = MediaFile.objects.filter(item_id=item_id, purpose=Purpose.ORIGINAL).first()
        if original is None:
            return None
        now = timezone.now()
        Preparation.objects.filter(pk=preparation.pk).update(
            started_at=now, heartbeat_at=now, starts=F("starts") + 1, percent=0
        )
    item = MediaItem.objects.get(pk=item_id)
    return _Run(item=item, original=original, preparation_id=preparation.pk, started_at=now)


@dataclass(kw_only=True)
class _Run:
    """One attempt, identified by `started_at`: a newer attempt writes another time into the row."""

    item: MediaItem
    original: MediaFile
    preparation_id: int
    started_at: datetime
    made: list[MediaFile] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    _last_report: float = field(default_factory=time.monotonic)
    _percent: int = 0

    def _own_row(self) -> QuerySet[Preparation]:
        return Preparation.objects.filter(
            pk=self.preparation_id, started_at=self.started_at, finished_at=None, failed_at=None
        )

    def report(self, percent: int) -> None:
        """Write the progress and a heartbeat, at most once a second. Raises _OvertakenError."""
        if time.monotonic() - self._last_report < _SECONDS_BETWEEN_REPORTS:
            return
        self._last_report = time.monotonic()
        # A second way of preparing starts at 0 again; the number shown never goes back.
        self._percent = max(self._percent, min(percent, 99))
        wanted = self._own_row().filter(item__deleted_at=None)
        if not wanted.update(heartbeat_at=timezone.now(), percent=self._percent):
            raise _OvertakenError

    def beat(self) -> None:
        """A sign of life. Raises _OvertakenError when the item is gone or in the bin, or its file
        was replaced."""
        try:
            self.report(self._percent)
        except OperationalError:
            logger.warning("No sign of life of item %s could be written.", self.item.pk)

    def put_back(self) -> None:
        """To the waiting, where it is still ours: of an item that comes back from the bin, or for
        the next worker."""
        self._own_row().update(started_at=None, heartbeat_at=None, starts=0, percent=0)

    def progress_between(self, start: int, end: int) -> Callable[[int], None]:
        """Reports the progress of one step, which is `start` to `end` percent of the whole."""
        return lambda percent: self.report(start + (end - start) * percent // 100)

    def store(
        self, purpose: Purpose, path: Path, *, extension: str, content_type: str, **fields: Any
    ) -> None:
        row = MediaFile(item=self.item, purpose=purpose, content_type=content_type, **fields)
        storage.store_file(row, path, extension=extension)
        self.made.append(row)

    def finish(self) -> None:
        """Replace what earlier runs made by what this run made, in one transaction."""
        with transaction.atomic():
            # The item first, as `attach_upload` does, so that the two never wait for each other.
            item = MediaItem.objects.select_for_update().live().filter(pk=self.item.pk).first()
            if item is None or not self._own_row().select_for_update().exists():
                raise _OvertakenError
            derived = (Purpose.PLAYBACK, Purpose.POSTER, Purpose.PAGE)
            storage.delete_rows_and_files(self.item.files.filter(purpose__in=derived))
            MediaFile.objects.bulk_create(self.made)
            self.original.save(update_fields=["width", "height", "duration_ms"])
            now = timezone.now()
            self._own_row().update(
                finished_at=now, heartbeat_at=now, percent=100, problem="", notes=self.notes
            )

    def fail(self, problem: str) -> None:
        self._own_row().update(failed_at=timezone.now(), problem=problem[:300])


def _prepare(run: _Run, folder: Path) -> None:
    try:
        path = storage.local_path(run.original, folder)
        path.stat()
    except FileNotFoundError as error:
        raise PreparationError(
            _("The uploaded file is gone. Please upload it again."), detail=str(error)
        ) from error
    if run.item.kind == Kind.DOCUMENT:
        _prepare_document(run, path, folder)
    else:
        _prepare_recording(run, path, folder)


def _prepare_recording(run: _Run, path: Path, folder: Path) -> None:
    is_video = run.item.kind == Kind.VIDEO
    prepare = renditions.prepare_video if is_video else renditions.prepare_audio
    found = probe(path)
    run.notes = of_recording(found, breaks_off=breaks_off(path, found.container))
    made = prepare(path, folder=folder, on_progress=run.progress_between(0, 92))
    seen = made.probe
    for row, value in (("width", seen.width), ("height", seen.height)):
        setattr(run.original, row, value)
    run.original.duration_ms = seen.duration_ms
    poster = pictures.video_poster if is_video else pictures.audio_poster
    try:
        jpeg = poster(
            made.path,
            folder=folder,
            duration_ms=seen.duration_ms,
            on_progress=run.progress_between(92, 99),
        )
    except PreparationError as error:
        # A film without a poster still plays.
        logger.warning("No poster for item %s: %s", run.item.pk, error)
    else:
        _store_poster(run, jpeg, folder)
    size = {"width": seen.width, "height": seen.height, "duration_ms": seen.duration_ms}
    if made.is_original:
        run.made.append(
            MediaFile(
                item=run.item,
                purpose=Purpose.PLAYBACK,
                file=run.original.file.name,
                size=run.original.size,
                content_type=made.content_type,
                **size,
            )
        )
    else:
        run.store(
            Purpose.PLAYBACK,
            made.path,
            extension=made.extension,
            content_type=made.content_type,
            **size,
        )


def _prepare_document(run: _Run, path: Path, folder: Path) -> None:
    facts = documents.facts_of(path)
    total = documents.pages_to_show(facts.pages)
    drawn = folder / "page.webp"
    has_poster = False
    undrawn: list[int] = []
    empty: list[int] = []
    bare: list[int] = []
    for page in documents.render_pages(path):
        if not page.is_drawn:
            undrawn.append(page.number)
        elif not has_poster:
            _store_poster(run, pictures.page_poster(page.webp), folder)
            has_poster = True
        if page.is_empty:
            empty.append(page.number)
        if page.is_bare:
            bare.append(page.number)
        drawn.write_bytes(page.webp)
        run.store(
            Purpose.PAGE,
            drawn,
            extension="webp",
            content_type="image/webp",
            number=page.number,
            width=page.width,
            height=page.height,
            text=page.text,
        )
        run.report(page.number * 99 // total)
    empty = sorted([*empty, *documents.lost_among(path, bare, pages=facts.pages)])
    run.notes = of_document(facts, shown=total, undrawn=undrawn, empty=empty)


def _store_poster(run: _Run, jpeg: bytes, folder: Path) -> None:
    path = folder / "poster.jpg"
    path.write_bytes(jpeg)
    width, height = pictures.size_of(jpeg)
    run.store(
        Purpose.POSTER,
        path,
        extension="jpg",
        content_type="image/jpeg",
        width=width,
        height=height,
    )
