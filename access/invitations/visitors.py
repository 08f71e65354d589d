"""What a visitor proves of invitations: the one by which they are, or once were, inside."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from access.invitations.models import Certainty, Invitation, InvitationProof
from access.invitations.policies import ever_invited, is_invited_account
from access.invitations.proofs import InvitationProofs
from access.memberships.proofs import AccountProofs
from access.visitors import Visitor
from media_items.models import MediaItem


def invitation_on(visitor: Visitor, item: MediaItem) -> Invitation | None:
    """The invitation in force that this browser proves on the item, else the account's own."""
    return next((one.invitation for one in visitor.in_force(InvitationProofs, item)), None)


def invitation_proofs_on(visitor: Visitor, item: MediaItem) -> list[InvitationProof]:
    """The proofs in force that this browser holds on the item, newest first."""
    found = visitor.in_force(InvitationProofs, item)
    return [one.browser for one in found if one.browser is not None]


def is_inside_by(visitor: Visitor, invitation: Invitation) -> bool:
    """Whether this visitor is inside by that invitation, by browser or by account."""
    if not _may_be_theirs(visitor, invitation):
        return False
    user, item = visitor.account, invitation.item
    if user and user.pk == item.owner_id and is_invited_account(invitation, user):
        return invitation.is_good_at(visitor.moment)
    inside = visitor.in_force(InvitationProofs, item)
    return any(one.invitation.pk == invitation.pk for one in inside)


def is_blocked_from(visitor: Visitor, invitation: Invitation) -> bool:
    """Whether this visitor has proven to be the person invited, and that person is blocked."""
    if not _may_be_theirs(visitor, invitation):
        return False
    user, item = visitor.account, invitation.item
    proven = visitor.proofs_of(InvitationProofs, item)
    if any(one.is_blocked and one.invitation.pk == invitation.pk for one in proven):
        return True
    is_theirs = user is not None and is_invited_account(invitation, user)
    return is_theirs and any(one.is_blocked for one in visitor.proofs_of(AccountProofs, item))


def invitations_shown_to(visitor: Visitor, item: MediaItem) -> list[Invitation]:
    """Those whose record this visitor reads and erases, in force or not, the newest first: verified
    in this browser, or the account's own.

    SECURITY: none whose email was only typed, none by a proof that was ended or is too old.
    """
    theirs = Q()
    if proofs := _proofs_not_ended(visitor, item):
        verified = [one.invitation_id for one in proofs if one.how != Certainty.TYPED]
        theirs |= Q(pk__in=verified)
    if visitor.account:
        theirs |= Q(pk__in=ever_invited(visitor.account).values("pk"))
    if not theirs:
        return []
    rows = Invitation.objects.on(item).filter(theirs).exclude(email="")
    return list(rows.select_related("item").order_by("-created_at", "-pk"))


def has_only_typed_the_email(visitor: Visitor, item: MediaItem) -> bool:
    """Of an invitation by which this browser is in, on a site that takes that for a proof."""
    proofs = _proofs_not_ended(visitor, item)
    return any(one.how == Certainty.TYPED for one in proofs)


def _proofs_not_ended(visitor: Visitor, item: MediaItem) -> list[InvitationProof]:
    holding = visitor.holding(InvitationProofs)
    if holding is None or not holding.proof_ids:
        return []
    rows = InvitationProof.objects.filter(pk__in=holding.proof_ids, invitation__item=item)
    good = rows.filter(ended_at=None, expires_at__gt=visitor.moment)
    return list(good.exclude(invitation__email=""))


def _may_be_theirs(visitor: Visitor, invitation: Invitation) -> bool:
    """False is certain, True is to be looked up.

    SECURITY: for a stranger with the link no query is made.
    """
    user, holding = visitor.account, visitor.holding(InvitationProofs)
    if user is not None and is_invited_account(invitation, user):
        return True
    return holding is not None and bool(holding.proof_ids)


def invitation_ever_on(
    visitor: Visitor, item: MediaItem
) -> tuple[Invitation, InvitationProof | None] | None:
    """The invitation by which a visitor is or once was inside, in force or not.

    The second value is the browser's proof of it, one in force before all others; None where the
    account is the proof. SECURITY: None for a visitor who proves nothing, and for an account whose
    address is not verified.
    """
    holding = visitor.holding(InvitationProofs)
    if holding and holding.proof_ids:
        proven = InvitationProof.objects.filter(pk__in=holding.proof_ids, invitation__item=item)
        in_force = Exists(
            InvitationProof.objects.in_force(visitor.moment).filter(pk=OuterRef("pk"))
        )
        newest = proven.order_by(in_force.desc(), "-proven_at", "-pk")
        if proof := newest.select_related("invitation").first():
            return proof.invitation, proof
    user = visitor.account
    if user is None or item.owner_id == user.pk:
        return None
    sent = ever_invited(user).on(item).order_by("-created_at", "-pk").first()
    return (sent, None) if sent else None
