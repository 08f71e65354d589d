"""Invitations: one person, one address, one role on one item; their proofs, codes and mails.

States of an invitation are timestamps; nothing is deleted by use, revoke or re-invite:

    made ──► opened (the link's page was answered) ──► accepted ◄──► declined
      │         │                                        │
      └─────────┴──────────── revoked (final for this row; a re-invite is a new row)
      └─────────┴──────────── expired (by the clock; prolonging revives)
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.email_addresses import shown_email
from access.invitations.querysets import (
    InvitationProofQuerySet,
    InvitationQuerySet,
)
from access.links import TAG_LENGTH, new_tag
from access.mail.models import mails_about
from access.mailed_codes import MailedCode
from media_items.catalogue.models import LIVE_KINDS
from media_items.models import MediaItem


class InvitationRole(models.TextChoices):
    """The roles an invitation can give. Which are offered depends on the kind: `offered_roles`."""

    VIEWER = "viewer", _("Viewer")
    COLLABORATOR = "collaborator", _("Collaborator")
    SPEAKER = "speaker", _("Speaker")
    MODERATOR = "moderator", _("Moderator")


class Certainty(models.TextChoices):
    """How sure we are that the visitor is the person invited, from least to most."""

    TYPED = "typed", _("Not verified")
    CONFIRMED = "confirmed", _("Verified")
    SIGNED_IN = "signed_in", _("Signed in")


class InvitationState(models.TextChoices):
    """What the register says of an invitation: the first of these that is true."""

    REVOKED = "revoked", pgettext_lazy("state of an invitation", "Withdrawn")
    BLOCKED = "blocked", pgettext_lazy("state of an invitation", "Blocked")
    EXPIRED = "expired", pgettext_lazy("state of an invitation", "Expired")
    DECLINED = "declined", pgettext_lazy("state of an invitation", "Declined")
    ACCEPTED = "accepted", pgettext_lazy("state of an invitation", "Accepted")
    OPENED = "opened", pgettext_lazy("state of an invitation", "Opened")
    REFUSED = "refused", pgettext_lazy("state of an invitation", "Bounced")
    FAILED = "failed", pgettext_lazy("state of an invitation", "Email failed")
    WAITING = "waiting", pgettext_lazy("state of an invitation", "Queued")
    SENT = "sent", pgettext_lazy("state of an invitation", "Emailed")
    MADE = "made", pgettext_lazy("state of an invitation", "Link not emailed")


class MailKind(models.TextChoices):
    """The mails to the person invited; the newest of them says how far an invitation has come."""

    INVITE = "invite", _("Invitation")
    AGAIN = "again", _("Sent again")
    REMINDER = "reminder", _("Reminder")
    STARTS_SOON = "starts_soon", _("Starts soon")
    NEW_LINK = "new_link", _("New link asked for")
    MOVED = "moved", _("Moved to another time")
    CANCELLED = "cancelled", _("Cancelled")


class Invitation(models.Model):
    """One person, one address, one role on one item.

    `expires_at`: from then on nobody comes in by it and nobody stays. `opened_at`: the person
    pressed a button on its page; looking at the page changes nothing. `account` is set once an
    account with this address, verified, has accepted. Erased: taken back, and without name and
    address.
    """

    item = models.ForeignKey(
        MediaItem,
        verbose_name=_("media item"),
        on_delete=models.CASCADE,
        related_name="invitations",
    )
    email = models.EmailField(_("email address"))
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=InvitationRole)
    note = models.TextField(_("personal note"), blank=True, max_length=1_000)
    # Of its emails, where no account at the address has chosen one; empty: the site's.
    language = models.CharField(_("language of the email"), max_length=10, blank=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    invited_by_invitation = models.ForeignKey(
        "self",
        verbose_name=_("invited by an invited person"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )  # a moderator without an account, where the owner lets moderators invite
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("account"),
    )
    key_version = models.PositiveIntegerField(_("link version"), default=1, editable=False)
    tag = models.CharField(
        _("tag of the link"), max_length=TAG_LENGTH, default=new_tag, editable=False
    )
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    created_at = models.DateTimeField(_("invited"), default=timezone.now, editable=False)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("withdrawn by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    # Of the browser in which the person accepted, for the times in their emails.
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, editable=False, default="", db_default=""
    )
    certainty = models.CharField(_("verification"), max_length=16, choices=Certainty, blank=True)
    mails = mails_about("invitation")

    objects: ClassVar = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["item", "email"],
                condition=models.Q(revoked_at=None),
                name="invitation_one_live_per_address",
                violation_error_message=_("This person is already invited."),
            ),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="invitation_email_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(declined_at=None),
                name="invitation_not_accepted_and_declined",
            ),
        ]
        indexes = [
            models.Index(fields=["item", "-created_at", "-id"], name="invitation_item_newest"),
            models.Index(fields=["item", "last_name", "first_name"], name="invitation_item_name"),
            # By which the register counts, without looking at the rows.
            models.Index(
                fields=["item", "revoked_at", "accepted_at", "declined_at", "expires_at"],
                name="invitation_item_answers",
            ),
            models.Index(fields=["email"], name="invitation_email"),
            models.Index(fields=["invited_by", "email"], name="invitation_by_email"),
            models.Index(fields=["account", "item"], name="invitation_account_item"),
        ]

    def __str__(self) -> str:
        return f"{self.get_full_name()} · {self.item}"

    def get_full_name(self) -> str:
        name = f"{self.first_name} {self.last_name}".strip()
        return name or shown_email(self.email) or str(_("Erased person"))

    def is_good_at(self, moment: datetime) -> bool:
        """Accepted, not taken back, not expired: `InvitationQuerySet.good` for one row."""
        return (
            self.accepted_at is not None
            and self.revoked_at is None
            and (self.expires_at is None or self.expires_at > moment)
        )


def offered_roles(kind: str) -> tuple[InvitationRole, ...]:
    """The roles an invitation to an item of this kind can give."""
    if kind in LIVE_KINDS:
        return (InvitationRole.VIEWER, InvitationRole.SPEAKER, InvitationRole.MODERATOR)
    return (InvitationRole.VIEWER, InvitationRole.COLLABORATOR)


class InvitationSettings(models.Model):
    """What the owner lets others do about invitations to one live item."""

    item = models.OneToOneField(
        MediaItem,
        verbose_name=_("media item"),
        on_delete=models.CASCADE,
        related_name="invitation_settings",
    )
    moderators_may_invite = models.BooleanField(_("moderators may invite"), default=False)

    class Meta:
        verbose_name = _("invitation settings")
        verbose_name_plural = _("invitation settings")

    def __str__(self) -> str:
        return str(self.item)


class InvitationProof(models.Model):
    """One browser proven to be the invited person's; its id in the session is the proof."""

    invitation = models.ForeignKey(
        Invitation, verbose_name=_("invitation"), on_delete=models.CASCADE, related_name="proofs"
    )
    how = models.CharField(_("how"), max_length=16, choices=Certainty)
    proven_at = models.DateTimeField(_("verified"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Ended by the person, and not by the host.
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    objects: ClassVar = InvitationProofQuerySet.as_manager()

    class Meta:
        verbose_name = _("verified device")
        verbose_name_plural = _("verified devices")
        indexes = [models.Index(fields=["invitation", "-proven_at"], name="proof_newest")]

    def __str__(self) -> str:
        return f"{self.invitation}: {self.get_how_display()}"


class InvitationCode(MailedCode):
    """A six-digit code on its way to the invited address, for one browser."""

    OF = "invitation"
    SALT = "access.invitation-code"

    invitation = models.ForeignKey(
        Invitation, verbose_name=_("invitation"), on_delete=models.CASCADE, related_name="codes"
    )
    mails = mails_about("invitationcode")

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        indexes = [models.Index(fields=["invitation", "-made_at"], name="code_newest")]

    def __str__(self) -> str:
        return str(self.invitation)
