"""The state of an invitation: the same in Python and in SQL."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from access.invitations.models import Invitation, InvitationState, MailKind
from access.mail.models import OutgoingMail
from access.register.querysets import (
    CAME,
    NOT_YET,
    PROBLEM,
    SHOWN,
    counts_of,
    register_of,
    shown,
)
from access.register.states import expired_or_not_mailed, state_of
from media_items.live.sessions.models import LiveSession
from tests import factories

pytestmark = pytest.mark.django_db

NOW = timezone.now().replace(microsecond=0)
AGO = NOW - timedelta(hours=1)
ANSWERS = {
    "silent": {},
    "opened": {"opened_at": AGO},
    "accepted": {"opened_at": AGO, "accepted_at": AGO + timedelta(minutes=1)},
    "declined": {"opened_at": AGO, "declined_at": AGO + timedelta(minutes=2)},
}
ENDS = {
    "never": {},
    "later": {"expires_at": NOW + timedelta(seconds=1)},
    "this very moment": {"expires_at": NOW},
    "before": {"expires_at": AGO},
}
REVOKED = {"live": {}, "taken back": {"revoked_at": AGO}}
MAILS = {
    "no mail": [],
    "waiting": [{}],
    "sent": [{"sent_at": AGO}],
    "refused": [{"refused_at": AGO}],
    "failed": [{"failed_at": AGO}],
    "refused, then sent": [{"refused_at": AGO}, {"sent_at": NOW}],
    "sent, then failed": [{"sent_at": AGO}, {"failed_at": NOW}],
}


def invitation_with(item, mails, **fields) -> tuple[Invitation, OutgoingMail | None]:
    invitation = factories.InvitationFactory(item=item, created_at=AGO, **fields)
    rows = [
        OutgoingMail.objects.create(
            about=invitation,
            kind=MailKind.INVITE,
            address=invitation.email,
            asked_at=AGO + timedelta(minutes=number),
            **mail,
        )
        for number, mail in enumerate(mails)
    ]
    return invitation, rows[-1] if rows else None


# Whether the person is removed: not, let back in, typed by somebody else, for good, twice.
BLOCKED = {
    "not removed": [],
    "let back in": [{"lifted_at": AGO}],
    "typed by a guest only": [{"only_typed": True}],
    "blocked": [{"made_at": AGO}],
}


CASES = [
    *itertools.product(ANSWERS, ENDS, REVOKED, MAILS, ["not removed"]),
    *itertools.product(ANSWERS, ENDS, REVOKED, ["no mail", "sent"], BLOCKED),
]


def test_sql_and_python_say_the_same_of_every_invitation(item):
    expected, case_of = {}, {}
    for answer, ends, revoked, mails, remove in CASES:
        fields = {**ANSWERS[answer], **ENDS[ends], **REVOKED[revoked]}
        invitation, newest = invitation_with(item, MAILS[mails], **fields)
        made = [
            factories.BlockFactory(item=item, email=invitation.email, **one)
            for one in BLOCKED[remove]
        ]
        block = made[-1] if remove == "blocked" else None
        state, at = state_of(invitation, newest, NOW, block)
        expected[invitation.pk] = (state, at, block.pk if block else None)
        case_of[invitation.pk] = (answer, ends, revoked, mails, remove)
    found = {
        row.pk: (InvitationState(row.state), row.state_at, row.block_id)
        for row in register_of(item, NOW)
    }
    assert found.keys() == expected.keys()
    wrong = {case_of[pk]: (found[pk], expected[pk]) for pk in found if found[pk] != expected[pk]}
    assert wrong == {}


def test_where_problems_are_looked_for_leaves_none_of_them_out(item):
    for answer, ends, revoked, mails, remove in CASES:
        fields = {**ANSWERS[answer], **ENDS[ends], **REVOKED[revoked]}
        invitation, _newest = invitation_with(item, MAILS[mails], **fields)
        for one in BLOCKED[remove]:
            factories.BlockFactory(item=item, email=invitation.email, **one)
    rows = register_of(item, NOW)
    problems = rows.filter(PROBLEM)
    assert set(problems) == set(rows.filter(shown("problems", NOW)))
    assert problems.count() == counts_of(item, NOW)["problems"] > 0
    looked_for = [InvitationState.REFUSED, InvitationState.FAILED, InvitationState.EXPIRED]
    there = rows.filter(expired_or_not_mailed(NOW))
    assert set(rows.filter(state__in=looked_for)) <= set(there)
    assert set(rows) - set(there) == set(rows.exclude(expired_or_not_mailed(NOW)))


def test_the_newest_of_two_blocks_says_since_when(item):
    invitation, _none = invitation_with(item, [])
    session = LiveSession.objects.create(item=item)
    factories.BlockFactory(item=item, email=invitation.email, made_at=AGO)
    newest = factories.BlockFactory(item=item, email=invitation.email, session=session, made_at=NOW)
    row = register_of(item, NOW).get()
    assert (row.state, row.state_at) == (InvitationState.BLOCKED, NOW)
    assert row.block_id == newest.pk
    session.ended_at, session.end_reason = NOW, "by_host"
    session.save()
    assert register_of(item, NOW).get().state_at == AGO


def test_every_state_is_reached_by_that_proof(item):
    reached = {
        state_of(*invitation_with(item, MAILS[mails], **fields), NOW)[0]
        for mails in MAILS
        for fields in (*ANSWERS.values(), ENDS["before"], REVOKED["taken back"])
    }
    assert reached | {InvitationState.BLOCKED} == set(InvitationState)


def test_problems_are_those_who_would_come_but_cannot(item):
    def counted(mails, **fields):
        Invitation.objects.all().delete()
        invitation_with(item, mails, **fields)
        rows = register_of(item, NOW)
        return [rows.filter(which).count() for which in (CAME, NOT_YET, PROBLEM)]

    assert counted(MAILS["refused"]) == [0, 1, 1]
    assert counted(MAILS["failed"]) == [0, 1, 1]
    assert counted(MAILS["sent"], expires_at=AGO) == [0, 1, 1]
    assert counted(MAILS["sent"]) == [0, 1, 0]
    assert counted(MAILS["refused"], **ANSWERS["opened"]) == [0, 1, 0]
    assert counted(MAILS["sent"], **ANSWERS["accepted"], expires_at=AGO) == [1, 0, 0]
    assert counted(MAILS["sent"], **ANSWERS["declined"], expires_at=AGO) == [0, 0, 0]
    assert counted(MAILS["refused"], **REVOKED["taken back"]) == [0, 0, 0]


def test_the_four_counts_leave_out_whoever_was_taken_back_and_other_items(item):
    factories.InvitationFactory(item=item, accepted=True)
    factories.InvitationFactory(item=item, declined=True)
    factories.InvitationFactory(item=item, revoked=True)
    factories.InvitationFactory()
    invitation_with(item, MAILS["refused"])
    counts = counts_of(item, timezone.now())
    assert counts == {"": 3, "came": 1, "not-yet": 1, "problems": 1}
    assert set(counts) == set(SHOWN)
