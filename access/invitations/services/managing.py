"""What a host does to an invitation. Every act locks the row first; see `answering`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.accounts.models import User
from access.audit.models import Act
from access.audit.services import record
from access.blocks.services import recall
from access.email_addresses import normal_email
from access.invitations.models import Invitation, InvitationRole, MailKind
from access.invitations.people import Inviter
from access.invitations.proofs import InvitationProofs
from access.invitations.services.answering import locked, people_of
from access.invitations.services.inviting import check_role
from access.invitations.services.limits import (
    check_addresses,
    check_inviter,
    check_life,
    latest_end,
)
from access.invitations.services.telling import ask_for_mails
from access.links import next_key_version
from access.mail import outbox
from access.mail.models import OutgoingMail
from access.rights.services import rights_changed
from access.rights.whose import NOBODY, Whose
from access.site_policy.models import current_policy
from media_items import personal_data
from media_items.kept_people import lock_to_erase
from media_items.live.sessions.services import lock_sessions_of
from media_items.personal_data import Subject
from media_items.refusals import Refusal


class AlreadyTakenBack(Refusal):
    """The invitation was taken back; a new one is a new row."""

    message = _("This invitation was withdrawn. Invite the person again to give them access.")


class AddressTaken(Refusal):
    """The corrected address has a live invitation to this item already."""

    message = _("Somebody with this email is already invited.")


class AlreadyCame(Refusal):
    """The person accepted with this address, so it cannot be corrected any more."""

    message = _("They already joined with this email, so it can’t be changed.")


def _locked_live(invitation: Invitation) -> Invitation:
    """Raises `AlreadyTakenBack`."""
    invitation = locked(invitation)
    if invitation.revoked_at:
        raise AlreadyTakenBack
    return invitation


def _record_change(
    invitation: Invitation, by: User | None, *, also: Whose = NOBODY, **details: Any
) -> None:
    """`also`: people of it before the change who are not people of it now."""
    event = record(
        Act.INVITATION_CHANGED, item=invitation.item, by=by, invitation=invitation, **details
    )
    rights_changed(event, whose=also | people_of(invitation), everybody_asks=True)


@transaction.atomic
def change_role(*, invitation: Invitation, role: str, by: Inviter, **details: Any) -> None:
    """From the next request on; the link stays the same. `details` are for the trail.

    Raises `RoleNotGrantable` or `AlreadyTakenBack`; `InvitingNotAllowed` for a higher role only,
    since what is open can always be closed.
    """
    invitation = _locked_live(invitation)
    granted = check_role(item=invitation.item, role=role, by=by)
    if _is_higher(granted, invitation.role):
        check_inviter(current_policy(), by)
    # Nor may somebody change a role that they could not grant.
    check_role(item=invitation.item, role=invitation.role, by=by)
    if invitation.role != granted:
        before, invitation.role = invitation.role, granted
        invitation.save(update_fields=["role"])
        _record_change(invitation, by.account, role=role, before=before, **details)


@transaction.atomic
def revoke(*, invitation: Invitation, by: User | None) -> None:
    """Ends the access at the next request, bytes included. The row is never deleted."""
    _revoke(locked(invitation), by)


def _revoke(invitation: Invitation, by: User | None, **details: Any) -> None:
    """Of a locked row; nothing where it is withdrawn already. `details` are for the trail."""
    if invitation.revoked_at:
        return
    invitation.revoked_at, invitation.revoked_by = timezone.now(), by
    invitation.save(update_fields=["revoked_at", "revoked_by"])
    outbox.withdraw(
        kinds=MailKind.values, about_id=invitation.pk, why=gettext("withdrawn before it was sent")
    )
    outbox.rewrite(invitation)
    event = record(
        Act.INVITATION_REVOKED, item=invitation.item, by=by, invitation=invitation, **details
    )
    rights_changed(event, whose=people_of(invitation), everybody_asks=True)


@transaction.atomic
def undo_revoke(*, invitation: Invitation, by: User | None, within_seconds: int = 60) -> bool:
    """Undoes `revoke`, by whoever did it.

    False when it is too late, somebody else did it, the person has been invited anew, or was
    erased.
    """
    invitation = locked(invitation)
    moment = timezone.now()
    too_late = (
        invitation.revoked_at is None
        or invitation.revoked_by_id != (by.pk if by else None)
        or not invitation.email
        or (moment - invitation.revoked_at).total_seconds() > within_seconds
        or Invitation.objects.on(invitation.item).live().filter(email=invitation.email).exists()
    )
    if too_late:
        return False
    invitation.revoked_at = invitation.revoked_by = None
    invitation.save(update_fields=["revoked_at", "revoked_by"])
    _record_change(invitation, by, undone="revoke")
    return True


@transaction.atomic
def erase_invitation(*, invitation: Invitation, by: User | None) -> None:
    """Taken back; then name, address and note are gone for good, with the mails to the person and
    what they wrote in live sessions by it. One row of the trail. Twice is once.

    The sessions of the item are locked before the invitation, as by all who remove somebody.
    """
    keys = frozenset({str(InvitationProofs.key_of(invitation.pk))})
    lock_to_erase(keys)
    lock_sessions_of(invitation.item)
    invitation = locked(invitation)  # and stays so: no undoing comes in between
    if not invitation.email:
        return
    if invitation.revoked_at:
        _record_change(invitation, by, erased=True)
    else:
        _revoke(invitation, by, erased=True)
    whom = Subject(item=invitation.item, keys=keys, email=invitation.email)
    personal_data.erase(whom, moment=timezone.now())


@transaction.atomic
def prolong(*, invitation: Invitation, expires_at: datetime | None, by: Inviter | None) -> None:
    """Changes the last day, which may revive an expired invitation.

    Raises `AlreadyTakenBack`, `CeilingReached`, and `InvitingNotAllowed` for a later day only.
    """
    invitation = _locked_live(invitation)
    if invitation.expires_at != expires_at:
        if by is not None:
            _check_may_prolong(invitation, expires_at, by)
        invitation.expires_at = expires_at
        invitation.save(update_fields=["expires_at"])
        until = expires_at.isoformat() if expires_at else None
        _record_change(invitation, by.account if by else None, expires_at=until)


def _check_may_prolong(invitation: Invitation, expires_at: datetime | None, by: Inviter) -> None:
    """An earlier day takes away and is never refused."""
    policy, ends = current_policy(), invitation.expires_at
    if expires_at is not None and (ends is None or expires_at <= ends):
        return
    check_inviter(policy, by)
    check_life(policy, created_at=invitation.created_at, expires_at=expires_at)


def _is_higher(role: str, than: str) -> bool:
    """`InvitationRole` lists the lowest first."""
    ranks = InvitationRole.values
    return ranks.index(role) > ranks.index(than)


@transaction.atomic
def correct_address(
    *, invitation: Invitation, email: str, by: Inviter, send_mail: bool = True
) -> None:
    """Corrects a mistyped address and sends the invitation there; the old link stops working.

    To another address it is sent as if made now: from now on it works for as long as the site
    allows, and no longer than before.

    Raises `AlreadyCame`, `AddressTaken`, `AlreadyTakenBack`, `InvitingNotAllowed` or
    `CeilingReached`.
    """
    invitation = _locked_live(invitation)
    email = normal_email(email)
    if email == invitation.email:
        return
    policy = current_policy()
    check_inviter(policy, by)
    check_addresses(policy, [email])
    if invitation.accepted_at:
        raise AlreadyCame
    if Invitation.objects.on(invitation.item).live().filter(email=email).exists():
        raise AddressTaken
    # SECURITY: the person at the wrong address, who got the link, loses all access.
    wrong = people_of(invitation)
    _end_proofs(invitation)
    invitation.email = email
    latest = latest_end(policy, timezone.now())
    if latest is not None and (invitation.expires_at is None or invitation.expires_at > latest):
        invitation.expires_at = latest
    recall(emails=[email], item=invitation.item)
    invitation.key_version = next_key_version(invitation.key_version)
    # SECURITY: nor is an account with the wrong address the person invited.
    invitation.account = None
    invitation.opened_at = invitation.declined_at = invitation.last_seen_at = None
    invitation.certainty = invitation.time_zone = ""
    invitation.save(
        update_fields=[
            "email",
            "time_zone",
            "expires_at",
            "key_version",
            "account",
            "opened_at",
            "declined_at",
            "last_seen_at",
            "certainty",
        ]
    )
    outbox.rewrite(invitation)
    _record_change(invitation, by.account, also=wrong, address_corrected=True)
    if send_mail:
        ask_for_mails(invitations=[invitation], kind=MailKind.INVITE, by=by.account)


@transaction.atomic
def give_new_address(*, invitation: Invitation, end_browsers: bool, by: User | None) -> None:
    """Makes the old link worthless; with `end_browsers` also the proofs of browsers.

    Raises `AlreadyTakenBack`.
    """
    invitation = _locked_live(invitation)
    invitation.key_version = next_key_version(invitation.key_version)
    invitation.save(update_fields=["key_version"])
    outbox.rewrite(invitation)
    if end_browsers:
        _end_proofs(invitation)
    event = record(
        Act.INVITATION_NEW_ADDRESS,
        item=invitation.item,
        by=by,
        invitation=invitation,
        browsers_ended=end_browsers,
    )
    if end_browsers:
        rights_changed(event, whose=people_of(invitation), everybody_asks=True)


@transaction.atomic
def send_again(
    *, invitations: list[Invitation], kind: MailKind, by: User | None
) -> list[OutgoingMail]:
    """Another mail to each that is not taken back. No invitation is prolonged.

    None to those for whom a mail is on its way already, so two calls at the same time send one.
    """
    rows = list(
        Invitation.objects.live()
        .select_for_update(of=("self",))
        .filter(pk__in=[one.pk for one in invitations])
        .select_related("item")
        .order_by("pk")
    )
    with_mail_waiting = set(
        OutgoingMail.objects.of_kinds(MailKind.values)
        .waiting()
        .filter(about_id__in=[row.pk for row in rows])
        .values_list("about_id", flat=True)
    )
    rows = [row for row in rows if row.pk not in with_mail_waiting]
    for row in rows:
        record(Act.INVITATION_SENT, item=row.item, by=by, invitation=row, kind=kind)
    return ask_for_mails(invitations=rows, kind=kind, by=by)


def _end_proofs(invitation: Invitation) -> None:
    invitation.proofs.filter(ended_at=None).update(ended_at=timezone.now())
    invitation.codes.filter(used_at=None).update(used_at=timezone.now())
