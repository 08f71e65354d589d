"""Which guest links, guests and admissions count, as SQL."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F, OuterRef, Q, QuerySet

from access.blocks.policies import blocked

if TYPE_CHECKING:
    from access.guests.models import AccessRequest, Guest, GuestAdmission, GuestLink  # noqa: F401
    from media_items.models import MediaItem


class GuestLinkQuerySet(QuerySet["GuestLink"]):
    def on(self, item: MediaItem | int) -> GuestLinkQuerySet:
        """The links in the host's list, newest first, without deleted ones."""
        return self.filter(item=item, deleted_at=None).order_by("-created_at", "-pk")

    def accepting_at(self, moment: datetime) -> GuestLinkQuerySet:
        """Links by which somebody new could come in now, if the item is available."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=moment),
            Q(places=None) | Q(places_taken__lt=F("places")),
            item__guest_access__enabled_at__isnull=False,
            item__deleted_at=None,
            deleted_at=None,
            paused_at=None,
        )


class GuestQuerySet(QuerySet["Guest"]):
    def on(self, item: MediaItem) -> GuestQuerySet:
        return self.filter(link__item=item)


class AccessRequestQuerySet(QuerySet["AccessRequest"]):
    def on(self, item: MediaItem) -> AccessRequestQuerySet:
        return self.filter(item=item, erased_at=None)

    def erase(self, moment: datetime) -> int:
        """Name, address and words; how many had not been erased before."""
        rows = self.filter(erased_at=None)
        return rows.update(name="", email="", message="", erased_at=moment)

    def waiting(self) -> AccessRequestQuerySet:
        return self.filter(erased_at=None, answer="")

    def answered(self) -> AccessRequestQuerySet:
        return self.filter(erased_at=None).exclude(answer="")


class GuestAdmissionQuerySet(QuerySet["GuestAdmission"]):
    def in_force(self, moment: datetime) -> GuestAdmissionQuerySet:
        """Admissions that let their browser in now: good, and their address not blocked.

        The item's own state (bin, availability window) is judged in `access.policies`.
        """
        item, email = OuterRef("guest__link__item"), OuterRef("guest__email")
        return self.good(moment).filter(~blocked(item=item, email=email, is_typed=True))

    def with_address_shown(self) -> GuestAdmissionQuerySet:
        """SECURITY: where one browser erased its record, the address that others of its guest have
        kept is neither shown beside it nor found by it."""
        return self.filter(erased_at=None)

    def with_blocks(self) -> GuestAdmissionQuerySet:
        """Annotates `is_blocked`: the address, as a typed one, is blocked on the item."""
        item, email = OuterRef("guest__link__item"), OuterRef("guest__email")
        return self.annotate(is_blocked=blocked(item=item, email=email, is_typed=True))

    def good(self, moment: datetime) -> GuestAdmissionQuerySet:
        """In force but for blocks, which may be lifted.

        Left, ended, erased, removed, link deleted, link expired: each alone ends an admission.
        Paused, full, and guest access switched off stop newcomers only.
        """
        return self._not_over(moment).filter(guest__removed_at=None)

    def good_or_blocked(self, moment: datetime) -> GuestAdmissionQuerySet:
        """With `with_blocks`: also of those whom a block has removed, who are told so.

        SECURITY: `is_blocked` is true of each whose guest is removed.
        """
        rows = self._not_over(moment).with_blocks()
        return rows.filter(Q(guest__removed_at=None) | Q(is_blocked=True))

    def left_by_choice(self, moment: datetime) -> GuestAdmissionQuerySet:
        """Left by the guests themselves, and over for no other reason."""
        rows = self._not_over(moment, has_left=True).with_blocks()
        return rows.filter(Q(is_blocked=False), guest__removed_at=None)

    def _not_over(self, moment: datetime, *, has_left: bool = False) -> GuestAdmissionQuerySet:
        return self.filter(
            Q(guest__link__expires_at=None) | Q(guest__link__expires_at__gt=moment),
            left_at__isnull=not has_left,
            ended_at=None,
            erased_at=None,
            guest__erased_at=None,
            guest__link__deleted_at=None,
        )

    def count_people(self, *, at_most: int | None = None) -> int:
        """How many guests these admissions are of; stops counting beyond `at_most`."""
        guests = self.order_by().values("guest").distinct()
        return (guests if at_most is None else guests[: at_most + 1]).count()

    def on(self, item: MediaItem) -> GuestAdmissionQuerySet:
        return self.filter(guest__link__item=item)
