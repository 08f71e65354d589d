"""The guest link behind a token, what its limits count, and why it lets nobody in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import ngettext

from access.blocks.policies import block_before
from access.guests.models import GuestAccess, GuestLink
from access.guests.policies import link_refusal
from access.guests.refusals import Reason, Refused
from access.links import BadToken, LinkKey, read_guest_link_token
from access.site_policy.models import SitePolicy, days_kept
from access.visitors import Visitor
from media_items.compiled import compiled
from media_items.live.sessions.way_in import AtDoor, at_door
from media_items.rate_limits import TooManyTries


def link_behind(token: str) -> tuple[GuestLink, LinkKey]:
    """One query for a good token, none for a forged one. Raises `Refused` (bad link)."""
    try:
        key = read_guest_link_token(token)
    except BadToken:
        raise Refused(Reason.BAD_LINK) from None
    found = links_at_the_door(pk=key.pk, tag=key.tag)
    if not found:
        raise Refused(Reason.BAD_LINK)
    return found[0], key


@compiled
def links_at_the_door(*, pk: int, tag: str) -> QuerySet[GuestLink]:
    """At most one; not to an item in the bin."""
    return shown_links().filter(pk=pk, tag=tag, item__deleted_at=None)


def shown_links() -> QuerySet[GuestLink]:
    """With all that the page of a link shows, which the site's policy is part of."""
    policy = SitePolicy.objects.filter(pk=1)
    links = GuestLink.objects.select_related("item__owner", "item__guest_access")
    return links.annotate(
        policy_kept_days=Subquery(policy.values("guest_data_kept_days")),
        policy_notice=Subquery(policy.values("guest_notice")),
    )


def policy_at_the_door(link: Any) -> dict[str, Any]:
    """What the page of one of `shown_links` says of the site's policy, also while no admin has
    saved one."""
    return {"kept_days": days_kept(link.policy_kept_days), "notice": link.policy_notice or ""}


def _access_on(link: GuestLink) -> bool:
    try:
        return link.item.guest_access.enabled_at is not None
    except GuestAccess.DoesNotExist:
        return False


def refusal_now(link: GuestLink, key: LinkKey, *, has_place: bool = False) -> Reason | None:
    return link_refusal(
        link,
        key_version=key.key_version,
        access_on=_access_on(link),
        moment=timezone.now(),
        has_place=has_place,
    )


@dataclass(frozen=True)
class LinkDoor:
    """Where the item is, as its door says it, and why this visitor does not come in by the link."""

    now: AtDoor
    refusal: Reason | None


def door_of(link: GuestLink, key: LinkKey, visitor: Visitor) -> LinkDoor:
    """One answer for the form of the link, its picture and date, and every way that leads to it.

    A full link still lets in people who have a place; the form tells who they are.

    SECURITY: anybody can type another address. So a removed person whom this browser proves stays
    out, whatever they type.
    """
    if refusal := refusal_now(link, key, has_place=True):
        return LinkDoor(AtDoor(), refusal)
    if block := block_before(visitor, link.item):
        return LinkDoor(AtDoor(), Reason.BLOCKED if block.is_lasting else Reason.REMOVED)
    now = at_door(link.item, timezone.now())
    # Nobody gives a name and an address for what is over.
    return LinkDoor(now, Reason.SESSION_ENDED if now.ended_at else None)


def address_at(link: GuestLink, email: str) -> str:
    """What the limits per address count: one address on one link.

    SECURITY: the address is typed and not proven. Counted over all links, it would let anybody who
    has one link lock another person out of all of them.
    """
    return f"{link.pk}:{email}"


def too_many_said(refused: TooManyTries) -> str:
    return ngettext(
        "Too many attempts. Wait %(minutes)s minute, then send the form again.",
        "Too many attempts. Wait %(minutes)s minutes, then send the form again.",
        refused.wait_minutes,
    ) % {"minutes": refused.wait_minutes}
