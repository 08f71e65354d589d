"""The outbox: one row for each mail that was asked for; and an admin's own texts for mails."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.email_addresses import shown_email
from access.mail.kinds import editable_choices, kind_choices

# A mail waits until one of these is set.
ENDS = ("sent_at", "refused_at", "failed_at")


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def waiting(self) -> OutgoingMailQuerySet:
        return self.filter(**dict.fromkeys(ENDS))

    def of_kinds(self, kinds: Collection[str]) -> OutgoingMailQuerySet:
        """All mails of a kind are about one model, so `about_id` is enough beside the kind."""
        return self.filter(kind__in=list(kinds))


class OutgoingMail(models.Model):
    """One mail to one recipient, at most one attempt at a time.

        waiting ──► sent
           │  ▲
           │  └── temporary refusal (4xx, no connection): `attempts`+1, `next_try_at` later
           ├────► refused (5xx for this address): `refused_at`, `answer`
           └────► failed  (tries used up, stale, or stopped in the middle): `failed_at`, `answer`

    `claimed_at` is set before the server is contacted. If a worker dies after that, nobody knows
    whether the mail has gone, and it is never sent again automatically. Before, a worker reserves
    many at once: only what is reserved is claimed.

    SECURITY: no text, no link and no code is stored here. The mail is written from the row it is
    about (`about_id`; 0 is nobody) at the moment it is sent.
    """

    kind = models.CharField(_("kind"), max_length=32, choices=kind_choices)
    about_type = models.ForeignKey(
        ContentType,
        verbose_name=_("kind of what it is about"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    about_id = models.PositiveBigIntegerField(_("number of what it is about"))
    about = GenericForeignKey("about_type", "about_id")
    address = models.EmailField(_("sent to"), blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("requested by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    asked_at = models.DateTimeField(_("requested"), default=timezone.now)
    # Of the page that it answers; empty where nobody waits for it at one.
    language = models.CharField(
        _("language of the page"),
        max_length=16,
        blank=True,
        editable=False,
        default="",
        db_default="",
    )
    reserved_at = models.DateTimeField(
        _("reserved by a worker"), null=True, blank=True, editable=False
    )
    reserved_under = models.UUIDField(
        _("reserved before which crash"), null=True, blank=True, editable=False
    )
    claimed_at = models.DateTimeField(_("taken by a worker"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    refused_at = models.DateTimeField(_("bounced"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    answer = models.CharField(_("what the mail server said"), max_length=300, blank=True)
    # The schedule that this mail told, once it was sent. If it changes, a new mail is offered.
    told_starts_at = models.DateTimeField(
        _("start that was told"), null=True, blank=True, editable=False
    )
    told_ends_at = models.DateTimeField(
        _("end that was told"), null=True, blank=True, editable=False
    )

    objects: ClassVar = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing email")
        verbose_name_plural = _("outgoing emails")
        indexes = [
            models.Index(fields=["about_id", "-asked_at", "-id"], name="outgoing_mail_newest"),
            models.Index(
                fields=["next_try_at"],
                name="outgoing_mail_waiting",
                condition=models.Q(**dict.fromkeys(ENDS)),
            ),
            models.Index(fields=["kind", "asked_at"], name="outgoing_mail_to_forget"),
            models.Index(
                fields=["kind", "about_id"],
                name="outgoing_mail_not_arrived",
                condition=models.Q(refused_at__isnull=False) | models.Q(failed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {shown_email(self.address)}"


class CrashWitness(models.Model):
    """One row, which PostgreSQL loses when it crashes: its table is UNLOGGED (migration 0020).

    As long as a mail was reserved under the number that is here, no claim was forgotten since.
    """

    ONLY: ClassVar = 1

    number = models.UUIDField(_("number"), default=uuid4, editable=False)

    class Meta:
        verbose_name = _("crash of the database")
        verbose_name_plural = _("crashes of the database")

    def __str__(self) -> str:
        return str(self.number)


def mails_about(query_name: str) -> GenericRelation:
    """For a model that mails are about: its mails go with its rows.

    `query_name`: what the model is called in queries of the outbox.
    """
    return GenericRelation(
        OutgoingMail,
        content_type_field="about_type",
        object_id_field="about_id",
        related_query_name=query_name,
    )


class MailText(models.Model):
    """An admin's own text of a mail in one language; without one, the built-in text is sent."""

    kind = models.CharField(_("email"), max_length=32, choices=editable_choices)
    language = models.CharField(_("language"), max_length=12)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("body"), max_length=10_000)
    broken_at = models.DateTimeField(_("last failed"), null=True, blank=True, editable=False)
    broken_why = models.CharField(
        _("what is wrong with it"), max_length=300, blank=True, editable=False
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    mails = mails_about("mailtext")

    class Meta:
        verbose_name = _("email text")
        verbose_name_plural = _("email texts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language"],
                name="mail_text_once",
                violation_error_message=_(
                    "There is already a text for this email in this language."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.language})"
