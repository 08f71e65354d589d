"""Sessions of a live event or a room, and what the host has set for all of them.

    (nothing) ──► lobby ──► live ──► ended
                    └──── ended ◄────┘

A session is made when the first person comes into the lobby or when it is opened. Its states are
timestamps: lobby while `opened_at` is empty, live from then on, ended once `ended_at` is set. The
next session of a room is a new row. At most one session of an item is not ended.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from media_items.catalogue.models import MediaItem
from media_items.moments import written
from media_items.public_ids import new_public_id


class StageAccess(models.TextChoices):
    """Who comes on the stage of a room, besides those with `Ability.TAKE_STAGE`."""

    EVERYONE = "everyone", _("Everybody")
    BY_REQUEST = "by_request", _("By request")
    INVITE_ONLY = "invite_only", _("Invite only")


class LiveSettings(models.Model):
    """Kept from session to session. An item without a row has the defaults."""

    item = models.OneToOneField(
        MediaItem,
        verbose_name=_("media item"),
        on_delete=models.CASCADE,
        related_name="live_settings",
    )
    early_entrance_minutes = models.PositiveSmallIntegerField(
        _("lobby opens before the start"),
        default=15,
        validators=[MaxValueValidator(24 * 60)],
        help_text=_("How many minutes before the start the lobby opens."),
    )
    stage_access = models.CharField(
        _("stage access"), max_length=16, choices=StageAccess, default=StageAccess.BY_REQUEST
    )
    anonymous_questions = models.BooleanField(_("anonymous questions"), default=False)
    waiting_room = models.BooleanField(_("waiting room"), default=False)

    class Meta:
        verbose_name = _("live session settings")
        verbose_name_plural = _("live session settings")

    def __str__(self) -> str:
        return str(self.item)


class SessionState(models.TextChoices):
    """What an item's page says of its session now; `SCHEDULED` has none under way, and `LOBBY` need
    not have one."""

    SCHEDULED = "scheduled", pgettext_lazy("state of a session", "Not yet started")
    LOBBY = "lobby", pgettext_lazy("state of a session", "Lobby open")
    LIVE = "live", pgettext_lazy("state of a session", "Open")
    ENDED = "ended", pgettext_lazy("state of a session", "Ended")


class EndReason(models.TextChoices):
    BY_HOST = "by_host", _("Ended by the host")
    HOST_GONE = "host_gone", _("The host was away")
    NEVER_OPENED = "never_opened", _("Never opened")


def under_way(of: str = "") -> models.Q:
    """A condition on sessions, or on those that `of` leads to (`"live_sessions__"`): in the lobby
    or live."""
    return models.Q((f"{of}ended_at", None))


class LiveSessionQuerySet(models.QuerySet["LiveSession"]):
    def under_way(self) -> LiveSessionQuerySet:
        """In the lobby or live."""
        return self.filter(under_way())

    def live(self) -> LiveSessionQuerySet:
        return self.filter(opened_at__isnull=False, ended_at=None)


class LiveSession(models.Model):
    """One session. `host_gone_since` is set while nobody who may run it is there."""

    public_id = models.CharField(
        _("public ID"), max_length=32, unique=True, default=new_public_id, editable=False
    )
    item = models.ForeignKey(
        MediaItem,
        verbose_name=_("media item"),
        on_delete=models.CASCADE,
        related_name="live_sessions",
    )
    made_at = models.DateTimeField(_("lobby opened"), default=timezone.now, editable=False)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(
        _("reason for ending"), max_length=16, choices=EndReason, blank=True
    )
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True)
    chat_paused_at = models.DateTimeField(_("chat paused"), null=True, blank=True)
    host_gone_since = models.DateTimeField(_("host away since"), null=True, blank=True)
    warned_at = models.DateTimeField(_("warned"), null=True, blank=True)

    objects: ClassVar = LiveSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("live session")
        verbose_name_plural = _("live sessions")
        constraints = [
            models.UniqueConstraint(
                fields=["item"],
                condition=models.Q(ended_at=None),
                name="live_session_one_under_way",
                violation_error_message=_("This session is already open."),
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | ~models.Q(end_reason=""),
                name="live_session_ended_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["item", "-made_at"], name="live_session_item_newest"),
            models.Index(
                fields=["host_gone_since"],
                name="live_session_host_gone",
                condition=models.Q(ended_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} · {written(self.made_at, with_zone=True)}"

    @property
    def state(self) -> SessionState:
        if self.ended_at:
            return SessionState.ENDED
        return SessionState.LIVE if self.opened_at else SessionState.LOBBY

    @property
    def is_live(self) -> bool:
        return self.state == SessionState.LIVE

    @property
    def ends_without_host_at(self) -> datetime | None:
        """When it ends for all unless somebody who may run it comes back."""
        if self.host_gone_since is None:
            return None
        return self.host_gone_since + timedelta(minutes=settings.LIVE_HOST_GONE_MINUTES)
