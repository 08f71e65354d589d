"""Who invites, and which invitations they may hold in their hands."""

from __future__ import annotations

from django.http import Http404

from access.invitations.models import Invitation
from access.invitations.people import Inviter
from access.invitations.policies import grantable_roles
from access.invitations.visitors import invitation_proofs_on
from access.requests import VisitorRequest
from access.roles import Role
from media_items.abilities import Ability
from media_items.lookups import get_media_item
from media_items.models import MediaItem


def inviting_item(request: VisitorRequest, public_id: str) -> MediaItem:
    return get_media_item(request, public_id, needs=Ability.INVITE_USERS)


def inviter_of(request: VisitorRequest, item: MediaItem) -> Inviter:
    """The account where it may invite by itself, else the invitation that this browser proves."""
    visitor = request.visitor
    roles = visitor.roles_on(item)
    if (user := visitor.account) is not None:
        own = Inviter.by_account(user, item)
        if grantable_roles(kind=item.kind, roles=own.roles):
            return Inviter(roles=roles, account=user)
    proven = [proof.invitation for proof in invitation_proofs_on(visitor, item)]
    granting = (one for one in proven if grantable_roles(kind=item.kind, roles={Role(one.role)}))
    return Inviter(roles=roles, invitation=next(granting, None))


def may_hold(invitation: Invitation, *, item: MediaItem, by: Inviter) -> bool:
    """Whether this inviter may have the link of that invitation in their hands.

    SECURITY: those without the register see no more than what they made themselves; a moderator
    does not page through everybody's names and addresses by counting up ids.
    """
    if invitation.role not in grantable_roles(kind=item.kind, roles=by.roles):
        return False
    if Ability.SEE_REGISTER in item.abilities:
        return True
    if by.account is not None:
        return invitation.invited_by_id == by.account.pk
    return by.invitation is not None and invitation.invited_by_invitation_id == by.invitation.pk


def held_invitation(item: MediaItem, pk: int, *, by: Inviter) -> Invitation:
    """A live invitation of this item. Raises `Http404`."""
    invitation = Invitation.objects.on(item).live().filter(pk=pk).first()
    if invitation is None or not may_hold(invitation, item=item, by=by):
        raise Http404
    invitation.item = item
    return invitation
