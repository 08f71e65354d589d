"""One attempt at preparing an upload: its row, its progress, and what it has made so far."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from media_items.catalogue.models import MediaItem
from media_items.processing import storage
from media_items.processing.models import MediaFile, Preparation, Purpose
from media_items.processing.notes import Note

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_REPORTS = 1.0


class OvertakenError(Exception):
    """The item is gone, its upload was replaced or its preparation restarted: this run's result is
    dropped."""


@dataclass(kw_only=True)
class Run:
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
        """Write the progress and a heartbeat, at most once a second. Raises OvertakenError."""
        if time.monotonic() - self._last_report < _SECONDS_BETWEEN_REPORTS:
            return
        self._last_report = time.monotonic()
        # A second way of preparing starts at 0 again; the number shown never goes back.
        self._percent = max(self._percent, min(percent, 99))
        wanted = self._own_row().filter(item__deleted_at=None)
        if not wanted.update(heartbeat_at=timezone.now(), percent=self._percent):
            raise OvertakenError

    def beat(self) -> None:
        """A sign of life. Raises OvertakenError when the item is gone or in the bin, or its file
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
                raise OvertakenError
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
