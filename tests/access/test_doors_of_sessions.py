"""The doors of a live event or a room lead to its entrance, which lets in whoever pressed there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from access.guests.models import Guest
from access.links import (
    guest_link_address,
    guest_link_token,
    invitation_address,
    invitation_token,
)
from media_items.catalogue.models import Kind
from media_items.live.sessions import services
from media_items.live.sessions.models import LiveSession, Participant
from tests import factories
from tests.conftest import client_with_proofs
from tests.reading import text_of, text_of_page

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
ENTERED = "chat/"


def at(minutes):
    return time_machine.travel(START + timedelta(minutes=minutes), tick=False)


@pytest.fixture(params=[Kind.ROOM, Kind.LIVE_EVENT])
def lecture(request, owner):
    return factories.MediaItemFactory(
        owner=owner, kind=request.param, title="Open lecture", starts_at=START
    )


def url(item, end=""):
    return f"/media/{item.public_id}/session/{end}"


def press_join(lecture, **link):
    """A guest's browser, and where it is after the one press of *Join the session*."""
    browser = Client()
    made = factories.GuestLinkFactory(item=lecture, access_on=True, **link)
    address = reverse("access:join", args=[guest_link_token(made)])
    answer = browser.post(address, {"name": "Ada", "email": "ada@example.org"}, follow=True)
    return browser, answer.redirect_chain[-1][0]


def accept_by_account(lecture, client_of):
    invitation = factories.InvitationFactory(item=lecture, email="grace@example.org")
    browser = client_of(factories.UserFactory(email="grace@example.org", email_verified_at=START))
    address = reverse("access:accept_invitation", args=[invitation_token(invitation)])
    answer = browser.post(address, follow=True)
    return browser, answer.redirect_chain[-1][0]


def test_a_guest_who_pressed_join_once_is_in_a_live_session(lecture):
    with at(5):
        services.open_session(item=lecture)
        _browser, where = press_join(lecture)
    assert where == url(lecture, ENTERED)
    assert Participant.objects.here().count() == 1


def test_a_guest_is_in_the_lobby_while_it_is_open(lecture):
    with at(-5):
        _browser, where = press_join(lecture)
    assert where == url(lecture, ENTERED)


def test_an_invitee_who_accepted_is_in(lecture, client_of):
    with at(5):
        services.open_session(item=lecture)
        _browser, where = accept_by_account(lecture, client_of)
    assert where == url(lecture, ENTERED)


def test_who_came_before_the_lobby_is_let_in_by_the_next_look_of_the_page(lecture, client_of):
    """With script the page looks every ten seconds; without, it loads itself."""
    with at(-60):
        browsers = [press_join(lecture)[0], accept_by_account(lecture, client_of)[0]]
        for browser in browsers:
            page = browser.get(url(lecture)).text
            assert "be let in automatically when it opens" in page
            assert '<meta http-equiv="refresh"' in page
            assert "Wait until it opens" not in page
        assert not LiveSession.objects.exists()
    with at(-10):
        for browser in browsers:
            assert browser.get(url(lecture, "top/?entrance=scheduled"))["HX-Refresh"] == "true"
            answer = browser.get(url(lecture), follow=True)
            assert answer.redirect_chain[-1][0] == url(lecture, ENTERED)
    assert Participant.objects.inside().count() == 2


def test_who_came_before_the_lobby_is_in_when_the_host_opens_early(lecture):
    with at(-60):
        browser, where = press_join(lecture)
        assert where == url(lecture)
        services.open_session(item=lecture)
        answer = browser.get(url(lecture), follow=True)
    assert answer.redirect_chain[-1][0] == url(lecture, ENTERED)


def test_who_found_the_entrance_too_early_may_ask_without_script(lecture, client_of):
    with at(-60):
        factories.InvitationFactory(item=lecture, email="grace@example.org", accepted=True)
        browser = client_of(
            factories.UserFactory(email="grace@example.org", email_verified_at=START)
        )
        for page in (lecture.get_absolute_url(), url(lecture)):
            assert "Wait until it opens" in browser.get(page).text
        browser.post(url(lecture, "enter/"))
        assert "Wait until it opens" not in browser.get(url(lecture)).text
    with at(-10):
        answer = browser.get(url(lecture), follow=True)
    assert answer.redirect_chain[-1][0] == url(lecture, ENTERED)


def test_nobody_is_let_in_who_has_only_looked(lecture, client_of):
    with at(-60):
        press_join(lecture)
        services.open_session(item=lecture)
        passer_by = client_of(lecture.owner)
        passer_by.get(url(lecture))
    assert not Participant.objects.exists()


