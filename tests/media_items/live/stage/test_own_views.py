"""What people do for themselves at the stage, through their browsers."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_items.live.sessions.models import LiveSettings, StageAccess
from media_items.live.stage import services
from media_items.live.stage.models import Seat, SeatKind, StageInvitation
from tests.media_items.live.conftest import come_in

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def at(room, session):
    """`at("go-on/")`: the address under the stage."""
    return lambda path="": f"/media/{room.public_id}/session/stage/{path}"


def me_in(session, name):
    return session.participants.get(name=name)


@pytest.fixture
def speaker(invite):
    return invite("speaker")


@pytest.fixture
def guest(let_guest_in):
    return let_guest_in()


def test_a_speaker_goes_on_stage_and_the_page_learns_its_seat(speaker, at, session):
    answer = speaker.post(at("go-on/"), {"camera": "1"}, headers=HTMX)
    told = json.loads(answer["HX-Trigger"])
    seat = Seat.objects.current().get(kind=SeatKind.STAGE)
    assert answer.status_code == 204
    assert told["stage-seat"] == {"seat": seat.pk, "kind": "stage"}
    assert (seat.camera_on, seat.microphone_on) == (True, False)


def test_a_guest_does_not_walk_on_where_stage_access_is_by_request(guest, at):
    assert guest.post(at("go-on/")).status_code == 403
    assert not Seat.objects.exists()


def test_a_guest_walks_on_where_the_stage_is_open_to_everyone(guest, at, room):
    LiveSettings.objects.create(item=room, stage_access=StageAccess.EVERYONE)
    assert guest.post(at("go-on/")).status_code == 302
    assert Seat.objects.current().get().publishes


def test_a_guest_whose_link_allows_no_hand_does_not_walk_on_an_open_stage(let_guest_in, at, room):
    LiveSettings.objects.create(item=room, stage_access=StageAccess.EVERYONE)
    quiet = let_guest_in(may_raise_hand=False)
    assert quiet.post(at("go-on/")).status_code == 403


def test_a_full_stage_is_said_in_the_dialog(speaker, at, on_stage, settings):
    settings.LIVE_STAGE_SEATS = 1
    on_stage("Ada")
    answer = speaker.post(at("go-on/"), headers=HTMX)
    assert answer.status_code == 422
    assert "when somebody leaves it" in answer.content.decode()
    assert "media server" not in answer.content.decode()


def test_the_person_asked_sees_who_asks_and_says_yes(guest, host, at, session):
    ada, noa = me_in(session, "Ada Lovelace"), me_in(session, "Noa Levi")
    services.bring_on_stage(participant=ada, by=noa)
    page = guest.get(at("invitation/"), headers=HTMX).content.decode()
    assert "Noa Levi invites you on stage" in page
    assert not Seat.objects.exists()
    assert guest.post(at("invitation/"), headers=HTMX).status_code == 204
    assert Seat.objects.current().get().participant == ada


def test_the_person_asked_may_say_no(guest, host, at, session):
    services.bring_on_stage(
        participant=me_in(session, "Ada Lovelace"), by=me_in(session, "Noa Levi")
    )
    assert guest.post(at("invitation/decline/")).status_code == 302
    assert not StageInvitation.objects.exists()
    assert guest.post(at("invitation/")).status_code == 422


def test_an_invitation_is_shown_to_nobody_else(guest, host, at, session, speaker):
    services.bring_on_stage(
        participant=me_in(session, "Ada Lovelace"), by=me_in(session, "Noa Levi")
    )
    assert b"invites you on stage" in guest.get(at()).content
    assert b"invites you on stage" not in speaker.get(at()).content


def test_watch_seats_go_to_whoever_asks_first(guest, speaker, at, settings):
    settings.LIVE_WATCH_SEATS = 1
    assert guest.post(at("watch/")).json()["kind"] == "watch"
    assert speaker.post(at("watch/")).json() == {"seat": None}


def test_leaving_the_stage_frees_the_seat(speaker, at):
    speaker.post(at("go-on/"))
    assert speaker.post(at("leave/")).status_code == 302
    assert not Seat.objects.current().exists()


def test_what_somebody_sends_is_written_on_their_own_seat(speaker, at):
    speaker.post(at("go-on/"))
    answer = speaker.post(at("media/"), {"microphone": "true", "screen": "true"})
    seat = Seat.objects.current().get()
    assert answer.status_code == 204
    assert (seat.microphone_on, seat.camera_on, seat.screen_on) == (True, False, True)


def test_somebody_who_watches_cannot_say_that_they_send(guest, at):
    guest.post(at("watch/"))
    assert guest.post(at("media/"), {"microphone": "true"}).status_code == 409
    assert not Seat.objects.current().get().microphone_on


def test_coming_and_going_is_limited(speaker, at, settings):
    settings.STAGE_RATE_PER_PERSON = "2/m"
    statuses = [speaker.post(at("media/")).status_code for _n in range(3)]
    assert statuses == [409, 409, 429]


def test_a_live_event_has_no_stage(client_of, owner, event):
    browser = come_in(client_of(owner), event)
    assert browser.get(f"/media/{event.public_id}/session/stage/").status_code == 404


def test_the_fragment_names_those_on_stage_and_not_those_who_watch(guest, at, on_stage, watching):
    on_stage("Grace Hopper", microphone=True)
    watching("Quiet Person")
    page = guest.get(at()).content.decode()
    assert "Grace Hopper" in page
    assert "Quiet Person" not in page


def test_the_fragment_costs_the_same_with_one_on_stage_and_with_eight(
    guest, at, on_stage, settings
):
    settings.LIVE_STAGE_SEATS = 9  # one of them is kept for hosts
    counts = []
    for names in (["One"], [f"Person {n}" for n in range(7)]):
        for name in names:
            on_stage(name)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            guest.get(at())
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_full_room_tells_whoever_reads_it_what_they_can_do(guest, at, on_stage, settings):
    settings.LIVE_STAGE_SEATS, settings.LIVE_WATCH_SEATS = 1, 0
    on_stage("Grace Hopper")
    page = guest.get(at()).content.decode()
    assert "Grace Hopper" in page
    assert "get one automatically when somebody leaves" in page
    assert "media server" not in page


def test_names_are_shown_as_typed_and_not_as_markup(guest, at, on_stage):
    on_stage("<img src=x>")
    assert b"<img src=x>" not in guest.get(at()).content
