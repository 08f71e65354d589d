"""What the invited person does: prove the address, accept, decline.

SECURITY: each service locks the invitation's row first, and so does every act of a host
(`managing`). If a person accepts while the host takes the invitation back, either the host's act
ends what they have gained, or the person is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.accounts.models import User
from access.accounts.services import confirm_address
from access.audit.models import Act
from access.audit.services import record
from access.invitations.models import Certainty, Invitation, InvitationProof
from access.invitations.notices import note_accepted
from access.invitations.policies import (
    blocked_reason,
    invitation_refusal,
    is_invited_account,
)
from access.invitations.proofs import InvitationProofs
from access.invitations.refusals import PutOut, Reason, Refused
from access.memberships.proofs import AccountProofs
from access.proofs import ProofKey
from access.rights.attempts import is_under_way
from access.rights.services import rights_changed
from access.rights.whose import Whose, holders_of, people_at
from media_items.refusals import Refusal


class AcceptedAlready(Refusal):
    """The invitation was accepted; only the proven person may decline it now."""

    message = _(
        "You already accepted this invitation. To decline it now, join first and choose Leave."
    )


def locked(invitation: Invitation) -> Invitation:
    """The row read anew with its item, locked until the transaction ends."""
    return (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("item")
        .get(pk=invitation.pk)
    )


def people_of(invitation: Invitation) -> Whose:
    """The people in sessions by the invitation, by its account, or with its address."""
    keys = [InvitationProofs.key_of(invitation.pk)]
    if invitation.account_id:
        keys.append(AccountProofs.key_of(invitation.account_id))
    return holders_of(*keys) | people_at([invitation.email])


def invitations_just_ended(since: datetime, now: datetime) -> list[tuple[int, Whose]]:
    """Those whose last day is over since then, where a session or an attempt
    is under way."""
    ended = Invitation.objects.live().filter(
        is_under_way("item"),
        expires_at__gt=since,
        expires_at__lte=now,
    )
    return [(one.item_id, people_of(one)) for one in ended]


def proofs_just_ended(since: datetime, now: datetime) -> list[tuple[ProofKey, datetime]]:
    """Of which invitations a browser has no good proof any more since then, and since when, where a
    session or an attempt is under way."""
    ended = InvitationProof.objects.filter(
        is_under_way("invitation__item"),
        expires_at__gt=since,
        expires_at__lte=now,
    )
    return [(InvitationProofs.key_of(proof.invitation_id), proof.expires_at) for proof in ended]


def _check(invitation: Invitation, key_version: int) -> None:
    refusal = invitation_refusal(invitation, key_version=key_version, moment=timezone.now())
    if refusal:
        raise Refused(refusal)


def _check_not_blocked(
    invitation: Invitation, user: User | None = None, *, how: Certainty = Certainty.CONFIRMED
) -> None:
    """Raises `PutOut`. A block is about the person, so a new invitation does not lift it.

    SECURITY: called only after the proof, so that a stranger with the link learns nothing about
    the person invited.
    """
    refusal = blocked_reason(invitation, user, are_proven=how != Certainty.TYPED)
    if refusal:
        raise PutOut(refusal)


@transaction.atomic
def accept_in_browser(
    *, invitation: Invitation, key_version: int, how: Certainty, time_zone: str = ""
) -> InvitationProof:
    """Makes a proof for this browser; the first proof accepts the invitation. Raises `Refused`.

    The caller has checked `how`: a code from the invited mailbox, or, where the site allows it, the
    typed address.
    """
    invitation = locked(invitation)
    _check(invitation, key_version)
    _check_not_blocked(invitation, how=how)
    _note_time_zone(invitation, time_zone)
    _mark_accepted(invitation, how)
    proof = InvitationProof.objects.create(
        invitation=invitation,
        how=how,
        expires_at=timezone.now() + timedelta(days=settings.INVITATION_PROOF_DAYS),
    )
    record(Act.BROWSER_PROVEN, item=invitation.item, by=None, invitation=invitation, how=how)
    return proof


def _note_time_zone(invitation: Invitation, told: str) -> None:
    """What the browser told in which it is being accepted, for the times in the person's emails."""
    if invitation.accepted_at is None and told and told != invitation.time_zone:
        invitation.time_zone = told
        invitation.save(update_fields=["time_zone"])


