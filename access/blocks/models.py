"""An address that is kept off an item, because somebody who moderates has removed its person.

    made ──► lifted (let back in)
      └────► over, where it was for one session and that has ended

While one is in force every proof of the address on the item is worth nothing, bytes included:
guest admissions by any link, invitations, what galleries give. The owner and the co-editors are
never touched. See docs/access-rules.md and `access.blocks.services`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.blocks.digests import address_digest, address_digests
from access.email_addresses import shown_email
from media_items.models import MediaItem


class BlockQuerySet(models.QuerySet["Block"]):
    def of_addresses(self, emails: Iterable[str]) -> BlockQuerySet:
        """Also of addresses that were erased."""
        given = [email for email in emails if email]
        return self.of_digested(given, address_digests(given))

    def of_digested(self, emails: Iterable[str], digests: Iterable[str]) -> BlockQuerySet:
        """The same, with the digests of these addresses, of which none is empty."""
        return self.filter(Q(email__in=emails) | Q(digest__in=digests))

    def of_person(self, email: str, digest: str) -> BlockQuerySet:
        """`email` is empty, and `digest` what is left of it, for somebody erased."""
        known = Q(digest__in=[*address_digests([email]), *([digest] if digest else [])])
        return self.filter(known | Q(email=email) if email else known)

    def on(self, item: MediaItem) -> BlockQuerySet:
        return self.filter(item=item)

    def in_force(self) -> BlockQuerySet:
        """Not lifted; a removal only while its session is not ended."""
        return self.filter(Q(session=None) | Q(session__ended_at=None), lifted_at=None)


class Block(models.Model):
    """With a session: removed from that session. Without one: blocked until it is lifted.

    `level` is the level of whoever made it (`media_items.live.sessions.models.Level`): nobody lower
    lifts it. `only_typed`: the person removed had only typed the address, so nobody who has proven
    it is touched. Erased: the address is gone. While the row is in force its keyed `digest` stays
    and keeps the address out; afterwards that goes, too.
    """

    item = models.ForeignKey(
        MediaItem, verbose_name=_("media item"), on_delete=models.CASCADE, related_name="blocks"
    )
    email = models.EmailField(_("email address"), blank=True)
    digest = models.CharField(
        _("fingerprint of the email address"), max_length=64, blank=True, editable=False
    )
    session = models.ForeignKey(
        "live.LiveSession",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("for one session"),
    )
    participant = models.ForeignKey(
        "live.Participant",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    only_typed = models.BooleanField(_("unverified guests only"), default=False)
    level = models.PositiveSmallIntegerField(_("level"), default=0)
    made_at = models.DateTimeField(_("removed"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    made_by_participant = models.ForeignKey(
        "live.Participant",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    lifted_at = models.DateTimeField(_("let back in"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("lifted by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    lifted_by_participant = models.ForeignKey(
        "live.Participant",
        verbose_name=_("lifted by a participant"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    objects: ClassVar = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("blocked person")
        verbose_name_plural = _("blocked people")
        constraints = [
            models.UniqueConstraint(
                fields=["item", "email"],
                condition=Q(session=None, lifted_at=None, erased_at=None),
                name="block_one_block_per_address",
            ),
            models.UniqueConstraint(
                fields=["session", "email"],
                condition=Q(lifted_at=None, erased_at=None),
                name="block_once_per_session",
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="block_email_lower_case"
            ),
            models.CheckConstraint(
                condition=(Q(erased_at=None) & ~Q(email="")) | Q(erased_at__isnull=False, email=""),
                name="block_erased_means_gone",
            ),
        ]
        indexes = [
            models.Index(
                fields=["item", "email"],
                name="block_not_lifted",
                condition=Q(lifted_at=None),
            ),
            models.Index(
                fields=["item", "digest"],
                name="block_digest",
                condition=Q(lifted_at=None),
            ),
            models.Index(fields=["-made_at", "-id"], name="block_newest"),
            models.Index(fields=["made_at"], name="block_to_erase", condition=Q(erased_at=None)),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.email and not self.digest:
            self.digest = address_digest(self.email)
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return f"{self.participant or shown_email(self.email)} · {self.item}"

    @property
    def is_lasting(self) -> bool:
        return self.session_id is None
