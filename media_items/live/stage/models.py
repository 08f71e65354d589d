"""Who is on the stage of a room, and who watches its picture.

    invited (by a moderator, or asked and granted) ──► on (said yes) ──► off

A seat is taken in the row, under a lock on the session, so that two people never share the last
one; the row says what its holder may send.

One row is one page's time on stage: a page loaded again, or another window of the same person, gets
a new row, and the other browsers connect to that one.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.live.sessions.models import LiveSession, Participant, Stay


class SeatKind(models.TextChoices):
    """`STAGE` sends and receives, `WATCH` only receives: in a mesh both cost every sender."""

    STAGE = "stage", _("On stage")
    WATCH = "watch", _("Watching")


class SeatEnd(models.TextChoices):
    """Why a seat has ended. Told to the engine; no column."""

    LEFT = "left", _("Left")
    REMOVED = "removed", _("Removed from the session")
    RIGHT_ENDED = "right_ended", _("Access ended")
    ROLE_LOST = "role_lost", _("Role changed")
    SESSION_ENDED = "session_ended", _("The session ended")
    MOVED = "moved", _("Moved to another seat")
    TAKEN_OFF = "taken_off", _("Removed from the stage")


class StageInvitation(models.Model):
    """Somebody may come on stage and has not said yes yet. Nobody is put there without it."""

    participant = models.OneToOneField(
        Participant,
        verbose_name=_("participant"),
        on_delete=models.CASCADE,
        related_name="stage_invitation",
    )
    invited_by = models.ForeignKey(
        Participant,
        verbose_name=_("invited by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    invited_at = models.DateTimeField(_("invited"), default=timezone.now)

    class Meta:
        verbose_name = _("stage invitation")
        verbose_name_plural = _("stage invitations")

    def __str__(self) -> str:
        return str(self.participant)


class SeatQuerySet(models.QuerySet["Seat"]):
    def current(self) -> SeatQuerySet:
        """Taken, by somebody who is inside and there. Everything else counts as free."""
        open_stay = Stay.objects.filter(participant=OuterRef("participant"), left_at=None)
        return self.filter(
            Exists(open_stay),
            left_at=None,
            participant__admitted_at__isnull=False,
            participant__removed_at=None,
            participant__right_ended_at=None,
        )

    def of_kind(self, kind: SeatKind) -> SeatQuerySet:
        return self.filter(kind=kind)


class Seat(models.Model):
    session = models.ForeignKey(
        LiveSession, verbose_name=_("session"), on_delete=models.CASCADE, related_name="seats"
    )
    participant = models.ForeignKey(
        Participant, verbose_name=_("participant"), on_delete=models.CASCADE, related_name="seats"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=SeatKind)
    taken_at = models.DateTimeField(_("from"), default=timezone.now)
    left_at = models.DateTimeField(_("until"), null=True, blank=True)
    microphone_on = models.BooleanField(_("microphone on"), default=False)
    camera_on = models.BooleanField(_("camera on"), default=False)
    screen_on = models.BooleanField(_("screen shared"), default=False)
    muted_by_host_at = models.DateTimeField(_("muted by a moderator"), null=True, blank=True)

    objects: ClassVar = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            models.UniqueConstraint(
                fields=["participant"], condition=Q(left_at=None), name="seat_one_each"
            ),
        ]
        indexes = [
            models.Index(fields=["session", "kind"], name="seat_taken", condition=Q(left_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.participant}: {self.get_kind_display()}"

    @property
    def publishes(self) -> bool:
        return self.kind == SeatKind.STAGE
