"""Many people at the door at once, on PostgreSQL with real threads and real connections."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection

from media_items.abilities import Ability
from media_items.live.sessions import admitting, entering, services
from media_items.live.sessions.models import LiveSession, Participant, Stay
from media_items.visitors import Certainty, Identity, IdentityKind
from tests.races import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("keys_made_up"),
]

TAKES_PART = frozenset({Ability.VIEW, Ability.WALK_IN})
WAITS = frozenset({Ability.VIEW})


def enterer(item, n, abilities=TAKES_PART):
    identity = Identity(
        key=f"guest:{n}",
        kind=IdentityKind.GUEST,
        name=f"Guest {n}",
        email=f"guest{n}@example.org",
        certainty=Certainty.TYPED,
    )
    return lambda: entering.enter(item=item, identity=identity, abilities=abilities)


def test_the_races_run_on_postgresql():
    assert connection.vendor == "postgresql"


def test_twenty_first_comers_at_once_make_one_session(room):
    results = at_once([enterer(room, n) for n in range(20)])
    assert all(isinstance(result, Participant) for result in results), results
    assert LiveSession.objects.count() == 1
    assert Stay.objects.filter(left_at=None).count() == 20


def test_one_person_in_ten_windows_is_one_participant_with_one_stay(room):
    results = at_once([enterer(room, 1) for _n in range(10)])
    assert all(isinstance(result, Participant) for result in results), results
    assert Participant.objects.count() == Stay.objects.count() == 1


def test_two_hosts_who_open_at_once_open_one_session(room):
    results = at_once([lambda: services.open_session(item=room)] * 8)
    assert {result.pk for result in results} == {LiveSession.objects.get().pk}


def test_nobody_is_left_inside_a_session_that_ends_while_they_come(room):
    for _round in range(5):
        session = services.open_session(item=room)
        jobs = [enterer(room, n) for n in range(10)]
        at_once([*jobs, partial(services.end_session, session=session)])
        session.refresh_from_db()
        assert session.ended_at
        assert not Stay.objects.filter(participant__session=session, left_at=None).exists()
        if again := services.session_of(room):
            services.end_session(session=again)


def test_two_moderators_who_admit_one_person_at_once_admit_them_once(room):
    session = services.open_session(item=room)
    hosts = [enterer(room, n)() for n in (1, 2)]
    for n in range(10, 20):
        guest = enterer(room, n, WAITS)()
        results = at_once(
            [
                partial(admitting.admit, session=session, participant_id=guest.pk, by=by)
                for by in hosts
            ]
        )
        assert sorted(results) == [False, True]
        guest.refresh_from_db()
        assert guest.is_inside
        assert guest.admitted_by == hosts[results.index(True)]


def test_admitting_and_declining_at_once_leave_one_answer(room):
    session = services.open_session(item=room)
    host = enterer(room, 1)()
    for n in range(10, 20):
        guest = enterer(room, n, WAITS)()
        admit, _decline = at_once(
            [
                partial(admitting.admit, session=session, participant_id=guest.pk, by=host),
                partial(admitting.decline, session=session, participant_id=guest.pk),
            ]
        )
        guest.refresh_from_db()
        assert admit is True
        assert guest.is_inside
        assert guest.declined_at is None


def test_two_moderators_who_admit_all_at_once_count_each_person_once(room):
    session = services.open_session(item=room)
    hosts = [enterer(room, n)() for n in (1, 2)]
    for n in range(10, 30):
        enterer(room, n, WAITS)()
    counts = at_once([partial(admitting.admit_all, session=session, by=by) for by in hosts])
    assert sum(counts) == 20
    assert not Participant.objects.waiting().exists()


def test_locking_while_people_come_leaves_nobody_half_way(room):
    session = services.open_session(item=room)
    results = at_once(
        [*(enterer(room, n) for n in range(12)), lambda: services.lock_session(session=session)]
    )
    people = [result for result in results if isinstance(result, Participant)]
    assert len(people) == 12
    assert all(person.is_inside != person.is_waiting for person in people)
