"""One person invited to several items: which may be chosen, and what became of each.

An invitation each, with a mail each: the mail carries the item's own link, and the list of who has
access says of each how far it has come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from access.accounts.models import User
from access.invitations.models import Invitation, InvitationRole
from access.invitations.people import Invitee, Inviter
from access.invitations.policies import grantable_roles
from access.invitations.services import limits
from access.invitations.services.inviting import invite
from access.memberships.co_editors import editors_of
from access.memberships.policies import co_edited_by
from access.roles import Role
from access.site_policy.models import current_policy
from access.visitors import Visitor
from media_items.abilities import Ability
from media_items.catalogue.querysets import MediaItemQuerySet
from media_items.models import MediaItem
from media_items.refusals import Refusal

MOST_ITEMS = 20  # at one time: each asks for rights of its own


def _editor_said() -> str:
    return _("This person is the owner or a co-editor and doesn’t need an invitation.")


@dataclass(frozen=True)
class Place:
    """An item to which the account may invite, with the roles that it may give there."""

    item: MediaItem
    by: Inviter
    roles: tuple[InvitationRole, ...]


@dataclass(frozen=True)
class Outcome:
    """`invitation` is the new one; None where nothing was done, for the reason `said`."""

    item: MediaItem
    invitation: Invitation | None = None
    said: str = ""


def places(account: User, public_ids: Sequence[str]) -> list[Place]:
    """Of these items the ones to which the account may invite, in this order, no more than
    `MOST_ITEMS`. A few queries for each.

    SECURITY: the others are left out without a word; they may be other people's.
    """
    wanted = list(dict.fromkeys(public_ids))[:MOST_ITEMS]
    found = {
        one.public_id: one
        for one in MediaItem.objects.live().select_related("owner").filter(public_id__in=wanted)
    }
    return [
        place
        for public_id in wanted
        if (item := found.get(public_id)) and (place := _place(account, item))
    ]


def _place(account: User, item: MediaItem) -> Place | None:
    visitor = Visitor.of_account(account)
    item.abilities = visitor.abilities_on(item)
    if Ability.INVITE_USERS not in item.abilities:
        return None
    by = Inviter(roles=visitor.roles_on(item), account=account)
    roles = grantable_roles(kind=item.kind, roles=by.roles)
    return Place(item, by, roles) if roles else None


def items_to_choose(account: User) -> MediaItemQuerySet:
    """Those that the account owns or co-edits and, by that role, may invite to."""
    by = current_policy().roles_that_invite(account)
    theirs = Q(pk__in=())
    if Role.OWNER in by:
        theirs |= Q(owner=account)
    if Role.CO_EDITOR in by:
        theirs |= co_edited_by(account.pk)
    items: MediaItemQuerySet = MediaItem.objects.live().filter(theirs)
    return items


def invite_to_each(
    *,
    person: Invitee,
    wanted: Sequence[tuple[Place, str]],
    note: str,
    language: str,
    expires_at: datetime | None,
    send_mail: bool,
) -> list[Outcome]:
    """Each on its own: what is refused for one item is done for the others. `wanted` has the role
    for each. Raises `CeilingReached` for what the site refuses for all of them."""
    policy = current_policy()
    limits.check_life(policy, created_at=timezone.now(), expires_at=expires_at)
    limits.check_addresses(policy, [person.email])
    outcomes = []
    for place, role in wanted:
        if person.email in editors_of(place.item):
            outcomes.append(Outcome(place.item, said=_editor_said()))
            continue
        try:
            made = invite(
                item=place.item,
                people=[person],
                role=role,
                by=place.by,
                note=note,
                language=language,
                expires_at=expires_at,
                send_mail=send_mail,
            )
        except Refusal as refusal:
            outcomes.append(Outcome(place.item, said=str(refusal)))
            continue
        if made:
            outcomes.append(Outcome(place.item, made[0]))
        else:
            outcomes.append(Outcome(place.item, said=_("This person is already invited.")))
    return outcomes
