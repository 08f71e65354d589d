"""What is said in writing. Two tables: no query for the chat can reach the backchannel."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.live.sessions.models import LiveSession, Participant

LONGEST_MESSAGE = 2_000


class MessageQuerySet(models.QuerySet["ChatMessage"]):
    def shown(self) -> MessageQuerySet:
        """Not deleted."""
        return self.filter(deleted_at=None)


class ChatMessage(models.Model):
    """For everybody in the session. Deleted ones stay as rows whose words nobody is shown.

    Ids are given under the session's lock: a reader who has one has missed none before it.
    """

    session = models.ForeignKey(
        LiveSession, verbose_name=_("session"), on_delete=models.CASCADE, related_name="messages"
    )
    author = models.ForeignKey(
        Participant, verbose_name=_("written by"), on_delete=models.CASCADE, related_name="messages"
    )
    text = models.TextField(_("message"), max_length=LONGEST_MESSAGE)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    pinned_at = models.DateTimeField(_("pinned"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    deleted_by = models.ForeignKey(
        Participant,
        verbose_name=_("deleted by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects: ClassVar = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("chat message")
        verbose_name_plural = _("chat messages")
        constraints = [
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(pinned_at__isnull=False),
                name="chat_one_pinned",
            ),
        ]
        indexes = [
            models.Index(
                fields=["session", "-id"], name="chat_newest", condition=Q(deleted_at=None)
            ),
            models.Index(
                fields=["session", "deleted_at"],
                name="chat_deleted",
                condition=Q(deleted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        words = _("(deleted)") if self.deleted_at else self.text[:40]
        return f"{self.author}: {words}"


class BackchannelMessage(models.Model):
    """For those with `Ability.BACKCHANNEL`, and for nobody else."""

    session = models.ForeignKey(
        LiveSession, verbose_name=_("session"), on_delete=models.CASCADE, related_name="backchannel"
    )
    author = models.ForeignKey(
        Participant, verbose_name=_("written by"), on_delete=models.CASCADE, related_name="+"
    )
    text = models.TextField(_("message"), max_length=LONGEST_MESSAGE)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    objects: ClassVar = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("backchannel message")
        verbose_name_plural = _("backchannel messages")
        indexes = [
            models.Index(
                fields=["session", "-id"], name="backchannel_newest", condition=Q(deleted_at=None)
            ),
            models.Index(
                fields=["session", "deleted_at"],
                name="backchannel_deleted",
                condition=Q(deleted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:40]}"
