"""Why a guest link lets nobody in, and why somebody who came by one is out."""

from __future__ import annotations

from datetime import datetime

from access.blocks.models import Block
from access.guests.models import GuestAdmission, GuestLink, LinkState
from access.guests.refusals import Refusal
from media_items.models import MediaItem

_REFUSALS: dict[LinkState, Refusal] = {
    LinkState.DELETED: Refusal.SWITCHED_OFF,
    LinkState.OFF: Refusal.SWITCHED_OFF,
    LinkState.PAUSED: Refusal.SWITCHED_OFF,
    LinkState.EXPIRED: Refusal.EXPIRED,
    LinkState.FULL: Refusal.FULL,
}


def link_refusal(
    link: GuestLink, *, key_version: int, access_on: bool, moment: datetime, has_place: bool = False
) -> Refusal | None:
    """Why nobody comes in by this link at that moment; None when somebody may.

    `has_place`: the address holds a place on the link already, so a full link lets it in.
    The item must be at hand on `link.item`.
    """
    if link.item.deleted_at:
        return Refusal.BAD_LINK
    if key_version != link.key_version:
        return Refusal.NEW_ADDRESS
    state = link.state_at(moment, access_on=access_on)
    if state in _REFUSALS and not (state == LinkState.FULL and has_place):
        return _REFUSALS[state]
    if link.item.available_from and moment < link.item.available_from:
        return Refusal.NOT_YET
    if link.item.available_until and moment >= link.item.available_until:
        return Refusal.OVER
    return None


def lost_access_reason(
    admission: GuestAdmission,
    *,
    item: MediaItem,
    moment: datetime,
    block: Block | None = None,
) -> Refusal:
    """Why an admission that was good once is not in force, or its item not open, at that moment.

    `block` is what removes its address from the item.
    """
    link = admission.guest.link
    if admission.guest.removed_at or admission.ended_at:
        return Refusal.ENDED_BY_HOST
    if admission.left_at or admission.erased_at or admission.guest.erased_at:
        return Refusal.LEFT
    if link.deleted_at:
        return Refusal.SWITCHED_OFF
    if link.expires_at and moment >= link.expires_at:
        return Refusal.EXPIRED
    if block:
        return Refusal.BLOCKED if block.is_lasting else Refusal.REMOVED
    if item.available_from and moment < item.available_from:
        return Refusal.NOT_YET
    return Refusal.OVER