def test_one_press_is_for_one_session(lecture):
    """Whoever was in one is not led into the next by it."""
    with at(5):
        session = services.open_session(item=lecture)
        browser, _where = press_join(lecture)
        services.end_session(session=session)
        services.open_session(item=lecture)
        page = browser.get(url(lecture))
        assert page.status_code == 200
        assert "Join the session" in page.text
    assert not Participant.objects.here().exists()


def test_with_a_waiting_room_one_press_leads_to_the_door(lecture):
    with at(5):
        services.open_session(item=lecture)
        browser, where = press_join(lecture, waiting_room=True)
        assert where == url(lecture)
        assert "Waiting for the host to let you in" in browser.get(url(lecture)).text


def test_the_item_s_own_page_looks_again_when_things_have_changed(lecture, client_of):
    with at(-60):
        browser, _where = press_join(lecture)
        address = url(lecture, "top/?doorway=scheduled")
        assert "top/?doorway=scheduled" in browser.get(lecture.get_absolute_url()).text
        assert "HX-Refresh" not in browser.get(address)
        services.open_session(item=lecture)
        assert browser.get(address)["HX-Refresh"] == "true"
        # Somebody who is inside in another tab reads the item's page in peace.
        browser.get(url(lecture))
        assert "HX-Refresh" not in browser.get(url(lecture, "top/?doorway=live"))


def test_other_kinds_lead_to_the_item(owner):
    video = factories.MediaItemFactory(owner=owner, kind=Kind.VIDEO)
    _browser, where = press_join(video)
    assert where == video.get_absolute_url()


@pytest.mark.parametrize(
    ("session", "said"),
    [
        (None, "Not open yet"),
        ({}, "Not open yet"),
        ({"opened_at": START}, "Open"),
        ({"opened_at": START, "ended_at": START, "end_reason": "by_host"}, "Not open yet"),
    ],
)
def test_a_door_says_of_a_room_what_its_session_is(owner, session, said):
    """By guest link and by invitation; a room that nobody has opened is not open."""
    item = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    if session is not None:
        LiveSession.objects.create(item=item, **session)
    link = factories.GuestLinkFactory(item=item, access_on=True)
    invitation = factories.InvitationFactory(item=item)
    for address in (guest_link_address(link), invitation_address(invitation)):
        page = text_of_page(Client().get(address))
        facts = page.partition('class="door-facts"')[2].partition("</p>")[0]
        assert f"<span>{said}</span>" in facts


@pytest.mark.parametrize(("hours", "said"), [(None, ""), (1, "Not yet open"), (-1, "Closed")])
def test_the_door_of_a_quiz_says_whether_it_is_open(owner, hours, said):
    moment = timezone.now() + timedelta(hours=hours) if hours else None
    item = factories.MediaItemFactory(
        owner=owner, kind=Kind.QUIZ, starts_at=moment, ends_at=moment and moment + timedelta(0, 60)
    )
    link = factories.GuestLinkFactory(item=item, access_on=True)
    invitation = factories.InvitationFactory(item=item)
    for address in (guest_link_address(link), invitation_address(invitation)):
        page = text_of_page(Client().get(address))
        facts = page.partition('class="door-facts"')[2].partition("</p>")[0]
        is_closed_page = said == "Closed" and "This quiz is closed" in page
        assert is_closed_page or (f"<span>{said}</span>" in facts) is bool(said)
        assert "see what is there" not in page


