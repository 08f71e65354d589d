"""The places of guest links: given up by guests who are removed or blocked, and taken again.

A guest whom a block removed has its moment as `removed_at`, so that whoever lifts the block lets
back in those whom it put out and nobody whom a host had removed before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access.accounts.models import User
from access.audit.models import Act
from access.audit.services import record
from access.blocks.digests import address_digests
from access.blocks.models import Block
from access.guests.models import Guest, GuestLink
from access.guests.proofs import GuestProofs
from access.rights.services import rights_changed
from access.rights.whose import holders_among
from media_items.live.sessions.models import Participant
from media_items.models import MediaItem
from media_items.refusals import Refusal


class NoPlaceLeft(Refusal):
    """Somebody removed cannot be let back in: others have taken the places of the link since."""

    message = _(
        "All places on this guest’s link are taken. Give the link one more place first, then let "
        "them back in."
    )


def lock_links(item: MediaItem) -> None:
    """All of the item, in one order: nobody joins by any of them meanwhile (`joining.join`)."""
    list(GuestLink.objects.select_for_update(of=("self",)).filter(item=item).order_by("pk"))


def give_up(
    guest: Guest, *, moment: datetime, by: User | None, by_participant: Participant | None = None
) -> None:
    """Removes the guest and frees the place. The link's lock is held. Twice is once; nothing for
    somebody erased, whose place stays taken."""
    if guest.removed_at or guest.erased_at:
        return
    guest.removed_at, guest.removed_by = moment, by
    guest.save(update_fields=["removed_at", "removed_by"])
    taken = GuestLink.objects.filter(pk=guest.link_id, places_taken__gt=0)
    taken.update(places_taken=F("places_taken") - 1)
    event = record(
        Act.GUEST_REMOVED,
        item=guest.link.item,
        by=by,
        by_participant=by_participant,
        link=guest.link,
        guest=guest,
    )
    whose = holders_among(guest.admissions.all(), GuestProofs.kind)
    rights_changed(event, whose=whose, everybody_asks=True)


def take_again(guest: Guest, *, by: User | None, by_participant: Participant | None = None) -> None:
    """Lets somebody removed back in: browsers that were let in before are in again. Somebody erased
    may join by the form. The link's lock is held. Raises `NoPlaceLeft`."""
    if not guest.erased_at:
        free = Q(places=None) | Q(places_taken__lt=F("places"))
        link = GuestLink.objects.filter(free, pk=guest.link_id)
        if not link.update(places_taken=F("places_taken") + 1):
            raise NoPlaceLeft
    guest.removed_at = guest.removed_by = None
    guest.digest = ""
    guest.save(update_fields=["removed_at", "removed_by", "digest"])
    event = record(
        Act.GUEST_LET_BACK,
        item=guest.link.item,
        by=by,
        by_participant=by_participant,
        link=guest.link,
        guest=guest,
    )
    whose = holders_among(guest.admissions.all(), GuestProofs.kind)
    rights_changed(event, whose=whose, taken=False)


class GuestPlaces:
    """What `access.blocks.places` is told about guest links."""

    def lock(self, item: MediaItem) -> None:
        lock_links(item)

    def free(
        self,
        *,
        item: MediaItem,
        email: str,
        moment: datetime,
        by: User | None,
        by_participant: Participant | None,
    ) -> None:
        theirs = Guest.objects.on(item).filter(email=email, removed_at=None, erased_at=None)
        for guest in theirs.select_related("link__item").order_by("pk"):
            give_up(guest, moment=moment, by=by, by_participant=by_participant)

    def take_again(
        self,
        *,
        item: MediaItem,
        blocks: Sequence[Block],
        by: User | None,
        by_participant: Participant | None,
    ) -> None:
        their = Q(pk__in=())
        for block in blocks:
            known = Q(digest__in=[*address_digests([block.email]), *filter(None, [block.digest])])
            if block.email:
                known |= Q(email=block.email)
            their |= known & Q(removed_at=block.made_at)
        # A link that is gone gives nobody a place; whoever has proven who they are needs none.
        needs_place = all(block.only_typed for block in blocks)
        rows = Guest.objects.on(item).filter(their, link__deleted_at=None)
        for guest in rows.select_related("link__item").order_by("pk"):
            try:
                take_again(guest, by=by, by_participant=by_participant)
            except NoPlaceLeft:
                if needs_place:
                    raise
