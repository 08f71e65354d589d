"""Two at once at one invitation, on PostgreSQL with real threads and real connections."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from access import mailed_codes
from access.audit.models import AccessEvent, Act
from access.blocks import services as blocks
from access.blocks.services import Actor
from access.invitations.models import (
    Certainty,
    Invitation,
    InvitationCode,
    InvitationProof,
    InvitationRole,
)
from access.invitations.people import Inviter
from access.invitations.refusals import Reason, Refused
from access.invitations.services import answering, codes, managing
from access.roles import Role
from media_items.catalogue.models import Kind
from media_items.live.sessions.models import Level
from media_items.live.sessions.services import open_session
from tests import factories
from tests.access.invitations.door_acts import (
    ask_for_code,
    mailed_digits,
    other_than,
    press,
    type_code,
)
from tests.live_factories import ParticipantFactory
from tests.races import at_once

HOST = Actor(Level.HOST)
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def invited(item):
    return factories.InvitationFactory(item=item, email="grace@example.org")


@pytest.fixture
def host(item):
    return Inviter(roles={Role.OWNER}, account=item.owner)


def accept(invitation):
    return lambda: answering.accept_in_browser(
        invitation=invitation, key_version=1, how=Certainty.CONFIRMED
    )


def unexpected(results):
    return [one for one in results if isinstance(one, Exception) and not isinstance(one, Refused)]


def test_the_races_run_on_postgresql():
    assert connection.vendor == "postgresql"


@pytest.mark.parametrize("how", ["revoke", "new_address", "correct"])
def test_nobody_slips_in_while_the_host_takes_it_back(item, host, how):
    acts = {
        "revoke": lambda one: managing.revoke(invitation=one, by=None),
        "new_address": lambda one: managing.give_new_address(
            invitation=one, end_browsers=True, by=None
        ),
        "correct": lambda one: managing.correct_address(
            invitation=one, email=f"right{one.pk}@example.org", by=host, send_mail=False
        ),
    }
    for _round in range(5):
        invitation = factories.InvitationFactory(item=item)
        jobs = [accept(invitation) for _n in range(8)]
        jobs.insert(4, lambda invitation=invitation: acts[how](invitation))
        results = at_once(jobs)
        # Whoever has come with an address keeps it: then the correction is what is refused.
        came_first = [one for one in results if isinstance(one, managing.AlreadyCame)]
        assert unexpected(results) == came_first
        inside = InvitationProof.objects.in_force(timezone.now()).filter(invitation=invitation)
        if came_first:
            assert Invitation.objects.get(pk=invitation.pk).email == invitation.email
        else:
            assert not inside.exists(), "somebody is inside after it was taken back"


def test_accepting_and_declining_at_once_leaves_one_answer(item):
    for _round in range(5):
        invitation = factories.InvitationFactory(item=item)
        results = at_once(
            [
                accept(invitation),
                lambda invitation=invitation: answering.decline(
                    invitation=invitation, key_version=1
                ),
            ]
        )
        found = Invitation.objects.get(pk=invitation.pk)
        # The link alone never undoes an acceptance, whichever came first.
        assert found.accepted_at
        assert found.declined_at is None
        assert all(isinstance(one, answering.AcceptedAlready) for one in unexpected(results))


def test_two_devices_at_once_are_both_in_and_it_is_accepted_once(invited):
    results = at_once([accept(invited) for _n in range(10)])
    assert unexpected(results) == []
    assert InvitationProof.objects.in_force(timezone.now()).count() == 10
    assert AccessEvent.objects.filter(act=Act.INVITATION_ACCEPTED).count() == 1


def test_two_hosts_changing_one_role_at_once_leave_a_trail_that_tells_the_end(invited, host):
    wanted = [InvitationRole.COLLABORATOR, InvitationRole.VIEWER] * 5
    results = at_once(
        [
            lambda role=role: managing.change_role(invitation=invited, role=role, by=host)
            for role in wanted
        ]
    )
    assert unexpected(results) == []
    changes = list(
        AccessEvent.objects.filter(act=Act.INVITATION_CHANGED)
        .order_by("pk")
        .values_list("details", flat=True)
    )
    role = InvitationRole.VIEWER
    for change in changes:
        assert change["before"] == role, "a change was made of a role that was not there any more"
        role = change["role"]
    invited.refresh_from_db()
    assert invited.role == role


def test_a_role_is_not_changed_on_an_invitation_taken_back_meanwhile(item, host):
    for _round in range(5):
        invitation = factories.InvitationFactory(item=item)
        at_once(
            [
                lambda one=invitation: managing.revoke(invitation=one, by=None),
                lambda one=invitation: managing.change_role(
                    invitation=one, role=InvitationRole.COLLABORATOR, by=host
                ),
            ]
        )
        assert Invitation.objects.get(pk=invitation.pk).revoked_at
        trail = AccessEvent.objects.filter(invitation=invitation).order_by("pk")
        assert trail.last().act == Act.INVITATION_REVOKED


def test_forty_guesses_at_once_are_no_more_than_five_comparisons(invited, monkeypatch):
    code = ask_for_code(invited)
    digits = codes.make_digits(code)
    compared = []
    compare = mailed_codes.hmac.compare_digest
    monkeypatch.setattr(
        mailed_codes.hmac, "compare_digest", lambda *both: compared.append(1) or compare(*both)
    )
    results = at_once(
        [
            lambda step=step: codes.check_code(
                code_id=code.pk, invitation=invited, digits=other_than(digits, step)
            )
            for step in range(1, 41)
        ]
    )
    assert all(isinstance(one, codes.WrongCode) for one in results), results
    assert len(compared) == codes.TRIES
    assert InvitationCode.objects.get().tries_left == 0


def test_the_right_code_from_ten_requests_at_once_lets_in_one(invited):
    code = ask_for_code(invited)
    digits = codes.make_digits(code)
    results = at_once(
        [
            lambda: codes.check_code(code_id=code.pk, invitation=invited, digits=digits)
            for _n in range(10)
        ]
    )
    assert sum(one is None for one in results) == 1


def test_guesses_through_the_page_at_once_stay_within_the_budget(invited, item):
    browser = Client()
    press(browser, invited)
    digits = mailed_digits(invited)

    def guess(step):
        def job():
            twin = Client()
            twin.cookies = browser.cookies.copy()
            return type_code(twin, invited, other_than(digits, step)).status_code

        return job

    results = at_once([guess(step) for step in range(1, 21)])
    assert set(results) == {422}, results
    assert InvitationCode.objects.get().tries_left == 0
    assert type_code(browser, invited, digits).status_code == 422
    assert browser.get(item.get_absolute_url()).status_code == 404


def test_accepting_while_it_is_taken_back_is_refused_with_its_reason(item):
    for _round in range(5):
        invitation = factories.InvitationFactory(item=item)
        results = at_once(
            [accept(invitation), lambda one=invitation: managing.revoke(invitation=one, by=None)]
        )
        refused = [one for one in results if isinstance(one, Refused)]
        assert {one.reason for one in refused} <= {Reason.REVOKED}
        assert unexpected(results) == []


# --- erasing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("attempt", range(3))
def test_erasing_in_the_admin_and_removing_from_the_session_do_not_wait_for_each_other(
    client_of, attempt
):
    """The administration does all it is asked for on one page in one transaction."""
    admin = client_of(factories.UserFactory(is_staff=True, is_superuser=True))
    room = factories.MediaItemFactory(kind=Kind.ROOM)
    invitation = factories.InvitationFactory(item=room, accepted=True)
    row = ParticipantFactory(
        session=open_session(item=room),
        key=f"invitation:{invitation.pk}",
        inside=True,
        email=invitation.email,
    )

    def erase():
        return admin.post(
            f"/admin/invitations/invitation/{invitation.pk}/change/",
            {
                "CHANGE_FORM-action": "erase",
                "_selected_action": [invitation.pk],
                "confirmed": "yes",
            },
        ).status_code

    results = at_once([erase, lambda: blocks.remove(participant=row, by=HOST, lasting=True)])
    assert results == [302, None]
    invitation.refresh_from_db()
    row.refresh_from_db()
    assert (invitation.email, row.name) == ("", "")
    assert not row.is_inside


def test_undoing_never_comes_between_taking_back_and_erasing(invited):
    answering.accept_in_browser(invitation=invited, key_version=1, how=Certainty.CONFIRMED)
    at_once(
        [
            lambda: managing.erase_invitation(invitation=invited, by=None),
            lambda: managing.undo_revoke(invitation=invited, by=None),
        ]
    )
    invited.refresh_from_db()
    assert invited.email == ""
    assert invited.revoked_at is not None