@pytest.mark.parametrize(
    ("kind", "sessions", "minutes", "said"),
    [
        # In the middle of a time of two hours; the early lobby is a quarter of an hour.
        (Kind.LIVE_EVENT, [{"opened_at": START, "ended_at": START}], 30, "Ended"),
        (Kind.ROOM, [{"opened_at": START, "ended_at": START}], 30, "Ended"),
        (Kind.LIVE_EVENT, [{"ended_at": START, "end_reason": "never_opened"}], 30, "Not open yet"),
        (Kind.LIVE_EVENT, [{"ended_at": START - timedelta(days=1)}], 30, "Not open yet"),
        (Kind.LIVE_EVENT, [{"ended_at": START - timedelta(minutes=5)}], -4, "Ended"),
        (Kind.LIVE_EVENT, [{"ended_at": START - timedelta(days=1)}], -4, "Not yet started"),
        (Kind.LIVE_EVENT, [], 180, "Ended"),
        (Kind.LIVE_EVENT, [{}], 180, "Not open yet"),
        (Kind.LIVE_EVENT, [{"opened_at": START}], 180, "Open"),
    ],
)
def test_a_door_never_asks_for_anything_for_a_session_that_is_over(
    owner, kind, sessions, minutes, said
):
    item = factories.MediaItemFactory(
        owner=owner, kind=kind, starts_at=START, ends_at=START + timedelta(hours=2)
    )
    for session in sessions:
        LiveSession.objects.create(item=item, **{"end_reason": "by_host", **session})
    link = factories.GuestLinkFactory(item=item, access_on=True)
    with at(minutes):
        door = guest_link_address(link)
        pages = [text_of(Client().get(door))]
        answer = Client().post(door, {"name": "Ada", "email": "ada@example.org"}, follow=True)
        invitation = factories.InvitationFactory(item=item)
        invited = text_of_page(Client().get(invitation_address(invitation)))
    if said == "Ended":
        assert answer.status_code == 403
        pages.append(text_of(answer))
        for page in pages:
            assert "<h1>This session has ended</h1>" in page
            assert item.title in page
            assert ("The session ended on" in page) == bool(sessions)
            assert ("The session was planned until" in page) != bool(sessions)
            assert ("Try again</a>" in page) != bool(sessions)
            assert ("Nobody can join it any more." in page) == bool(sessions)
            assert "Thank you for coming" not in page
            assert 'name="email"' not in page
        assert not Guest.objects.exists()
        assert ("This session ended on" in invited) == bool(sessions)
        assert ("This session was planned until" in invited) != bool(sessions)
    else:
        assert answer.status_code == 200
        assert Guest.objects.exists()
        assert "This session ended on" not in invited
        pages.append(invited)
        for page in pages[::2]:
            facts = page.partition('class="door-facts"')[2].partition("</p>")[0]
            assert f"<span>{said}</span>" in facts
            assert "Ends on <time" in facts


def test_what_ended_early_gives_no_picture_and_no_date(owner):
    event = factories.MediaItemFactory(
        owner=owner, kind=Kind.LIVE_EVENT, starts_at=START, ends_at=START + timedelta(hours=2)
    )
    token = guest_link_token(factories.GuestLinkFactory(item=event, access_on=True))
    invited = invitation_token(factories.InvitationFactory(item=event))
    pages = [
        reverse("access:join_picture", args=[token]),
        reverse("access:join_calendar", args=[token]),
        reverse("access:invitation_calendar", args=[invited]),
    ]
    with at(30):
        assert [Client().get(page).status_code for page in pages] == [302, 200, 200]
        LiveSession.objects.create(item=event, ended_at=START, end_reason="by_host")
        assert [Client().get(page).status_code for page in pages] == [404, 404, 404]


def test_the_door_looks_once_whether_it_is_over(owner):
    event = factories.MediaItemFactory(
        owner=owner, kind=Kind.LIVE_EVENT, starts_at=START, ends_at=START + timedelta(hours=2)
    )
    address = guest_link_address(factories.GuestLinkFactory(item=event, access_on=True))
    LiveSession.objects.create(item=event, ended_at=START, end_reason="by_host")
    with at(30), CaptureQueriesContext(connection) as asked:
        assert "This session has ended" in text_of(Client().get(address))
    table = LiveSession._meta.db_table
    assert len([one for one in asked if f'FROM "{table}"' in one["sql"]]) == 1


def test_who_came_is_thanked_at_the_end_and_nobody_else(lecture):
    with at(5):
        session = services.open_session(item=lecture)
        there, _where = press_join(lecture)
        services.end_session(session=session)
    invited = client_with_proofs(factories.InvitationProofFactory(invitation__item=lecture))
    with at(10):
        assert "Thank you for coming." in text_of_page(there.get(url(lecture)))
        page = text_of_page(invited.get(url(lecture)))
        assert "This session has ended" in page
        assert "Thank you for coming." not in page


def test_a_second_device_is_asked_to_continue_and_not_to_accept(owner):
    invitation = factories.InvitationFactory(item__owner=owner, accepted=True)
    page = text_of_page(Client().get(invitation_address(invitation)))
    assert "When you continue, we email a code there to verify this browser." in page
    assert "When you accept" not in page


@pytest.mark.parametrize(
    "name", ["left", "erased", "left_invitation", "declined_invitation", "erased_invitation"]
)
def test_a_farewell_carries_no_padlock(name):
    page = text_of_page(Client().get(reverse(f"access:{name}")))
    picture = page.partition('class="refusal-picture"')[2].partition("</div>")[0]
    assert "icons" in picture
    assert "#lock" not in picture
