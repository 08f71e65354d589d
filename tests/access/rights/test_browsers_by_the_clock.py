"""What one browser can show ends by the clock; another browser of the same person goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.invitations.models import InvitationProof
from access.rights.clock import apply_what_has_ended
from media_items.live.sessions.models import Participant, Stay
from tests import factories
from tests.conftest import client_with_admissions
from tests.live_factories import SeatFactory

pytestmark = pytest.mark.django_db

SOON = timedelta(minutes=1)


def inside(it):
    """Their row and their seat on the stage."""
    row = Participant.objects.get(pk=it.person.row.pk)
    Stay.objects.filter(participant=row, left_at=None).update(came_at=timezone.now())
    return row, SeatFactory(participant=row, session=row.session)


def is_there(row):
    return Stay.objects.filter(participant=row, left_at=None).exists()


def end_proofs(at):
    InvitationProof.objects.update(expires_at=at)


def end_http_sessions(at):
    Session.objects.update(expire_date=at)


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        ("invitee", end_proofs),
        ("guest", end_http_sessions),
        ("co_editor", end_http_sessions),
        ("invited_account", end_http_sessions),
    ],
)
def test_they_are_off_the_stage_and_out_at_that_moment_and_not_before(people, announced, kind, end):
    it = people(kind)
    row, seat = inside(it)
    end(timezone.now() + SOON)
    assert announced(lambda: apply_what_has_ended(timezone.now())) == []
    assert is_there(row)
    heard = announced(lambda: apply_what_has_ended(timezone.now() + SOON * 2))
    seat.refresh_from_db()
    assert seat.left_at
    assert not is_there(row)
    assert {"rights", "participants"} <= {kind for kind, _to in heard}


def test_whoever_has_come_by_another_browser_since_stays(people, announced):
    it = people("co_editor")
    row, _seat = inside(it)
    end_http_sessions(timezone.now() + SOON)
    later = timezone.now() + SOON * 2
    announced(lambda: apply_what_has_ended(later))
    Stay.objects.create(participant=row, came_at=later)
    assert announced(lambda: apply_what_has_ended(later + timedelta(seconds=3))) == []
    assert is_there(row)
    row.refresh_from_db()
    assert not row.is_out


def test_an_invitation_proven_in_two_browsers_is_good_while_one_of_them_is(people, announced):
    it = people("invitee")
    row, _seat = inside(it)
    end_proofs(timezone.now() + SOON)
    factories.InvitationProofFactory(invitation=it.invitation)
    announced(lambda: apply_what_has_ended(timezone.now() + SOON * 2))
    row.refresh_from_db()
    assert not is_there(row)  # until the other browser beats
    assert not row.is_out


def test_browsers_of_people_who_are_nowhere_inside_cost_nothing_each(
    people, django_assert_num_queries
):
    """Sixty days after a lecture the browsers of all who were there end in the same minutes."""
    people("co_editor")

    def look():
        apply_what_has_ended(timezone.now() + SOON * 2)

    end_http_sessions(timezone.now() + SOON * 9)
    with CaptureQueriesContext(connection) as asked:
        look()
    for admission in factories.GuestAdmissionFactory.create_batch(20):
        client_with_admissions(admission)
    Session.objects.filter(expire_date__gt=timezone.now() + SOON * 10).update(
        expire_date=timezone.now() + SOON
    )
    with django_assert_num_queries(len(asked) + 2):  # in sessions, and at quizzes
        look()
