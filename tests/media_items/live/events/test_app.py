"""The event stream over a real server: who is let in, what each hears, when it ends."""

import socket
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from media_items.live.events.announcing import announce, close_streams
from media_items.live.events.facts import CREW, MODERATORS, only
from media_items.live.events.hub import HUB
from media_items.live.events.tickets import COOKIE_NAME, stream_path
from tests.media_items.live.events.conftest import Listener
from tests.waiting import machine_is_busy, until

pytestmark = pytest.mark.django_db(transaction=True)

# To everybody, when its turn comes: by the keeper, and of those who came in a moment ago.
SAID_OF_ITSELF = {"people", "session", "participants"}


@pytest.fixture
def inside(listen, let_guest_in, session, room):
    """A guest who has come in, and their stream."""
    browser = let_guest_in()
    load(browser, room)
    return browser, listen(browser, session)


def load(browser, room):
    return browser.get(f"/media/{room.public_id}/session/chat/")


def beat(browser, room):
    return browser.post(f"/media/{room.public_id}/session/heartbeat/")


def me_in(session):
    return session.participants.get(name="Ada Lovelace")


def test_whoever_is_inside_hears_what_is_announced(inside, session):
    _browser, stream = inside
    assert stream.status == 200
    assert "content-type: text/event-stream" in stream.head
    assert "cache-control: no-store" in stream.head
    announce(session, "chat", id=7)
    assert stream.hears("chat")
    facts = stream.facts()
    assert [fact for fact in facts if fact[0] not in SAID_OF_ITSELF] == [
        ("chat", {"id": 7, "w": 2})
    ]
    # Nobody is named by what is said besides: only how widely pages spread their asking.
    assert all(data.keys() <= {"w"} for kind, data in facts if kind in SAID_OF_ITSELF)


def test_a_page_of_another_site_hears_nothing(inside, session, live_process):
    """Not of a neighbour below the same domain either, whose pages send this cookie as well."""
    browser, stream = inside
    assert "cross-origin-resource-policy: same-origin" in stream.head
    cookie = f"{COOKIE_NAME}={browser.cookies[COOKIE_NAME].value}"
    for by, status in {
        "same-origin": 200,
        "none": 200,
        "same-site": 403,
        "cross-site": 403,
    }.items():
        headers = {"Cookie": cookie, "Sec-Fetch-Site": by}
        other = Listener(live_process.port, stream_path(session.public_id), headers=headers)
        assert other.status == status, by
        other.close()


def test_a_stranger_gets_nothing(listen, session, room, client_of, stranger):
    browser = client_of(stranger)
    assert load(browser, room).status_code == 404
    assert listen(browser, session).status == 403
    assert listen(Client(), session, cookie=f"{COOKIE_NAME}=words").status == 403


def test_a_viewer_who_has_not_come_in_gets_nothing(listen, session, room, invite):
    browser = invite("viewer", inside=False)
    browser.get(f"/media/{room.public_id}/session/")
    assert listen(browser, session).status == 403


def test_a_ticket_of_another_session_opens_nothing(inside, live_process):
    browser, _stream = inside
    cookie = f"{COOKIE_NAME}={browser.cookies[COOKIE_NAME].value}"
    other = Listener(live_process.port, stream_path("another2345"), headers={"Cookie": cookie})
    assert other.status == 403
    other.close()


def test_a_waiting_person_hears_of_themself_only(listen, let_guest_in, session, room):
    browser = let_guest_in(waiting_room=True)
    browser.get(f"/media/{room.public_id}/session/")
    stream = listen(browser, session)
    assert stream.status == 200
    for recipients in ("all", CREW, MODERATORS):
        announce(session, "chat", to=recipients)
    announce(session, "me", to=only(me_in(session).pk))
    assert stream.hears("me")
    assert set(stream.kinds()) == {"me"}


def test_a_viewer_hears_nothing_of_the_crew_and_the_crew_does(listen, invite, session, room):
    streams = {}
    for role in ("viewer", "speaker", "moderator"):
        browser = invite(role)
        load(browser, room)
        streams[role] = listen(browser, session)
    announce(session, "backchannel", to=CREW)
    announce(session, "knock", to=MODERATORS)
    announce(session, "chat")
    assert all(stream.hears("chat") for stream in streams.values())
    heard = {role: set(stream.kinds()) - SAID_OF_ITSELF for role, stream in streams.items()}
    assert heard == {
        "viewer": {"chat"},
        "speaker": {"chat", "backchannel"},
        "moderator": {"chat", "backchannel", "knock"},
    }


def test_a_removed_person_is_cut_at_once_and_does_not_come_back(inside, listen, session, room):
    browser, stream = inside
    me = me_in(session)
    old = browser.cookies[COOKIE_NAME].value
    session.participants.filter(pk=me.pk).update(removed_at="2026-01-01T00:00Z")
    began = time.monotonic()
    close_streams(session, me.pk)
    assert stream.hears("closed")
    assert stream.ends()
    assert time.monotonic() - began < 1 or machine_is_busy()
    assert beat(browser, room).headers["HX-Refresh"] == "true"
    again = listen(browser, session, cookie=f"{COOKIE_NAME}={old}")
    assert again.status == 403
    announce(session, "chat")
    assert stream.kinds()[-1] == "closed"
    assert "chat" not in stream.kinds()


