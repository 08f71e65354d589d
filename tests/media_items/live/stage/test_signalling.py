"""What browsers may say to each other, decided for every POST; who reads it."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from media_items.live.sessions import services as sessions
from media_items.live.stage import services
from media_items.live.stage.mesh.models import Signal
from media_items.live.stage.models import Seat
from tests.media_items.live.stage.samples import description

pytestmark = pytest.mark.django_db

SENDS, RECEIVES = description("sendonly", "sendonly"), description("recvonly", "recvonly")


@pytest.fixture
def speaker(invite, room, session):
    """On stage."""
    browser = invite("speaker")
    browser.post(f"/media/{room.public_id}/session/stage/go-on/")
    return browser


@pytest.fixture
def viewer(let_guest_in, room, session):
    """Watches."""
    browser = let_guest_in()
    browser.post(f"/media/{room.public_id}/session/stage/watch/")
    return browser


def seat(name):
    return Seat.objects.filter(participant__name=name).latest("pk")


@pytest.fixture
def say(room):
    """`say(browser, mine, to, "offer", sdp=…)`: the status of a signal."""

    def post(browser, mine, to, kind, **payload):
        said = {
            "seat": getattr(mine, "pk", mine),
            "to": getattr(to, "pk", to),
            "kind": kind,
            "payload": json.dumps({"link": "x", **payload}),
        }
        address = f"/media/{room.public_id}/session/stage/signal/"
        return browser.post(address, said).status_code

    return post


@pytest.fixture
def read(room):
    """`read(browser, seat)`: what others have said to the seat."""

    def get(browser, mine, after=0):
        address = f"/media/{room.public_id}/session/stage/signal/"
        answer = browser.get(address, {"seat": mine.pk, "after": after})
        return [(one["from"], one["kind"], one["payload"]) for one in answer.json()["signals"]]

    return get


def test_an_offer_reaches_its_receiver_and_nobody_else(speaker, viewer, say, read):
    grace, ada = seat("Grace Hopper"), seat("Ada Lovelace")
    assert say(speaker, grace, ada, "offer", sdp=SENDS) == 204
    assert read(viewer, ada) == [(grace.pk, "offer", {"link": "x", "sdp": SENDS})]
    assert read(speaker, grace) == []
    assert read(speaker, ada) == [], "a seat is read by whoever holds it"


def test_a_signal_is_read_by_number(speaker, viewer, say, read):
    grace, ada = seat("Grace Hopper"), seat("Ada Lovelace")
    say(speaker, grace, ada, "again")
    say(speaker, grace, ada, "candidates", candidates=[{"candidate": "c", "evil": 1}])
    first = Signal.objects.earliest("pk")
    [(_from, kind, payload)] = read(viewer, ada, after=first.pk)
    assert (kind, payload["candidates"]) == ("candidates", [{"candidate": "c"}])


def test_whoever_watches_answers_names_candidates_and_asks_again(speaker, viewer, say):
    grace, ada = seat("Grace Hopper"), seat("Ada Lovelace")
    assert say(viewer, ada, grace, "answer", sdp=RECEIVES) == 204
    assert say(viewer, ada, grace, "candidates", candidates=[{"candidate": "c"}]) == 204
    assert say(viewer, ada, grace, "again") == 204


@pytest.mark.parametrize("sdp", [SENDS, RECEIVES, description()])
def test_whoever_watches_makes_no_offer(speaker, viewer, say, sdp):
    assert say(viewer, seat("Ada Lovelace"), seat("Grace Hopper"), "offer", sdp=sdp) == 403
    assert not Signal.objects.exists()


@pytest.mark.parametrize("sdp", [SENDS, description(), description("recvonly", "")])
def test_the_answer_of_whoever_watches_must_not_send(speaker, viewer, say, sdp):
    assert say(viewer, seat("Ada Lovelace"), seat("Grace Hopper"), "answer", sdp=sdp) == 403
    assert not Signal.objects.exists()


def test_an_offer_to_whoever_watches_must_not_ask_for_their_picture(speaker, viewer, say):
    grace, ada = seat("Grace Hopper"), seat("Ada Lovelace")
    assert say(speaker, grace, ada, "offer", sdp=description()) == 403


def test_two_on_stage_offer_each_other_both_ways(speaker, say, on_stage):
    assert say(speaker, seat("Grace Hopper"), on_stage("Noa"), "offer", sdp=description()) == 204


def test_two_who_watch_have_nothing_to_say_to_each_other(viewer, say, watching):
    assert say(viewer, seat("Ada Lovelace"), watching("Noa"), "again") == 403


def test_nobody_speaks_from_a_seat_that_is_not_theirs(speaker, viewer, say, on_stage):
    grace, noa = seat("Grace Hopper"), on_stage("Noa")
    assert say(viewer, noa, grace, "offer", sdp=SENDS) == 403
    assert say(viewer, grace, noa, "offer", sdp=SENDS) == 403
    assert not Signal.objects.exists()


def test_nobody_without_a_seat_says_anything(let_guest_in, speaker, say):
    grace = seat("Grace Hopper")
    assert say(let_guest_in(name="Eve"), 1, grace, "again") == 403


def test_whoever_was_taken_off_is_refused_at_once(speaker, say, on_stage):
    grace, noa = seat("Grace Hopper"), on_stage("Noa")
    services.take_off_stage(participant=grace.participant)
    assert say(speaker, grace, noa, "offer", sdp=description()) == 403
    assert not Signal.objects.exists()


def test_what_somebody_said_before_they_were_taken_off_is_not_read_any_more(
    speaker, viewer, say, read
):
    grace, ada = seat("Grace Hopper"), seat("Ada Lovelace")
    say(speaker, grace, ada, "again")
    Seat.objects.filter(pk=grace.pk).update(left_at=timezone.now())
    assert read(viewer, ada) == []


def test_whoever_was_removed_is_refused(speaker, say, on_stage):
    grace, noa = seat("Grace Hopper"), on_stage("Noa")
    grace.participant.removed_at = timezone.now()
    grace.participant.save()
    assert say(speaker, grace, noa, "again") == 403


def test_nothing_is_said_after_the_session_has_ended(speaker, say, on_stage, session):
    grace, noa = seat("Grace Hopper"), on_stage("Noa")
    sessions.end_session(session=session)
    assert say(speaker, grace, noa, "again") == 403


def test_a_seat_of_another_session_is_not_reached(speaker, say, on_stage, owner):
    from tests import factories

    other = sessions.open_session(item=factories.MediaItemFactory(owner=owner, kind="room"))
    noa = on_stage("Noa")
    Seat.objects.filter(pk=noa.pk).update(session=other)
    assert say(speaker, seat("Grace Hopper"), noa, "again") == 403


def test_what_is_said_to_somebody_who_has_just_left_is_said_in_vain(speaker, say, on_stage):
    grace, noa = seat("Grace Hopper"), on_stage("Noa")
    services.leave_stage(participant=noa.participant)
    assert say(speaker, grace, noa, "again") == 204
    assert not Signal.objects.exists()


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("offer", {}),
        ("offer", {"sdp": 3}),
        ("offer", {"sdp": "v=0\r\n" + "a=x\r\n" * 20_000}),
        ("candidates", {"candidates": "many"}),
        ("candidates", {"candidates": [{}] * 101}),
        ("candidates", {"candidates": ["c"]}),
        ("shout", {}),
    ],
)
def test_what_is_no_signal_is_not_handed_on(speaker, say, on_stage, kind, payload):
    assert say(speaker, seat("Grace Hopper"), on_stage("Noa"), kind, **payload) == 400
    assert not Signal.objects.exists()


def test_signals_are_limited(speaker, say, on_stage, settings):
    settings.SIGNAL_RATE_PER_PERSON = "2/h"
    grace, noa = seat("Grace Hopper"), on_stage("Noa")
    assert [say(speaker, grace, noa, "again") for _n in range(3)] == [204, 204, 429]


def room_page(room):
    return f"/media/{room.public_id}/session/chat/"


def test_only_holders_of_a_seat_are_told_how_to_connect(speaker, viewer, room, settings):
    settings.LIVE_TURN_URLS, settings.LIVE_TURN_SECRET = ["turn:turn.example.edu"], "S"
    address = f"/media/{room.public_id}/session/stage/configuration/"
    grace = seat("Grace Hopper")
    mine = speaker.get(address, {"seat": grace.pk})
    assert mine["Cache-Control"].startswith("max-age=0")
    assert mine.json()["engine"] == "mesh"
    assert 'data-engine="mesh"' in speaker.get(room_page(room)).content.decode()
    assert mine.json()["iceServers"][0]["username"].endswith(f":{grace.pk}")
    assert viewer.get(address, {"seat": grace.pk}).json() == {}
    services.take_off_stage(participant=grace.participant)
    assert speaker.get(address, {"seat": grace.pk}).json() == {}
    assert speaker.get(address).json() == {}
