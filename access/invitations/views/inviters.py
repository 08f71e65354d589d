"""Who invites, and whose invite links they may see."""

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
    """The account if it may invite by itself, else an invitation that this browser proves."""
    visitor = request.visitor
    roles = visitor.roles_on(item)
    if (user := visitor.account) is not None:
        own = Inviter.by_account(user, item)
        if grantable_roles(kind=item.kind, roles=own.roles):
            return Inviter(roles=roles, account=user)
    proven = [proof.invitation for proof in invitation_proofs_on(visitor, item)]
    granting = (one for one in proven if grantable_roles(kind=item.kind, roles={Role(one.role)}))
    return Inviter(roles=roles, invitation=next(granting, None))


def may_see_link(invitation: Invitation, *, item: MediaItem, by: Inviter) -> bool:
    """Whether this inviter may see the link of that invitation.

    SECURITY: without `SEE_REGISTER` they see only what they made themselves. Else a moderator could
    read everybody's names and addresses by counting up the ids.
    """
    if invitation.role not in grantable_roles(kind=item.kind, roles=by.roles):
        return False
    if Ability.SEE_REGISTER in item.abilities:
        return True
    if by.account is not None:
        return invitation.invited_by_id == by.account.pk
    return by.invitation is not None and invitation.invited_by_invitation_id == by.invitation.pk


def invitation_with_link(item: MediaItem, pk: int, *, by: Inviter) -> Invitation:
    """A live invitation of this item whose link the inviter may see. Raises `Http404`."""
    invitation = Invitation.objects.on(item).live().filter(pk=pk).first()
    if invitation is None or not may_see_link(invitation, item=item, by=by):
        raise Http404
    invitation.item = item
    return invitation