def test_whose_right_only_changed_comes_back_with_a_new_ticket(inside, listen, session, room):
    browser, stream = inside
    close_streams(session, me_in(session).pk)
    assert stream.hears("closed")
    assert beat(browser, room).status_code == 204
    again = listen(browser, session)
    assert again.status == 200
    announce(session, "chat")
    assert again.hears("chat")


@pytest.mark.parametrize("which", ["removed_at", "declined_at", "right_ended_at"])
def test_the_process_that_starts_again_still_refuses_whoever_was_removed(
    inside, live_process, session, which
):
    browser, _stream = inside
    cookie = f"{COOKIE_NAME}={browser.cookies[COOKIE_NAME].value}"
    live_process.stop()
    session.participants.update(**{which: timezone.now()})
    live_process.start()
    again = Listener(live_process.port, stream_path(session.public_id), headers={"Cookie": cookie})
    assert again.status == 403
    again.close()


def test_it_ends_with_the_ticket(settings, let_guest_in, listen, session, room, time_machine):
    browser = let_guest_in()
    load(browser, room)
    stream = listen(browser, session)
    assert stream.status == 200
    time_machine.move_to(timezone.now() + timedelta(seconds=settings.LIVE_TICKET_SECONDS))
    assert stream.ends()
    assert listen(browser, session).status == 403


def test_a_client_that_goes_away_is_forgotten(inside, session):
    _browser, stream = inside
    number = me_in(session).pk
    until(lambda: number in HUB._of)
    stream.close()
    until(lambda: number not in HUB._of)
    until(lambda: not HUB._unfinished)


def test_a_reader_that_stands_still_is_dropped(inside, listen, session, live_process):
    browser, quick = inside
    cookie = f"{COOKIE_NAME}={browser.cookies[COOKIE_NAME].value}"
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect(("localhost", live_process.port))
    path = stream_path(session.public_id)
    slow.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode())
    number = me_in(session).pk
    until(lambda: len(HUB._of.get(number, ())) == 2)
    [stalled] = [one for one in HUB._of[number] if one is not HUB._of[number][0]]
    for _ in range(60):
        announce(session, "signal", to=only(number), sdp="x" * 60_000)
        quick.facts()
        if stalled.is_over:
            break
    assert stalled.was_dropped
    assert stalled._pieces == []
    until(lambda: stalled not in HUB._unfinished)
    announce(session, "chat")
    assert quick.hears("chat")
    slow.close()


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_only_get_is_answered(inside, live_process, session, method):
    browser, _stream = inside
    cookie = f"{COOKIE_NAME}={browser.cookies[COOKIE_NAME].value}"
    path = stream_path(session.public_id)
    other = Listener(live_process.port, path, method=method, headers={"Cookie": cookie})
    assert other.status == 405
    assert "allow: get" in other.head
    other.close()


@pytest.mark.parametrize("path", ["/events/", "/events/x/", "/events/abcdefgh2345", "/events/a/b/"])
def test_other_addresses_are_nothing(live_process, path):
    other = Listener(live_process.port, path)
    assert other.status == 404
    other.close()


@pytest.mark.parametrize(
    "cookies",
    [
        "{ticket}; other=1",
        'json={{"a":"b, c"}}; =odd; ;; nothing; x="un;closed; {ticket}',
        "foyer_live=forged; {ticket}",
        "a=" + "é" * 200 + "; {ticket}",
        "; ".join(f"c{number}=1" for number in range(150)) + "; {ticket}",
    ],
    ids=["plain", "odd", "another of that name", "not ascii", "many"],
)
def test_the_ticket_is_found_among_other_cookies(inside, listen, session, cookies):
    browser, _stream = inside
    ticket = f"{COOKIE_NAME}={browser.cookies[COOKIE_NAME].value}"
    assert listen(browser, session, cookie=cookies.format(ticket=ticket)).status == 200


def test_a_heap_of_forged_tickets_is_not_tried_for_long(inside, listen, session):
    browser, _stream = inside
    ticket = f"{COOKIE_NAME}={browser.cookies[COOKIE_NAME].value}"
    heap = "foyer_live=forged; " * 30 + ticket
    assert listen(browser, session, cookie=heap).status == 403


def test_the_process_stops_within_seconds_while_streams_are_open(inside, live_process):
    _browser, stream = inside
    began = time.monotonic()
    live_process.stop()
    assert time.monotonic() - began < 4 or machine_is_busy()
    assert stream.ends()


def test_a_heartbeat_brings_a_ticket_for_what_one_may_hear_now(listen, invite, session, room):
    browser = invite("viewer")
    load(browser, room)
    invitation = room.invitations.get()
    invitation.role = "speaker"
    invitation.save()
    beat(browser, room)
    stream = listen(browser, session)
    announce(session, "backchannel", to=CREW)
    assert stream.hears("backchannel")
