"""Guest access: the switch of an item, its links, and the guests who came by them.

A `Guest` is one address on one link and takes one place. A `GuestAdmission` is one browser of
that guest. The address is typed, not proven, so a second browser with the same address gets an
admission of its own and never sees what the first one did.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.email_domains import covers
from access.guests.querysets import (
    AccessRequestQuerySet,
    GuestAdmissionQuerySet,
    GuestLinkQuerySet,
    GuestQuerySet,
)
from access.links import TAG_LENGTH, new_tag
from access.mail.models import mails_about
from access.mailed_codes import MailedCode
from media_items.abilities import Ability
from media_items.models import MediaItem

NAME_TAKEN = _(
    "There is already a link with this name here. Choose another name to tell them apart."
)


class GuestAccess(models.Model):
    """The master switch of one item: on since `enabled_at`, off while that is empty."""

    item = models.OneToOneField(
        MediaItem,
        verbose_name=_("media item"),
        on_delete=models.CASCADE,
        related_name="guest_access",
    )
    enabled_at = models.DateTimeField(_("on since"), null=True, blank=True)

    class Meta:
        verbose_name = _("guest access")
        verbose_name_plural = _("guest access")

    def __str__(self) -> str:
        return f"{self.item}: {'on' if self.enabled_at else 'off'}"


class LinkState(models.TextChoices):
    """The state of a link: the first of these that is true. `OFF` is the item's master switch."""

    DELETED = "deleted", pgettext_lazy("state of a link", "Deleted")
    OFF = "off", pgettext_lazy("state of a link", "Guest access off")
    PAUSED = "paused", pgettext_lazy("state of a link", "Paused")
    EXPIRED = "expired", pgettext_lazy("state of a link", "Expired")
    FULL = "full", pgettext_lazy("state of a link", "Full")
    ACTIVE = "active", pgettext_lazy("state of a link", "Active")


