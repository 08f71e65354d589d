"""The demo's invitations. Each gets its state by the services that people use.

Dates and the states of mails are written directly, because nothing is mailed and everything lies in
the past.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from access.accounts.models import User
from access.audit.models import AccessEvent, Act
from access.blocks.models import Block
from access.invitations.models import (
    Certainty,
    Invitation,
    InvitationProof,
    MailKind,
)
from access.invitations.people import Invitee, Inviter
from access.invitations.services import answering, inviting, managing
from access.last_days import end_of_day
from access.mail.models import OutgoingMail
from access.roles import Role
from demo.course import HOUR, MINUTE, Invited, Item
from demo.days import by_day
from media_items.live.sessions.models import Level
from media_items.models import MediaItem

_NO_SUCH_USER = "550 5.1.1 No such user here"
_MAILBOX_FULL = "452 4.2.2 The mailbox is full, try again later"


def add_invitations(item: Item, row: MediaItem, *, people: dict[str, User], now: datetime) -> None:
    """The invitations of `item`, oldest first, also while its window is closed."""
    window, row.available_from = row.available_from, None
    for one in sorted(item.invited, key=lambda one: one.ago, reverse=True):
        _invite(one, row, owner=people[item.owner], account=people.get(one.account), now=now)
    row.available_from = window


def shift_dates(items: QuerySet[MediaItem], shift: timedelta) -> None:
    """Moves the last days of invitations, and the times their mails have told, by `shift`."""
    Invitation.objects.filter(item__in=items).update(expires_at=F("expires_at") + shift)
    OutgoingMail.objects.filter(invitation__item__in=items).update(
        told_starts_at=F("told_starts_at") + shift, told_ends_at=F("told_ends_at") + shift
    )


def _invite(
    one: Invited, row: MediaItem, *, owner: User, account: User | None, now: datetime
) -> None:
    known = account or one
    [made] = inviting.invite(
        item=row,
        people=[Invitee(known.email, known.first_name, known.last_name)],
        role=one.role,
        by=Inviter(roles=[Role.OWNER], account=owner),
        note=one.note,
        send_mail=False,
    )
    when = by_day(now - one.ago)
    _write_mail(one, made, by=owner, when=when, now=now)
    _answer(one, made, account=account, owner=owner)
    _date_back(made, invited_at=when, answered_at=min(when + HOUR, now), now=now)
    if one.expires_in:
        last_day = end_of_day(now, one.expires_in.days)
        Invitation.objects.filter(pk=made.pk).update(expires_at=last_day)


def _write_mail(
    one: Invited, invitation: Invitation, *, by: User, when: datetime, now: datetime
) -> None:
    """The row of the outbox as the task would have left it."""
    if one.state == "made":
        return
    sent_at = when + MINUTE / 2
    mail = OutgoingMail(
        about=invitation,
        kind=MailKind.INVITE,
        address=invitation.email,
        asked_by=by,
        asked_at=when,
        claimed_at=sent_at,
        attempts=1,
    )
    if one.state == "refused":
        mail.refused_at, mail.answer = sent_at, _NO_SUCH_USER
    elif one.state == "failed":
        mail.failed_at, mail.answer, mail.attempts = when + 6 * HOUR, _MAILBOX_FULL, 6
    elif one.state == "waiting":
        mail.claimed_at, mail.answer, mail.attempts = None, _MAILBOX_FULL, 3
        mail.next_try_at = now + 4 * HOUR
    else:
        mail.sent_at = sent_at
        mail.told_starts_at, mail.told_ends_at = invitation.item.starts_at, invitation.item.ends_at
    mail.save()


def _answer(one: Invited, invitation: Invitation, *, account: User | None, owner: User) -> None:
    key = invitation.key_version
    if one.state == "opened":
        answering.mark_opened(invitation=invitation)
    elif one.state == "declined":
        answering.decline(invitation=invitation, key_version=key)
    elif one.state in {"accepted", "taken back"} and account:
        answering.accept_with_account(invitation=invitation, key_version=key, user=account)
    elif one.state in {"accepted", "blocked"}:
        for _device in range(2):
            answering.accept_in_browser(
                invitation=invitation, key_version=key, how=Certainty.CONFIRMED
            )
    if one.state == "taken back":
        managing.revoke(invitation=invitation, by=owner)
    elif one.state == "blocked":
        Block.objects.create(
            item=invitation.item, email=invitation.email, level=Level.HOST, made_by=owner
        )


def _date_back(
    invitation: Invitation, *, invited_at: datetime, answered_at: datetime, now: datetime
) -> None:
    """Dates the invitation, its proofs and its rows in the trail."""
    invitation.refresh_from_db()
    for name in ("opened_at", "accepted_at", "declined_at", "revoked_at"):
        if getattr(invitation, name):
            setattr(invitation, name, answered_at)
    if invitation.accepted_at:
        invitation.last_seen_at = min(answered_at + 3 * HOUR, now)
    if invitation.revoked_at:
        invitation.revoked_at = min(answered_at + 5 * HOUR, now)
    invitation.created_at = invited_at
    invitation.save()
    InvitationProof.objects.filter(invitation=invitation).update(proven_at=answered_at)
    events = AccessEvent.objects.filter(invitation=invitation)
    events.update(at=answered_at)
    events.filter(act=Act.INVITED).update(at=invited_at)
    if invitation.revoked_at:
        events.filter(act=Act.INVITATION_REVOKED).update(at=invitation.revoked_at)
