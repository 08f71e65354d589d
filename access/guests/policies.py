"""Why a guest link lets nobody in, and why somebody who came by one is out."""

from __future__ import annotations

from datetime import datetime

from access.blocks.models import Block
from access.guests.models import GuestAdmission, GuestLink, LinkState
from access.guests.refusals import Reason
from media_items.models import MediaItem

_REFUSALS: dict[LinkState, Reason] = {
    LinkState.DELETED: Reason.DELETED,
    LinkState.OFF: Reason.SWITCHED_OFF,
    LinkState.PAUSED: Reason.SWITCHED_OFF,
    LinkState.EXPIRED: Reason.EXPIRED,
    LinkState.FULL: Reason.FULL,
}


def link_refusal(
    link: GuestLink, *, key_version: int, access_on: bool, moment: datetime, has_place: bool = False
) -> Reason | None:
    """Why nobody comes in by this link at that moment; None when somebody may.

    `has_place`: the address holds a place on the link already, so a full link lets it in.
    `link.item` must be loaded.
    """
    if link.item.deleted_at:
        return Reason.BAD_LINK
    if key_version != link.key_version:
        return Reason.NEW_ADDRESS
    state = link.state_at(moment, access_on=access_on)
    if state in _REFUSALS and not (state == LinkState.FULL and has_place):
        return _REFUSALS[state]
    if link.item.available_from and moment < link.item.available_from:
        return Reason.NOT_YET
    if link.item.available_until and moment >= link.item.available_until:
        return Reason.OVER
    return None


def refusal_of_typed_address(link: GuestLink) -> Reason:
    """Why a link that is open does not let in the address that was typed.

    SECURITY: by the link alone, whatever is stored about the address: removed, blocked, or of a
    domain that is not let in. Who merely types somebody's address learns nothing about them.
    """
    if link.places_left == 0:
        return Reason.FULL
    return Reason.DOMAIN if link.domains else Reason.ADDRESS


def lost_access_reason(
    admission: GuestAdmission,
    *,
    item: MediaItem,
    moment: datetime,
    block: Block | None = None,
) -> Reason:
    """Why an admission that was good once is not in force, or its item not open, at that moment.

    `block` is what keeps its address off the item.
    """
    link = admission.guest.link
    if admission.guest.removed_at:
        return Reason.GUEST_REMOVED
    if admission.ended_at:
        return Reason.DELETED if link.deleted_at else Reason.ENDED_BY_HOST
    if admission.left_at or admission.erased_at or admission.guest.erased_at:
        return Reason.LEFT
    if link.deleted_at:
        return Reason.DELETED
    if link.expires_at and moment >= link.expires_at:
        return Reason.EXPIRED
    if block:
        return Reason.BLOCKED if block.is_lasting else Reason.REMOVED
    if item.available_from and moment < item.available_from:
        return Reason.NOT_YET
    return Reason.OVER
