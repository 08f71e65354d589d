"""What the register says of an invitation and since when: the same rule in Python and as SQL.

The words and their order are `InvitationState`'s; a test proves the two faces equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Exists,
    Expression,
    F,
    Field,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from access.blocks.models import Block
from access.blocks.policies import blocked
from access.invitations.models import Invitation, InvitationState, MailKind
from access.mail.models import OutgoingMail


def state_of(
    invitation: Invitation,
    newest_mail: OutgoingMail | None,
    moment: datetime,
    block: Block | None = None,
) -> tuple[InvitationState, datetime]:
    """The first that is true, and since when. `block`: the newest of the person's."""
    if invitation.revoked_at:
        return InvitationState.REVOKED, invitation.revoked_at
    if block:
        return InvitationState.BLOCKED, block.made_at
    if invitation.expires_at and invitation.expires_at <= moment:
        return InvitationState.EXPIRED, invitation.expires_at
    if invitation.declined_at:
        return InvitationState.DECLINED, invitation.declined_at
    if invitation.accepted_at:
        return InvitationState.ACCEPTED, invitation.accepted_at
    if invitation.opened_at:
        return InvitationState.OPENED, invitation.opened_at
    if newest_mail is None:
        return InvitationState.MADE, invitation.created_at
    return _state_of_mail(newest_mail)


def _state_of_mail(newest_mail: OutgoingMail) -> tuple[InvitationState, datetime]:
    if newest_mail.refused_at:
        return InvitationState.REFUSED, newest_mail.refused_at
    if newest_mail.failed_at:
        return InvitationState.FAILED, newest_mail.failed_at
    if newest_mail.sent_at:
        return InvitationState.SENT, newest_mail.sent_at
    return InvitationState.WAITING, newest_mail.asked_at


def with_state(rows: QuerySet[Invitation], moment: datetime) -> QuerySet[Invitation]:
    """Annotates `state`, to select by."""
    states = {state: Value(state) for state in InvitationState}
    return rows.annotate(state=_by_state(states, moment, CharField()))


def with_states(rows: QuerySet[Invitation], moment: datetime) -> QuerySet[Invitation]:
    """Annotates `state`, `state_at`, `mail_answer` (what the mail server said last), and
    `block_id` (what removes the person from the item)."""
    times: dict[InvitationState, Any] = {
        InvitationState.REVOKED: F("revoked_at"),
        InvitationState.BLOCKED: _of_block("made_at"),
        InvitationState.EXPIRED: F("expires_at"),
        InvitationState.DECLINED: F("declined_at"),
        InvitationState.ACCEPTED: F("accepted_at"),
        InvitationState.OPENED: F("opened_at"),
        InvitationState.REFUSED: F("refused_at"),
        InvitationState.FAILED: F("failed_at"),
        InvitationState.SENT: F("sent_at"),
        InvitationState.WAITING: F("asked_at"),
        InvitationState.MADE: F("created_at"),
    }
    return with_state(rows, moment).annotate(
        state_at=_by_state(times, moment, DateTimeField()),
        mail_answer=Coalesce(_of_newest_mail(F("answer")), Value("")),
        block_id=_of_block("pk"),
    )


def expired_or_not_mailed(moment: datetime) -> Q:
    """True of every invitation that is `EXPIRED`, `REFUSED` or `FAILED`, and of few others.

    No rule, but where to look: 100,000 rows have their state worked out only where this holds. A
    test proves that it leaves none of them out. Never NULL, which would not end an AND.
    """
    return expired(moment) | not_mailed()


def expired(moment: datetime) -> Q:
    return Q(expires_at__isnull=False, expires_at__lte=moment)


def not_mailed() -> Q:
    """Of some mail, whatever the newest says."""
    return Q(pk__in=_not_arrived().values("about_id"))


def run_out(rows: QuerySet[Invitation], moment: datetime) -> QuerySet[Invitation]:
    """Those of `rows`, of which none is taken back, that are `EXPIRED`."""
    return rows.filter(~_is_blocked()).filter(expired(moment))


def undelivered(rows: QuerySet[Invitation], moment: datetime) -> QuerySet[Invitation]:
    """Those of `rows` that are `REFUSED` or `FAILED`, of which the mails say who they may be."""
    may_be = with_state(rows.filter(~expired(moment)).filter(not_mailed()), moment)
    return may_be.filter(Q(state__in=[InvitationState.REFUSED, InvitationState.FAILED]))


def _of_kinds() -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.of_kinds(MailKind.values)


def _not_arrived() -> QuerySet[OutgoingMail]:
    return _of_kinds().filter(Q(refused_at__isnull=False) | Q(failed_at__isnull=False))


def rank_of_state(order: Sequence[InvitationState], moment: datetime) -> Case:
    """To sort by; the state is worked out once per row."""
    ranks = {state: Value(rank) for rank, state in enumerate(order)}
    return _by_state(ranks, moment, IntegerField())


def _by_state(
    values: Mapping[InvitationState, Expression | F], moment: datetime, field: Field[Any, Any]
) -> Case:
    """One value for each state; those of mails are read off the newest mail."""
    of_mail = Case(
        When(refused_at__isnull=False, then=values[InvitationState.REFUSED]),
        When(failed_at__isnull=False, then=values[InvitationState.FAILED]),
        When(sent_at__isnull=False, then=values[InvitationState.SENT]),
        default=values[InvitationState.WAITING],
        output_field=field,
    )
    return Case(
        When(revoked_at__isnull=False, then=values[InvitationState.REVOKED]),
        When(_is_blocked(), then=values[InvitationState.BLOCKED]),
        When(expires_at__lte=moment, then=values[InvitationState.EXPIRED]),
        When(declined_at__isnull=False, then=values[InvitationState.DECLINED]),
        When(accepted_at__isnull=False, then=values[InvitationState.ACCEPTED]),
        When(opened_at__isnull=False, then=values[InvitationState.OPENED]),
        # Last, so that mails are looked up only for rows of which nothing else is true.
        default=Coalesce(_of_newest_mail(of_mail), values[InvitationState.MADE]),
        output_field=field,
    )


def _is_blocked() -> Exists:
    return blocked(item=OuterRef("item"), email=OuterRef("email"), is_typed=False)


def _of_block(field: str) -> Subquery:
    """Of the newest one in force; the address alone decides, as it does at the door."""
    rows = Block.objects.in_force().filter(
        item=OuterRef("item"), email=OuterRef("email"), only_typed=False
    )
    return Subquery(rows.order_by("-made_at", "-pk").values(field)[:1])


def _of_newest_mail(what: Expression | F) -> Subquery:
    newest = _of_kinds().filter(about_id=OuterRef("pk"))
    newest = newest.order_by("-asked_at", "-pk").annotate(wanted=what)
    return Subquery(newest.values("wanted")[:1])
