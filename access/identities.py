"""As whom somebody is before an item: what is written on what they do there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from access.roles import Role
from media_items.catalogue.models import State
from media_items.visitors import Certainty, Identity, IdentityKind

if TYPE_CHECKING:
    from access.accounts.models import User
    from access.guests.models import GuestAdmission
    from access.invitations.models import InvitationProof
    from access.visitors import Visitor
    from media_items.models import MediaItem

NOBODY = Identity(key="", kind=IdentityKind.NOBODY, name="", email="", certainty=Certainty.UNKNOWN)


def identity_of(visitor: Visitor, item: MediaItem) -> Identity:
    """The account where it has a role, else the person invited, else the guest.

    An account that merely passes by is there under its name; a browser that proves nothing is
    nobody. Whoever has been put out keeps the key, so that they can be told, and nothing else.
    """
    user, invited = visitor.account, visitor.invitation_on(item)
    admission = None if visitor.roles_on(item) else visitor.admission_on(item)
    # The account counts unless a browser is proven to be the person of somebody else's invitation.
    is_own = (
        user is None
        or invited is None
        or invited.account_id == user.pk
        or invited.email == user.email
    )
    if user and is_own and admission is None:
        return replace(
            account_identity(user),
            standing=_standing(visitor, item),
            is_excluded=visitor.is_excluded_account_on(item),
        )
    if proof := next(iter(visitor.proofs_on(item)), None):
        return replace(invitee_identity(proof), standing=_standing(visitor, item))
    if admission:
        return guest_identity(admission)
    return account_identity(user) if user else _put_out(visitor, item)


def account_identity(user: User) -> Identity:
    return Identity(
        key=f"account:{user.pk}",
        kind=IdentityKind.ACCOUNT,
        name=user.get_full_name(),
        email=user.email,
        certainty=Certainty.SIGNED_IN,
    )


def invitee_identity(proof: InvitationProof) -> Identity:
    invited = proof.invitation
    return Identity(
        key=f"invitation:{invited.pk}",
        kind=IdentityKind.INVITEE,
        name=invited.get_full_name(),
        email=invited.email,
        certainty=Certainty(proof.how),
        role=invited.get_role_display(),
    )


def guest_identity(admission: GuestAdmission) -> Identity:
    return Identity(
        key=f"guest:{admission.pk}",
        kind=IdentityKind.GUEST,
        name=admission.name,
        email=admission.guest.email,
        certainty=Certainty.TYPED,
        standing=Role.GUEST.value,
    )


def _put_out(visitor: Visitor, item: MediaItem) -> Identity:
    """Of a browser that proves nothing but people who have been put out; else nobody."""
    found = [
        *map(invitee_identity, visitor.excluded_proofs_on(item)),
        *map(guest_identity, visitor.excluded_admissions_on(item)),
    ]
    if not found:
        return NOBODY
    return replace(found[0], kind=IdentityKind.NOBODY, role="", standing="", is_excluded=True)


def _standing(visitor: Visitor, item: MediaItem) -> str:
    """`Role` lists the strongest first; empty for whoever is here without one."""
    roles = visitor.roles_on(item)
    if item.state == State.UNLISTED:
        roles |= {Role.PASSER_BY}
    return next((role.value for role in Role if role in roles), "")
