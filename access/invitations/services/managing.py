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
from access.email_addresses import normal_email
from access.invitations.models import Invitation, MailKind
from access.invitations.people import Inviter
from access.invitations.proofs import InvitationProofs
from access.invitations.services.answering import locked, people_of
from access.invitations.services.inviting import check_role
from access.invitations.services.telling import ask_for_mails
from access.mail import outbox
from access.mail.models import OutgoingMail
from access.rights.services import rights_changed
from access.rights.whose import NOBODY, Whose
from media_items import personal_data
from media_items.personal_data import Subject
from media_items.refusals import Refusal


class AlreadyTakenBack(Refusal):
    """The invitation was taken back; a new one is a new row."""

    message = _("It was taken back. Invite the person again to let them in.")


class AddressTaken(Refusal):
    """The corrected address has a live invitation to this item already."""

    message = _("Somebody with this address is invited already.")


class AlreadyCame(Refusal):
    """The person accepted with this address; it is theirs and is not corrected any more."""

    message = _("They came with this address, so it stays as it is.")


def _live(invitation: Invitation) -> Invitation:
    invitation = locked(invitation)
    if invitation.revoked_at:
        raise AlreadyTakenBack
    return invitation


def _changed(
    invitation: Invitation, by: User | None, *, also: Whose = NOBODY, **details: Any
) -> None:
    """`also`: whose it was, where that has changed."""
    event = record(
        Act.INVITATION_CHANGED, item=invitation.item, by=by, invitation=invitation, **details
    )
    rights_changed(event, whose=also | people_of(invitation), everybody_asks=True)


@transaction.atomic
def change_role(*, invitation: Invitation, role: str, by: Inviter) -> None:
    """Felt at the next request, with the same link. Raises `RoleNotGrantable`."""
    invitation = _live(invitation)
    granted = check_role(item=invitation.item, role=role, by=by)
    # Nobody changes the role of somebody above what they may grant themselves.
    check_role(item=invitation.item, role=invitation.role, by=by)
    if invitation.role != granted:
        before, invitation.role = invitation.role, granted
        invitation.save(update_fields=["role"])
        _changed(invitation, by.account, role=role, before=before)


@transaction.atomic
def revoke(*, invitation: Invitation, by: User | None) -> None:
    """Out at the next request, bytes included. The row stays, for good."""
    invitation = locked(invitation)
    if invitation.revoked_at:
        return
    invitation.revoked_at, invitation.revoked_by = timezone.now(), by
    invitation.save(update_fields=["revoked_at", "revoked_by"])
    outbox.withdraw(
        kinds=MailKind.values, about_id=invitation.pk, why=gettext("taken back before it was sent")
    )
    event = record(Act.INVITATION_REVOKED, item=invitation.item, by=by, invitation=invitation)
    rights_changed(event, whose=people_of(invitation), everybody_asks=True)


@transaction.atomic
def undo_revoke(*, invitation: Invitation, by: User | None, within_seconds: int = 60) -> bool:
    """The harmless undo: the same act taken back within a minute. False when it is too late, or
    the person was erased."""
    invitation = locked(invitation)
    moment = timezone.now()
    too_late = (
        invitation.revoked_at is None
        or not invitation.email
        or (moment - invitation.revoked_at).total_seconds() > within_seconds
        or Invitation.objects.on(invitation.item).live().filter(email=invitation.email).exists()
    )
    if too_late:
        return False
    invitation.revoked_at = invitation.revoked_by = None
    invitation.save(update_fields=["revoked_at", "revoked_by"])
    _changed(invitation, by, undone="revoke")
    return True


def erase_invitation(*, invitation: Invitation, by: User | None) -> None:
    """Taken back; then name, address and note are gone for good, with the mails to the person and
    what they wrote in live sessions by it. Twice is once.

    Two transactions: what removes somebody from a session locks that before the invitation, and so
    does the erasing; taking back locks the invitation first.
    """
    revoke(invitation=invitation, by=by)
    key = str(InvitationProofs.key_of(invitation.pk))
    with transaction.atomic():
        if not Invitation.objects.filter(pk=invitation.pk).exclude(email="").exists():
            return
        whose = Subject(item=invitation.item, keys=frozenset({key}))
        personal_data.erase(whose, moment=timezone.now())
        _changed(invitation, by, erased=True)


@transaction.atomic
def prolong(*, invitation: Invitation, expires_at: datetime | None, by: User | None) -> None:
    """Moves the last day; an expired invitation lives again."""
    invitation = _live(invitation)
    if invitation.expires_at != expires_at:
        invitation.expires_at = expires_at
        invitation.save(update_fields=["expires_at"])
        until = expires_at.isoformat() if expires_at else None
        _changed(invitation, by, expires_at=until)


@transaction.atomic
def correct_address(
    *, invitation: Invitation, email: str, by: Inviter, send_mail: bool = True
) -> None:
    """Mends a mistyped address and sends the invitation there; the old link dies.

    Raises `AlreadyCame`, `AddressTaken` or `AlreadyTakenBack`.
    """
    invitation = _live(invitation)
    email = normal_email(email)
    if email == invitation.email:
        return
    if invitation.accepted_at:
        raise AlreadyCame
    if Invitation.objects.on(invitation.item).live().filter(email=email).exists():
        raise AddressTaken
    # SECURITY: whoever got the link at the wrong address has nothing any more.
    wrong = people_of(invitation)
    _end_proofs(invitation)
    invitation.email, invitation.key_version = email, invitation.key_version + 1
    # SECURITY: an account that once answered at the wrong address is not the person either.
    invitation.account = None
    invitation.opened_at = invitation.declined_at = invitation.last_seen_at = None
    invitation.certainty = ""
    invitation.save(
        update_fields=[
            "email",
            "key_version",
            "account",
            "opened_at",
            "declined_at",
            "last_seen_at",
            "certainty",
        ]
    )
    _changed(invitation, by.account, also=wrong, address_corrected=True)
    if send_mail:
        ask_for_mails(invitations=[invitation], kind=MailKind.INVITE, by=by.account)


@transaction.atomic
def give_new_address(*, invitation: Invitation, end_browsers: bool, by: User | None) -> None:
    """The old link is worthless; on choice also the browsers proven with it."""
    invitation = _live(invitation)
    invitation.key_version += 1
    invitation.save(update_fields=["key_version"])
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
    """Another mail to each that is live; prolongs nothing.

    Those taken back get none, nor those of whom a mail is still on its way: asked for twice at
    once, it goes once.
    """
    rows = list(
        Invitation.objects.live()
        .select_for_update(of=("self",))
        .filter(pk__in=[one.pk for one in invitations])
        .select_related("item")
        .order_by("pk")
    )
    on_their_way = set(
        OutgoingMail.objects.of_kinds(MailKind.values)
        .waiting()
        .filter(about_id__in=[row.pk for row in rows])
        .values_list("about_id", flat=True)
    )
    rows = [row for row in rows if row.pk not in on_their_way]
    for row in rows:
        record(Act.INVITATION_SENT, item=row.item, by=by, invitation=row, kind=kind)
    return ask_for_mails(invitations=rows, kind=kind, by=by)


def _end_proofs(invitation: Invitation) -> None:
    invitation.proofs.filter(ended_at=None).update(ended_at=timezone.now())
    invitation.codes.filter(used_at=None).update(used_at=timezone.now())
