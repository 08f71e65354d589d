"""Removing people while they come, on PostgreSQL with real threads and real connections."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.audit.models import AccessEvent
from access.blocks import services
from access.blocks.models import Block
from access.blocks.services import Actor, NotAbove
from access.guests.models import Guest, GuestLink
from access.guests.services import guests, joining, links
from access.links import guest_link_token
from media_items.catalogue.models import Kind
from media_items.live.sessions.entering import person_digest
from media_items.live.sessions.models import Level, LiveSession, Participant, Stay
from media_items.live.sessions.services import end_session, open_session
from media_items.refusals import Refusal
from tests import factories
from tests.access.blocks.conftest import ADA, enter, is_inside
from tests.conftest import client_with_admissions
from tests.races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.JOIN_RATE_PER_LINK = settings.JOIN_RATE_PER_NETWORK = "10000/h"
    settings.JOIN_RATE_PER_ADDRESS = "10000/h"


@pytest.fixture
def room(db):
    return factories.MediaItemFactory(kind=Kind.ROOM)


@pytest.fixture
def session(room):
    return open_session(item=room)


@pytest.fixture
def link(room):
    return factories.GuestLinkFactory(item=room, access_on=True)


def come(room, link, email=ADA) -> Client:
    browser = Client()
    browser.post(f"/g/{guest_link_token(link)}/", {"name": "Ada", "email": email})
    enter(browser, room)
    return browser


def row_of(session, email=ADA) -> Participant:
    return session.participants.filter(person=person_digest(email)).order_by("pk").first()


def errors_of(results):
    return [one for one in results if isinstance(one, Exception)]


def test_these_run_on_postgresql():
    assert connection.vendor == "postgresql"


@pytest.mark.parametrize("lasting", [False, True])
def test_whoever_comes_back_while_being_removed_is_out(room, session, link, lasting):
    for number in range(4):
        email = f"ada{number}@example.org"
        browsers = [come(room, link, email)]
        row = row_of(session, email)

        def rejoin(email=email, browsers=browsers):
            browsers.append(come(room, link, email))

        def reenter(browser=browsers[0]):
            enter(browser, room)

        def remove(row=row):
            services.remove(participant=row, by=Actor(Level.HOST), lasting=lasting)

        results = at_once([rejoin, reenter, rejoin, remove, reenter, rejoin])
        assert not errors_of(results)
        person = session.participants.filter(person=person_digest(email))
        assert not person.inside().exists(), "somebody is inside after being removed"
        assert not Stay.objects.filter(participant__in=person, left_at=None).exists()
        assert not any(is_inside(browser, room) for browser in browsers)
        for browser in browsers:
            assert browser.get(room.get_absolute_url()).status_code in {403, 404}


def test_two_moderators_removed_the_same_person_at_once_and_it_is_once(room, session, link):
    for number in range(5):
        email = f"ada{number}@example.org"
        come(room, link, email)
        row = row_of(session, email)
        acts = [
            lambda row=row: services.remove(
                participant=row, by=Actor(Level.MODERATOR), lasting=False
            )
        ]
        assert not errors_of(at_once(acts * 4))
        assert Block.objects.filter(email=email).count() == 1
        assert AccessEvent.objects.filter(participant=row).count() == 1


def test_one_removes_and_one_blocks_at_once_and_both_hold(room, session, link):
    come(room, link)
    row = row_of(session)
    acts = [
        lambda lasting=lasting: services.remove(
            participant=row, by=Actor(Level.HOST), lasting=lasting
        )
        for lasting in (True, False, True, False)
    ]
    assert not errors_of(at_once(acts))
    assert Block.objects.in_force().count() == 2


def test_let_back_while_being_removed_is_one_or_the_other_and_never_half(room, session, link):
    for number in range(6):
        email = f"ada{number}@example.org"
        browser = come(room, link, email)
        row = row_of(session, email)
        services.remove(participant=row, by=Actor(Level.HOST), lasting=True)
        block = Block.objects.get(email=email)
        results = at_once(
            [
                lambda row=row: services.remove(
                    participant=row, by=Actor(Level.HOST), lasting=False
                ),
                lambda one=block: services.unblock(block=one, by=Actor(Level.HOST)),
                lambda browser=browser: enter(browser, room),
            ]
        )
        assert not errors_of(results)
        row.refresh_from_db()
        is_out = Block.objects.in_force().filter(email=email).exists()
        assert (row.removed_at is not None) == is_out
        enter(browser, room)
        assert is_inside(browser, room) != is_out


def test_two_who_put_each_other_out_at_once_do_not_both_succeed(room, session):
    """The later one has been removed by then; and nobody waits for the other for ever."""
    for number in range(4):
        rows = [
            Participant.objects.create(
                session=session,
                key=f"guest:{factories.GuestAdmissionFactory(guest__link__item=room).pk}",
                admitted_at=session.opened_at,
                level=Level.SPEAKER,
                person=f"{number}-{which}",
            )
            for which in range(2)
        ]
        acts = [
            lambda of=of, by=by: services.remove(
                participant=of, by=Actor(Level.HOST, None, by), lasting=False
            )
            for of, by in (rows, reversed(rows))
        ]
        errors = errors_of(at_once(acts))
        assert [type(one) for one in errors] == [NotAbove]


def test_blocked_while_it_ends_is_blocked(room, session, link):
    browser = come(room, link)
    row = row_of(session)
    results = at_once(
        [
            lambda: end_session(session=session),
            lambda: services.remove(participant=row, by=Actor(Level.HOST), lasting=True),
        ]
    )
    assert not errors_of(results)
    open_session(item=room)
    enter(browser, room)
    assert not is_inside(browser, room)


def test_a_guest_removed_and_ended_by_the_door_at_once_stays_out(room, session, link):
    """The dialog of the links and the session's own act lock different rows in one order."""
    admission = factories.GuestAdmissionFactory(guest__link=link, guest__email=ADA)
    browser = client_with_admissions(admission)
    enter(browser, room)
    row = row_of(session)
    results = at_once(
        [
            lambda: links.end_inside(link=link, by=None),
            lambda: services.remove(participant=row, by=Actor(Level.HOST), lasting=True),
            lambda: come(room, link),
        ]
    )
    assert not errors_of(results)
    assert not is_inside(browser, room)
    assert not session.participants.inside().exists()


