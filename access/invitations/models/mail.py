"""The mails of invitations, and an admin's own words for them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.invitations.models.invitation import Invitation
from access.invitations.querysets import InvitationMailQuerySet


class MailKind(models.TextChoices):
    INVITE = "invite", _("Invitation")
    AGAIN = "again", _("Sent again")
    REMINDER = "reminder", _("Reminder")
    NEW_LINK = "new_link", _("New link asked for")
    MOVED = "moved", _("Moved to another time")
    CANCELLED = "cancelled", _("Cancelled")


class InvitationMail(models.Model):
    """One mail that was asked for, at most one attempt at a time.

        waiting ──► sent
           │  ▲
           │  └── temporary refusal (4xx, no connection): `attempts`+1, `next_try_at` later
           ├────► refused (5xx for this address): `refused_at`, `answer`
           └────► failed  (tries used up, or stopped in the middle): `failed_at`, `answer`

    `claimed_at` is set before the server is spoken to; a worker that dies after that leaves a mail
    of which nobody knows whether it went, and it is never sent a second time by itself.
    """

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="mails")
    kind = models.CharField(_("kind"), max_length=16, choices=MailKind)
    address = models.EmailField(_("sent to"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    refused_at = models.DateTimeField(_("refused"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    answer = models.CharField(_("what the mail server said"), max_length=300, blank=True)
    # The schedule as this mail told it, once it was sent: whoever moves the item offers news.
    told_starts_at = models.DateTimeField(null=True, blank=True, editable=False)
    told_ends_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar = InvitationMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation mail")
        verbose_name_plural = _("invitation mails")
        indexes = [
            models.Index(fields=["invitation", "-asked_at", "-id"], name="invitation_mail_newest"),
            models.Index(
                fields=["next_try_at"],
                name="invitation_mail_waiting",
                condition=models.Q(sent_at=None, refused_at=None, failed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.invitation}"


class MailText(models.Model):
    """An admin's own words for a mail in one language; the built-in ones where there are none."""

    kind = models.CharField(_("mail"), max_length=16, choices=MailKind)
    language = models.CharField(_("language"), max_length=12)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("body"), max_length=10_000)
    broken_at = models.DateTimeField(_("found broken"), null=True, blank=True, editable=False)
    broken_why = models.CharField(max_length=300, blank=True, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("mail text")
        verbose_name_plural = _("mail texts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language"],
                name="mail_text_once",
                violation_error_message=_(
                    "There is a text for this mail in this language already."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.language})"
