"""The picture of a live event: one broadcast a session, in one or more runs of a recorder.

    started ──► (run, pause, run …) ──► stopped ──► the recording becomes a video item

A run is one start of the sender's recorder. Its chunks are numbered from nought and lie on disk
until the recording is made; a gap is refused and the sender starts a new run.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import MediaItem
from media_items.live.sessions.models import LiveSession, Participant


class Broadcast(models.Model):
    session = models.OneToOneField(
        LiveSession, verbose_name=_("session"), on_delete=models.CASCADE, related_name="broadcast"
    )
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    recording = models.ForeignKey(
        MediaItem,
        verbose_name=_("recording"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    # Set while a task is at it; a claim that shows no sign of life is that of a dead worker.
    recording_begun_at = models.DateTimeField(_("recording: started"), null=True, blank=True)
    recording_heartbeat_at = models.DateTimeField(
        _("recording: last activity"), null=True, blank=True
    )
    # Workers that have begun and not ended it; after MOST_STARTS it has failed.
    recording_starts = models.PositiveSmallIntegerField(_("recording: attempts"), default=0)
    recording_made_at = models.DateTimeField(_("recording: ready"), null=True, blank=True)
    recording_failed_at = models.DateTimeField(_("recording: failed"), null=True, blank=True)

    class Meta:
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")
        indexes = [
            # Asked about every second by the feeder.
            models.Index(fields=["id"], name="broadcast_not_stopped", condition=Q(stopped_at=None)),
        ]

    def __str__(self) -> str:
        return str(self.session)


class BroadcastRun(models.Model):
    """One sender at a time. `next_chunk` is moved by a conditional UPDATE, which is the lock."""

    broadcast = models.ForeignKey(
        Broadcast, verbose_name=_("broadcast"), on_delete=models.CASCADE, related_name="runs"
    )
    sender = models.ForeignKey(
        Participant,
        verbose_name=_("sender"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    mime_type = models.CharField(_("media type"), max_length=100)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    last_chunk_at = models.DateTimeField(_("last part received"), null=True, blank=True)
    next_chunk = models.PositiveIntegerField(_("next part"), default=0)
    size = models.PositiveBigIntegerField(_("size"), default=0, help_text=_("Bytes."))
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)

    class Meta:
        verbose_name = _("broadcast run")
        verbose_name_plural = _("broadcast runs")
        constraints = [
            models.UniqueConstraint(
                fields=["broadcast"], condition=Q(stopped_at=None), name="broadcast_one_sender"
            ),
        ]
        indexes = [models.Index(fields=["broadcast", "id"], name="broadcast_run_order")]

    def __str__(self) -> str:
        return f"{self.broadcast} #{self.pk}"


class BroadcastWatcher(models.Model):
    """One browser that watches without taking part and without saying whose it is. `token` is
    random and the browser's own, of this session alone: a number for the count and the report."""

    session = models.ForeignKey(
        LiveSession, verbose_name=_("session"), on_delete=models.CASCADE, related_name="watchers"
    )
    token = models.CharField(_("token"), max_length=32)
    came_at = models.DateTimeField(_("joined"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)

    class Meta:
        verbose_name = _("broadcast watcher")
        verbose_name_plural = _("broadcast watchers")
        constraints = [
            models.UniqueConstraint(fields=["session", "token"], name="broadcast_watcher_once"),
        ]
        indexes = [models.Index(fields=["session", "seen_at"], name="broadcast_watcher_seen")]

    def __str__(self) -> str:
        return f"{self.session} #{self.pk}"
