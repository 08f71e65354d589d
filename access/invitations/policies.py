"""Whose an invitation is, which roles it may give, and why it lets nobody in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet

from access.accounts.models import User
from access.blocks.models import Block
from access.blocks.policies import Address, block_of, blocked
from access.invitations.models import (
    Invitation,
    InvitationProof,
    InvitationRole,
    InvitationSettings,
    offered_roles,
)
from access.invitations.querysets import InvitationQuerySet
from access.invitations.refusals import Reason
from access.roles import Role
from media_items.models import MediaItem


def invitations_of(user: User, moment: datetime) -> QuerySet[Invitation]:
    """The invitations in force that are this account's: accepted with it, or sent to its address.

    SECURITY: an address counts only once the account has proven it (`email_verified_at`). None is
    in force while the invited address or the account's own is blocked on the item.
    """
    address = Address.of(user.email)
    return invitations_held(user.pk, proven_addresses(user), address, moment)


def invitations_held(
    account: int, proven: Collection[str], address: Address, moment: datetime
) -> QuerySet[Invitation]:
    """`invitations_of` by values: what the account has proven, and its address."""
    is_blocked = blocked(item=OuterRef("item"), email=address, is_typed=False)
    return ever_bound(account, proven).in_force(moment).filter(~is_blocked)


def ever_invited(user: User) -> InvitationQuerySet:
    """The account's invitations in every state: `is_invited_account` as SQL."""
    return ever_bound(user.pk, proven_addresses(user))


def ever_bound(account: int, proven: Collection[str]) -> InvitationQuerySet:
    theirs = Q(account_id=account) | Q(email__in=proven)
    invitations: InvitationQuerySet = Invitation.objects.filter(theirs)
    return invitations


def proven_addresses(user: User) -> tuple[str, ...]:
    return (user.email,) if user.email_verified_at else ()


# Nobody grants a role above their own.
_MAY_GRANT: dict[Role, frozenset[InvitationRole]] = {
    Role.OWNER: frozenset(InvitationRole),
    Role.CO_EDITOR: frozenset(InvitationRole),
    Role.MODERATOR: frozenset(
        {InvitationRole.VIEWER, InvitationRole.SPEAKER, InvitationRole.MODERATOR}
    ),
}


def grantable_roles(*, kind: str, roles: Collection[Role]) -> tuple[InvitationRole, ...]:
    """The roles that somebody with `roles` may give by invitation to an item of this kind."""
    allowed = frozenset[InvitationRole]().union(*(_MAY_GRANT.get(role, ()) for role in roles))
    return tuple(role for role in offered_roles(kind) if role in allowed)


def moderators_may_invite(item: MediaItem) -> bool:
    """Whether the owner lets the item's moderators invite. One query."""
    return InvitationSettings.objects.filter(item=item, moderators_may_invite=True).exists()


def invitation_refusal(
    invitation: Invitation, *, key_version: int, moment: datetime
) -> Reason | None:
    """Why this invite link does not let its person in at that moment; None when it does.

    `invitation.item` must be loaded. An item that is not available yet is no reason: the person
    may accept early, and then waits on the item's page.
    """
    if invitation.item.deleted_at:
        return Reason.BAD_LINK
    if invitation.revoked_at:
        return Reason.REVOKED
    if key_version != invitation.key_version:
        return Reason.NEW_ADDRESS
    if invitation.expires_at and moment >= invitation.expires_at:
        return Reason.EXPIRED
    return None


def lost_invitation_reason(
    invitation: Invitation,
    proof: InvitationProof | None,
    *,
    item: MediaItem,
    moment: datetime,
    block: Block | None = None,
) -> Reason:
    """Why somebody who has proven to be the person invited does not see the item at that moment.

    `proof` is None for an account. `block` is what keeps the person off the item.
    """
    if invitation.revoked_at:
        return Reason.REVOKED
    if invitation.expires_at and moment >= invitation.expires_at:
        return Reason.EXPIRED
    if invitation.accepted_at is None:
        return Reason.DECLINED
    if proof and proof.ended_at:
        return Reason.ENDED
    if proof and moment >= proof.expires_at:
        return Reason.PROOF_OLD
    if block:
        return reason_of(block)
    if item.available_from and moment < item.available_from:
        return Reason.NOT_YET
    return Reason.OVER


def is_invited_account(invitation: Invitation, user: User) -> bool:
    """Whether this account is the person invited: by its verified address, or bound before."""
    if invitation.account_id == user.pk:
        return True
    return bool(user.email_verified_at) and user.email == invitation.email


def reason_of(block: Block) -> Reason:
    """Removed from this session, or blocked until the block is lifted."""
    return Reason.BLOCKED if block.is_lasting else Reason.REMOVED


def blocked_reason(
    invitation: Invitation, user: User | None, *, are_proven: bool = True
) -> Reason | None:
    """Why a block keeps the person invited, or this account of theirs, off the item; else None."""
    emails = {invitation.email} | ({user.email} if user else set())
    block = block_of(item=invitation.item, emails=emails, are_proven=are_proven)
    return reason_of(block) if block else None