@transaction.atomic
def accept_with_account(*, invitation: Invitation, key_version: int, user: User) -> None:
    """The signed-in account that is the person invited accepts. Raises `Refused`."""
    invitation = locked(invitation)
    _check(invitation, key_version)
    if not is_invited_account(invitation, user):
        raise Refused(Reason.WRONG_ACCOUNT)
    _check_not_blocked(invitation, user)
    if invitation.account_id != user.pk:
        invitation.account = user
        invitation.save(update_fields=["account"])
    _mark_accepted(invitation, Certainty.SIGNED_IN)


@transaction.atomic
def accept_by_code(
    *, invitation: Invitation, key_version: int, user: User | None, time_zone: str = ""
) -> InvitationProof | None:
    """Accepts, after the code from the invited mailbox was right. Raises `Refused`.

    For somebody signed in with the invited address, not verified before, the code also verifies the
    account's address. Then the account accepts, and no proof of the browser is made (None).
    """
    if user is None or user.email != invitation.email:
        return accept_in_browser(
            invitation=invitation,
            key_version=key_version,
            how=Certainty.CONFIRMED,
            time_zone=time_zone,
        )
    invitation = locked(invitation)
    _check(invitation, key_version)
    confirm_address(user=user)
    accept_with_account(invitation=invitation, key_version=key_version, user=user)
    return None


@transaction.atomic
def decline(*, invitation: Invitation, key_version: int, is_proven: bool = False) -> None:
    """Declines. Everybody inside by the invitation loses access; accepting later is possible.

    The link alone is enough while nobody has accepted. SECURITY: afterwards `is_proven` is needed,
    or a forwarded link could be used to put the person out. Raises `Refused` or `AcceptedAlready`.
    """
    invitation = locked(invitation)
    _check(invitation, key_version)
    if invitation.declined_at:
        return
    if invitation.accepted_at and not is_proven:
        raise AcceptedAlready
    moment = timezone.now()
    invitation.opened_at = invitation.opened_at or moment
    invitation.accepted_at, invitation.declined_at = None, moment
    invitation.save(update_fields=["opened_at", "accepted_at", "declined_at"])
    event = record(Act.INVITATION_DECLINED, item=invitation.item, by=None, invitation=invitation)
    rights_changed(event, whose=people_of(invitation), taken=False)


@transaction.atomic
def leave(*, proofs: Sequence[InvitationProof]) -> None:
    """Ends these proofs of one browser; the invitation stays as it is. May be called twice."""
    moment = timezone.now()
    ids = [proof.pk for proof in proofs]
    if InvitationProof.objects.filter(pk__in=ids, ended_at=None).update(
        ended_at=moment, left_at=moment
    ):
        invitation = proofs[0].invitation
        event = record(
            Act.INVITATION_CHANGED,
            item=invitation.item,
            by=None,
            invitation=invitation,
            left_browser=True,
        )
        rights_changed(event, whose=people_of(invitation), taken=False)


@transaction.atomic
def mark_opened(*, invitation: Invitation) -> None:
    """Sets `opened_at` if it is empty: a button on the link's page was pressed."""
    Invitation.objects.filter(pk=invitation.pk, opened_at=None).update(opened_at=timezone.now())


def _mark_accepted(invitation: Invitation, how: Certainty) -> None:
    moment = timezone.now()
    was_accepted = invitation.accepted_at is not None
    invitation.opened_at = invitation.opened_at or moment
    invitation.accepted_at = invitation.accepted_at or moment
    invitation.declined_at = None
    invitation.last_seen_at = moment
    order = list(Certainty.values)
    if not invitation.certainty or order.index(how) > order.index(invitation.certainty):
        invitation.certainty = how
    invitation.save(
        update_fields=["opened_at", "accepted_at", "declined_at", "last_seen_at", "certainty"]
    )
    if not was_accepted:
        event = record(
            Act.INVITATION_ACCEPTED,
            item=invitation.item,
            by=invitation.account,
            invitation=invitation,
            how=how,
        )
        rights_changed(event, whose=people_of(invitation), taken=False)
        note_accepted(invitation, is_proven=how != Certainty.TYPED)
