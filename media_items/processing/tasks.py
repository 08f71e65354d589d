"""The background work on an upload: from the original to what the media page shows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from media_items.catalogue.models import Kind, MediaItem
from media_items.processing import documents, pictures, renditions, storage
from media_items.processing.errors import PreparationError
from media_items.processing.models import MediaFile, Preparation, Purpose

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_SIGNS = 1.0


class _OvertakenError(Exception):
    """The upload was replaced or the preparation restarted while we worked; ours is in vain."""


@task(queue_name="media")
def prepare_media_item(item_id: int) -> None:
    """Idempotent: ready items are left alone, and a second run beside a living one gives way."""
    run = _claim(item_id)
    if run is None:
        return
    storage.sweep_left_behind()
    try:
        with storage.working_folder() as folder:
            _prepare(run, folder)
            run.finish()
    except _OvertakenError:
        logger.info("Preparation of item %s was overtaken by a newer one.", item_id)
    except PreparationError as error:
        logger.warning("Item %s could not be prepared: %s", item_id, error)
        run.fail(error.problem)
    except Exception:
        # Stored first, so that the owner sees it whatever becomes of the task.
        run.fail(_("Something went wrong on our side. Please try again, or tell the site's admin."))
        raise
    finally:
        run.clear_up()


def _claim(item_id: int) -> _Run | None:
    """Mark the preparation as ours, unless it is done or somebody living is at it."""
    with transaction.atomic():
        preparation = (
            Preparation.objects.select_for_update()
            .filter(item_id=item_id, finished_at=None, failed_at=None)
            .first()
        )
        if preparation is None or preparation.is_at_work:
            return None
        original = MediaFile.objects.filter(item_id=item_id, purpose=Purpose.ORIGINAL).first()
        if original is None:
            return None
        now = timezone.now()
        Preparation.objects.filter(pk=preparation.pk).update(
            started_at=now, heartbeat_at=now, percent=0
        )
    item = MediaItem.objects.get(pk=item_id)
    return _Run(item=item, original=original, preparation_id=preparation.pk, started_at=now)


@dataclass(kw_only=True)
class _Run:
    """One attempt. It is known by its `started_at`: a newer attempt writes another there."""

    item: MediaItem
    original: MediaFile
    preparation_id: int
    started_at: datetime
    made: list[MediaFile] = field(default_factory=list)
    _last_sign: float = field(default_factory=time.monotonic)
    _kept: bool = False
    _percent: int = 0

    def _mine(self) -> QuerySet[Preparation]:
        return Preparation.objects.filter(
            pk=self.preparation_id, started_at=self.started_at, finished_at=None, failed_at=None
        )

    def sign(self, percent: int) -> None:
        """Say how far we are, at most once a second. Raises _OvertakenError."""
        if time.monotonic() - self._last_sign < _SECONDS_BETWEEN_SIGNS:
            return
        self._last_sign = time.monotonic()
        # A second way of preparing starts at nought again; what is shown never goes back.
        self._percent = max(self._percent, min(percent, 99))
        if not self._mine().update(heartbeat_at=timezone.now(), percent=self._percent):
            raise _OvertakenError

    def between(self, start: int, end: int) -> Callable[[int], None]:
        """The part of the whole, from `start` to `end` percent, that one step stands for."""
        return lambda percent: self.sign(start + (end - start) * percent // 100)

    def keep(
        self, purpose: Purpose, path: Path, *, extension: str, content_type: str, **fields: Any
    ) -> None:
        row = MediaFile(item=self.item, purpose=purpose, content_type=content_type, **fields)
        storage.move_in(row, path, extension=extension)
        self.made.append(row)

    def finish(self) -> None:
        """Swap everything made before for what this run made, all at once."""
        with transaction.atomic():
            # The item first, as `attach_upload` does, so that the two never wait for each other.
            item = MediaItem.objects.select_for_update().filter(pk=self.item.pk).first()
            if item is None or not self._mine().select_for_update().exists():
                raise _OvertakenError
            derived = (Purpose.PLAYBACK, Purpose.POSTER, Purpose.PAGE)
            storage.forget(self.item.files.filter(purpose__in=derived))
            MediaFile.objects.bulk_create(self.made)
            self.original.save(update_fields=["width", "height", "duration_ms"])
            now = timezone.now()
            self._mine().update(finished_at=now, heartbeat_at=now, percent=100, problem="")
        self._kept = True

    def fail(self, problem: str) -> None:
        self._mine().update(failed_at=timezone.now(), problem=problem[:300])

    def clear_up(self) -> None:
        if not self._kept:
            for row in self.made:
                if row.file.name != self.original.file.name:
                    storage.discard(row)


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
    made = prepare(path, folder=folder, on_progress=run.between(0, 92))
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
            on_progress=run.between(92, 99),
        )
    except PreparationError as error:
        # A film without a poster still plays.
        logger.warning("No poster for item %s: %s", run.item.pk, error)
    else:
        _keep_poster(run, jpeg, folder)
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
        run.keep(
            Purpose.PLAYBACK,
            made.path,
            extension=made.extension,
            content_type=made.content_type,
            **size,
        )


def _prepare_document(run: _Run, path: Path, folder: Path) -> None:
    total = documents.pages_to_show(documents.page_count(path))
    drawn = folder / "page.webp"
    for page in documents.render_pages(path):
        if not run.made:
            _keep_poster(run, pictures.page_poster(page.webp), folder)
        drawn.write_bytes(page.webp)
        run.keep(
            Purpose.PAGE,
            drawn,
            extension="webp",
            content_type="image/webp",
            number=page.number,
            width=page.width,
            height=page.height,
            text=page.text,
        )
        run.sign(page.number * 99 // total)


def _keep_poster(run: _Run, jpeg: bytes, folder: Path) -> None:
    path = folder / "poster.jpg"
    path.write_bytes(jpeg)
    width, height = pictures.size_of(jpeg)
    run.keep(
        Purpose.POSTER,
        path,
        extension="jpg",
        content_type="image/jpeg",
        width=width,
        height=height,
    )
