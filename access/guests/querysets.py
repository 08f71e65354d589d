"""Which guest links, guests and admissions count, as SQL."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.blocks.policies import blocked

if TYPE_CHECKING:
    from access.guests.models import Guest, GuestAdmission, GuestLink  # noqa: F401
    from media_items.models import MediaItem


class GuestLinkQuerySet(QuerySet["GuestLink"]):
    def on(self, item: MediaItem) -> GuestLinkQuerySet:
        """The links the host sees, newest first; deleted ones are history."""
        return self.filter(item=item, deleted_at=None).order_by("-created_at", "-pk")

    def accepting_at(self, moment: datetime) -> GuestLinkQuerySet:
        """Links through which somebody new could come in now, the item's own window apart."""
        from django.db.models import F

        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=moment),
            Q(places=None) | Q(places_taken__lt=F("places")),
            item__guest_access__enabled_at__isnull=False,
            item__deleted_at=None,
            deleted_at=None,
            paused_at=None,
        )

    def with_people_inside(self, moment: datetime) -> GuestLinkQuerySet:
        """Annotates `has_inside`: somebody is in by this link now. A look, not a count."""
        from access.guests.models import GuestAdmission

        inside = GuestAdmission.objects.in_force(moment).filter(guest__link=OuterRef("pk"))
        return self.annotate(has_inside=Exists(inside))


class GuestQuerySet(QuerySet["Guest"]):
    def on(self, item: MediaItem) -> GuestQuerySet:
        return self.filter(link__item=item)


class GuestAdmissionQuerySet(QuerySet["GuestAdmission"]):
    def in_force(self, moment: datetime) -> GuestAdmissionQuerySet:
        """Admissions that let their browser in now, as far as the door is concerned.

        Good, and their address not removed from the item. The item's own state (bin, availability
        window) is judged with the item, in `access.policies`.
        """
        item, email = OuterRef("guest__link__item"), OuterRef("guest__email")
        return self.good(moment).filter(~blocked(item=item, email=email, is_typed=True))

    def with_blocks(self) -> GuestAdmissionQuerySet:
        """Annotates `is_blocked`: whoever typed this address has been removed from the item."""
        item, email = OuterRef("guest__link__item"), OuterRef("guest__email")
        return self.annotate(is_blocked=blocked(item=item, email=email, is_typed=True))

    def good(self, moment: datetime) -> GuestAdmissionQuerySet:
        """In force, blocks apart: what becomes of them is a matter of their being lifted.

        Left, ended, erased, removed, link deleted, link expired: each alone is enough to be out.
        Paused, full, and guest access switched off stop newcomers and nobody else.
        """
        return self.filter(
            Q(guest__link__expires_at=None) | Q(guest__link__expires_at__gt=moment),
            left_at=None,
            ended_at=None,
            erased_at=None,
            guest__removed_at=None,
            guest__erased_at=None,
            guest__link__deleted_at=None,
        )

    def count_people(self, *, at_most: int | None = None) -> int:
        """How many guests these admissions are of; stops counting beyond `at_most`."""
        guests = self.order_by().values("guest").distinct()
        return (guests if at_most is None else guests[: at_most + 1]).count()

    def on(self, item: MediaItem) -> GuestAdmissionQuerySet:
        return self.filter(guest__link__item=item)
