"""The files of a media item and the state of their preparation."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import MediaItem
from media_items.workers import MOST_STARTS, STALE_AFTER

logger = logging.getLogger(__name__)


class Purpose(models.TextChoices):
    ORIGINAL = "original", _("Original")
    PLAYBACK = "playback", _("Playback")
    POSTER = "poster", _("Poster")
    CAPTIONS = "captions", _("Captions")
    PAGE = "page", _("Page")


def stored_path(media_file: MediaFile, filename: str) -> str:
    """`<item>/<purpose>/<random>.<extension>`; of `filename` only the extension, set by us."""
    extension = PurePosixPath(filename).suffix.lower()
    name = f"{secrets.token_hex(12)}{extension}"
    return f"{media_file.item.public_id}/{media_file.purpose}/{name}"


class MediaFile(models.Model):
    """One stored file. `ORIGINAL` is what was uploaded; the others are made from it or added to it.

    A web-safe original and its `PLAYBACK` row may name the same stored file.
    """

    item = models.ForeignKey(
        MediaItem, verbose_name=_("media item"), on_delete=models.CASCADE, related_name="files"
    )
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose)
    file = models.FileField(_("file"), upload_to=stored_path, max_length=255)
    content_type = models.CharField(_("content type"), max_length=100)
    size = models.BigIntegerField(_("size"), help_text=_("Bytes."))
    original_name = models.CharField(_("original name"), max_length=255, blank=True)
    width = models.PositiveIntegerField(_("width"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True)
    duration_ms = models.PositiveBigIntegerField(_("duration (ms)"), null=True, blank=True)
    waveform = models.CharField(
        _("waveform"),
        max_length=512,
        blank=True,
        help_text=_("How loud a sound is from beginning to end, as processing.waveform writes it."),
    )
    number = models.PositiveIntegerField(_("page number"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    label = models.CharField(_("label"), max_length=60, blank=True)
    text = models.TextField(_("text of the page"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("media file")
        verbose_name_plural = _("media files")
        indexes = [
            models.Index(fields=["item", "purpose", "number"], name="media_file_item_purpose")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "number"],
                condition=models.Q(purpose="page"),
                name="media_file_one_per_page",
            ),
            models.UniqueConstraint(
                fields=["item", "purpose"],
                condition=models.Q(purpose__in=["original", "playback", "poster"]),
                name="media_file_one_original_playback_poster",
            ),
            models.UniqueConstraint(
                fields=["item", "language"],
                condition=models.Q(purpose="captions"),
                name="media_file_one_captions_per_language",
                violation_error_message=_("There are already captions in this language."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} · {self.original_name or self.file.name}"

    @property
    def duration_seconds(self) -> str:
        """As an attribute of a page says it, whatever the reader's language does to numbers."""
        return f"{(self.duration_ms or 0) / 1000:.3f}"


class TranscriptPart(models.Model):
    """A bounded stretch of what captions say, made once when they are added.

    `lines` holds [start in milliseconds, words] for each line, sorted by time.
    """

    captions = models.ForeignKey(
        MediaFile,
        verbose_name=_("captions"),
        on_delete=models.CASCADE,
        related_name="transcript_parts",
    )
    number = models.PositiveIntegerField(_("number"))
    starts_at_ms = models.PositiveBigIntegerField(_("starts (ms)"))
    lines = models.JSONField(_("lines"))

    class Meta:
        verbose_name = _("transcript part")
        verbose_name_plural = _("transcript parts")
        constraints = [
            models.UniqueConstraint(
                fields=["captions", "number"], name="transcript_part_once_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.captions} · {self.number}"


class PreparationState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("state of a preparation", "In the queue")
    RUNNING = "running", pgettext_lazy("state of a preparation", "Processing")
    READY = "ready", pgettext_lazy("state of a preparation", "Ready")
    FAILED = "failed", pgettext_lazy("state of a preparation", "Processing failed")


class PreparationQuerySet(models.QuerySet["Preparation"]):
    def in_no_living_hands(self) -> Self:
        """Not done, and nobody is at it."""
        signed = self.annotate(last_sign=Coalesce("heartbeat_at", "started_at"))
        return signed.filter(finished_at=None, failed_at=None).filter(
            models.Q(started_at=None) | models.Q(last_sign__lte=timezone.now() - STALE_AFTER)
        )

    def for_the_taking(self) -> Self:
        """Neither done nor in living hands, of items that are not in the bin."""
        return self.in_no_living_hands().filter(item__deleted_at=None)

    def give_up(self, item_ids: Iterable[int]) -> None:
        """Of these, what worker after worker has died at. Not what has begun anew meanwhile."""
        for item_id in item_ids:
            logger.error("Workers died again and again at the file of item %s.", item_id)
        self.in_no_living_hands().filter(item__in=item_ids, starts__gte=MOST_STARTS).update(
            failed_at=timezone.now(),
            problem=gettext(
                "Foyer stopped three times while processing this file. Try another "
                "file, or tell your administrator."
            ),
        )


class Preparation(models.Model):
    """The state of the background work on an item's upload.

    waiting (queued_at) → running (started_at, percent, heartbeat) → ready (finished_at)
                                                                  ↘ failed (failed_at, problem)
    A worker writes a heartbeat about every second, also while it waits for another program; silent
    for STALE_AFTER, it is dead. A new start clears what came after `queued_at`. `starts` counts the
    workers that have begun and not ended it: after MOST_STARTS it is what kills them, and failed.
    `notes` is as `processing.notes` makes it.
    """

    item = models.OneToOneField(
        MediaItem,
        verbose_name=_("media item"),
        on_delete=models.CASCADE,
        related_name="preparation",
    )
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last activity"), null=True, blank=True)
    starts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    percent = models.PositiveSmallIntegerField(_("percent"), default=0)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    notes = models.JSONField(_("notes"), default=list, blank=True)

    objects: ClassVar = PreparationQuerySet.as_manager()

    class Meta:
        verbose_name = _("processing job")
        verbose_name_plural = _("processing jobs")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(finished_at=None) | models.Q(failed_at=None),
                name="preparation_not_both_ready_and_failed",
            ),
            models.CheckConstraint(
                condition=models.Q(percent__lte=100), name="preparation_percent_at_most_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.state.label}"

    @property
    def state(self) -> PreparationState:
        if self.failed_at:
            return PreparationState.FAILED
        if self.finished_at:
            return PreparationState.READY
        return PreparationState.RUNNING if self.started_at else PreparationState.WAITING

    @property
    def is_at_work(self) -> bool:
        """Running, with a heartbeat not long ago."""
        if self.state != PreparationState.RUNNING:
            return False
        last_sign = self.heartbeat_at or self.started_at
        return last_sign is not None and last_sign > timezone.now() - STALE_AFTER

    @property
    def is_stale(self) -> bool:
        """Running as the row says, but the worker has died: it may be restarted."""
        return self.state == PreparationState.RUNNING and not self.is_at_work