class GuestLink(models.Model):
    """One address for everybody. Signed, not stored: see `access.links`.

    `places_taken` counts addresses that came, never clicks; who is removed frees the place. From
    `expires_at` on nobody comes in and nobody stays in. `paused_at` stops newcomers only.
    """

    item = models.ForeignKey(
        MediaItem,
        verbose_name=_("media item"),
        on_delete=models.CASCADE,
        related_name="guest_links",
    )
    name = models.CharField(
        _("name"),
        max_length=100,
        help_text=_("Only you see it. For example “Webinar” or “Parents”."),
    )
    # `same_words` of the name: two links of an item in the host's list differ in it.
    name_key = models.CharField(_("name, for comparing"), max_length=300, editable=False)
    places = models.PositiveIntegerField(_("places"), null=True, blank=True)
    places_taken = models.PositiveIntegerField(_("places taken"), default=0, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    key_version = models.PositiveIntegerField(_("link version"), default=1, editable=False)
    tag = models.CharField(
        _("tag of the link"), max_length=TAG_LENGTH, default=new_tag, editable=False
    )
    may_download = models.BooleanField(_("may download the file"), default=False)
    may_chat = models.BooleanField(_("may write in the chat"), default=True)
    may_ask = models.BooleanField(_("may ask questions"), default=True)
    may_raise_hand = models.BooleanField(_("may raise a hand"), default=True)
    may_take_quiz = models.BooleanField(_("may take the quiz"), default=True, db_default=True)
    verify_before_quiz = models.BooleanField(
        _("must enter a code from their inbox before the quiz"), default=False, db_default=False
    )
    waiting_room = models.BooleanField(_("must be let in by the host"), default=False)
    email_domains = models.TextField(_("email domains"), blank=True, max_length=1_000)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)

    objects: ClassVar = GuestLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("guest link")
        verbose_name_plural = _("guest links")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(places=None) | models.Q(places__gte=models.F("places_taken")),
                name="guest_link_places_never_overrun",
                violation_error_message=_("More people than that have already joined."),
            ),
            models.CheckConstraint(
                condition=models.Q(places=None) | models.Q(places__gte=1),
                name="guest_link_at_least_one_place",
                violation_error_message=_("A link needs at least one place."),
            ),
            models.UniqueConstraint(
                fields=["item", "name_key"],
                condition=models.Q(deleted_at=None),
                name="guest_link_one_of_a_name",
                violation_error_message=NAME_TAKEN,
            ),
        ]
        indexes = [
            models.Index(fields=["item", "-created_at"], name="guest_link_item_newest"),
            models.Index(fields=["-created_at", "-id"], name="guest_link_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    def state_at(self, moment: datetime, *, access_on: bool) -> LinkState:
        if self.deleted_at:
            return LinkState.DELETED
        if not access_on:
            return LinkState.OFF
        if self.paused_at:
            return LinkState.PAUSED
        if self.expires_at and moment >= self.expires_at:
            return LinkState.EXPIRED
        if self.places is not None and self.places_taken >= self.places:
            return LinkState.FULL
        return LinkState.ACTIVE

    @property
    def places_left(self) -> int | None:
        return None if self.places is None else max(0, self.places - self.places_taken)

    @property
    def domains(self) -> list[str]:
        """The accepted domains, as `GuestLinkForm` stored them: in the form of addresses."""
        return self.email_domains.split()

    def accepts(self, address: str) -> bool:
        """Whether the address is of an accepted domain or of a subdomain of one."""
        return not self.domains or covers(self.domains, address)

    @property
    def allows(self) -> frozenset[Ability]:
        """What the host lets guests of this link do besides looking."""
        switches = {
            Ability.DOWNLOAD: self.may_download,
            Ability.WALK_IN: not self.waiting_room,
            Ability.CHAT: self.may_chat,
            Ability.INTERACT: self.may_chat,
            Ability.ASK_QUESTIONS: self.may_ask,
            Ability.RAISE_HAND: self.may_raise_hand,
            Ability.TAKE_QUIZ: self.may_take_quiz,
        }
        return frozenset(ability for ability, on in switches.items() if on)


class Guest(models.Model):
    """One address on one link. Removed: this address cannot come back until the host lets it, and
    its place is free.

    Erased: name and address are gone, the place stays taken. Where the address is out, by a removal
    or a block, its keyed `digest` stays (`access.blocks.digests`).
    """

    link = models.ForeignKey(
        GuestLink, verbose_name=_("guest link"), on_delete=models.CASCADE, related_name="guests"
    )
    email = models.EmailField(_("email address"), blank=True)
    digest = models.CharField(
        _("fingerprint of the email address"), max_length=64, blank=True, editable=False
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("removed by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    objects: ClassVar = GuestQuerySet.as_manager()

    class Meta:
        verbose_name = _("guest")
        verbose_name_plural = _("guests")
        constraints = [
            models.UniqueConstraint(
                fields=["link", "email"],
                condition=models.Q(erased_at=None),
                name="guest_one_place_per_address",
            ),
            models.CheckConstraint(
                condition=models.Q(erased_at=None) | models.Q(email="", name=""),
                name="guest_erased_means_gone",
            ),
        ]
        indexes = [
            models.Index(fields=["link", "-joined_at"], name="guest_link_newest_first"),
            models.Index(fields=["-joined_at", "-id"], name="guest_newest"),
            models.Index(fields=["email"], name="guest_email"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Erased guest"))


class GuestAdmission(models.Model):
    """One browser of a guest. Its id in the session is the proof; see `in_force` for its worth."""

    guest = models.ForeignKey(
        Guest, verbose_name=_("guest"), on_delete=models.CASCADE, related_name="admissions"
    )
    name = models.CharField(_("name as typed"), max_length=100, blank=True)
    admitted_at = models.DateTimeField(_("let in"), default=timezone.now)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    ended_at = models.DateTimeField(_("access ended by the host"), null=True, blank=True)
    # In this browser the code was typed that was mailed to the guest's address.
    confirmed_at = models.DateTimeField(_("email verified"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    objects: ClassVar = GuestAdmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("admission")
        verbose_name_plural = _("admissions")
        indexes = [
            models.Index(fields=["guest", "-admitted_at"], name="admission_guest_newest"),
            models.Index(
                fields=["admitted_at"],
                name="admission_to_erase",
                condition=models.Q(erased_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Erased admission"))


class GuestCode(MailedCode):
    """A six-digit code on its way to the address that a guest has typed, for their browser."""

    OF = "admission"
    SALT = "access.guest-code"

    admission = models.ForeignKey(
        GuestAdmission,
        verbose_name=_("admission"),
        on_delete=models.CASCADE,
        related_name="codes",
    )
    mails = mails_about("guestcode")

    class Meta:
        verbose_name = _("code of a guest")
        verbose_name_plural = _("codes of guests")
        indexes = [models.Index(fields=["admission", "-made_at"], name="guest_code_newest")]

    def __str__(self) -> str:
        return str(self.admission)


class RequestAnswer(models.TextChoices):
    LET_IN = "let_in", _("let in")
    DECLINED = "declined", _("declined")


class AccessRequest(models.Model):
    """Somebody at a closed link asked the host to be let in. `answer` is empty while it waits."""

    item = models.ForeignKey(
        MediaItem,
        verbose_name=_("media item"),
        on_delete=models.CASCADE,
        related_name="access_requests",
    )
    link = models.ForeignKey(
        GuestLink,
        verbose_name=_("guest link"),
        on_delete=models.CASCADE,
        related_name="access_requests",
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    email = models.EmailField(_("email address"), blank=True)
    message = models.TextField(_("message"), blank=True, max_length=500)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    mailed_at = models.DateTimeField(_("emailed to the host"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=8, choices=RequestAnswer, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)
    mails = mails_about("accessrequest")
    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to be let in")
        verbose_name_plural = _("requests to be let in")
        indexes = [
            models.Index(
                fields=["asked_at"],
                name="access_request_to_erase",
                condition=models.Q(erased_at=None),
            ),
            models.Index(
                fields=["item", "-asked_at"],
                name="access_request_waiting",
                condition=models.Q(erased_at=None, answer=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} → {self.item}"
