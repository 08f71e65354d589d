"""What a host has yet to be told, and what they were told lately."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.mail.models import OutgoingMail
from access.notices.kinds import kind_choices
from media_items.models import MediaItem


class HostNoticeQuerySet(models.QuerySet["HostNotice"]):
    def waiting(self) -> HostNoticeQuerySet:
        """In no mail yet."""
        return self.filter(mail=None)


class HostNotice(models.Model):
    """One thing that happened on an item, for one of its hosts.

        waiting (no mail) ──► in a mail of the outbox, with everything else about the item

    It goes with its mail. SECURITY: it holds the key of a row (`about_id`, of the kind's model) and
    no name or address, so who is erased is erased here as well.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.CASCADE,
        related_name="notices",
    )
    item = models.ForeignKey(
        MediaItem, verbose_name=_("media item"), on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=kind_choices)
    about_id = models.PositiveBigIntegerField(_("number of what it is about"))
    noted_at = models.DateTimeField(_("happened"), default=timezone.now)
    due_at = models.DateTimeField(_("due"))
    mail = models.ForeignKey(
        OutgoingMail,
        verbose_name=_("outgoing email"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
    )

    objects: ClassVar = HostNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "about_id"],
                condition=models.Q(mail=None),
                name="host_notice_waits_once",
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], name="host_notice_due", condition=models.Q(mail=None)),
            models.Index(fields=["account", "item"], name="host_notice_told"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