def test_a_place_is_freed_once_and_taken_again_once_whoever_comes_meanwhile(room, session):
    link = factories.GuestLinkFactory(item=room, access_on=True, places=2)
    other = factories.GuestLinkFactory(item=room, access_on=True, places=2)
    for number in range(4):
        email = f"ada{number}@example.org"
        come(room, link, email)
        row = row_of(session, email)
        guest = Guest.objects.get(email=email, link=link)
        results = at_once(
            [
                lambda row=row: services.remove(
                    participant=row, by=Actor(Level.HOST), lasting=True
                ),
                lambda row=row: services.remove(
                    participant=row, by=Actor(Level.HOST), lasting=True
                ),
                lambda guest=guest: guests.block_guest(guest=guest, by=None),
                lambda email=email: come(room, other, email),
            ]
        )
        assert not errors_of(results)
        assert places_hold(link, other), "a place was counted twice or lost"
        assert not Guest.objects.filter(email=email, removed_at=None).exists()
        made = Block.objects.get(email=email)
        results = at_once(
            [
                lambda made=made: services.unblock(block=made, by=Actor(Level.HOST)),
                lambda guest=guest: guests.readmit_guest(guest=guest, by=None),
                lambda row=row: services.remove(
                    participant=row, by=Actor(Level.HOST), lasting=True
                ),
                lambda: joining.join(link=link, key_version=1, name="Bob", email="bob@a.org"),
            ]
        )
        assert not [one for one in errors_of(results) if not isinstance(one, Refusal)]
        assert places_hold(link, other)
        for left in Guest.objects.filter(removed_at=None):
            guests.remove_guest(guest=left, by=None)
        Block.objects.all().delete()
        Guest.objects.all().delete()


def block(row):
    services.remove(participant=row, by=Actor(Level.HOST), lasting=True)


def places_hold(*made) -> bool:
    """Each link counts the guests that it has, and no others."""
    for link in made:
        link.refresh_from_db()
    return all(link.places_taken == link.guests.filter(removed_at=None).count() for link in made)


def test_links_are_locked_before_sessions_by_whoever_blocks_or_lets_back(room, session, link):
    come(room, link)
    acts = [
        lambda: services.remove(participant=row_of(session), by=Actor(Level.HOST), lasting=True),
        lambda: services.unblock(block=Block.objects.get(), by=Actor(Level.HOST)),
        lambda: guests.block_guest(guest=Guest.objects.get(), by=None),
        lambda: guests.readmit_guest(guest=Guest.objects.get(), by=None),
    ]
    for act in acts:
        with CaptureQueriesContext(connection) as asked:
            act()
        locking = (one["sql"].partition(" FROM ")[2] for one in asked if " FOR " in one["sql"])
        tables = [sql.split()[0].strip('"') for sql in locking if sql]
        assert tables.index(GuestLink._meta.db_table) < tables.index(LiveSession._meta.db_table)
