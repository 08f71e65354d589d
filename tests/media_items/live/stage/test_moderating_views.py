"""What moderators do at the stage, upon whom, and who may not."""

from __future__ import annotations

import json

import pytest

from media_items.live.sessions.models import Level
from media_items.live.stage import services
from media_items.live.stage.models import Seat, StageInvitation

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def act(room):
    """`act(browser, person, "mute")`: the status of a moderator's act upon somebody."""

    def post(browser, person, name, **how):
        path = f"/media/{room.public_id}/session/participants/{person.pk}/{name}/"
        return browser.post(path, **how)

    return post


@pytest.fixture
def moderator(invite):
    return invite("moderator")


def test_a_moderator_asks_somebody_of_the_audience_on_stage(moderator, act, person):
    ada = person("Ada")
    answer = act(moderator, ada, "bring-on-stage", headers=HTMX)
    assert answer.status_code == 204
    assert "Ada was invited on stage" in json.loads(answer["HX-Trigger"])["toast"]["text"]
    assert StageInvitation.objects.get().participant == ada


def test_a_full_stage_is_said_to_the_moderator(moderator, act, person, on_stage, settings):
    settings.LIVE_STAGE_SEATS = 1
    on_stage("Grace")
    answer = act(moderator, person("Ada"), "bring-on-stage", headers=HTMX)
    assert json.loads(answer["HX-Trigger"])["toast"]["tone"] == "warning"
    assert not StageInvitation.objects.exists()


@pytest.mark.parametrize("name", ["bring-on-stage", "take-off-stage", "mute"])
@pytest.mark.parametrize("level", [Level.MODERATOR, Level.HOST])
def test_a_moderator_does_nothing_to_those_who_stand_as_high(moderator, act, on_stage, name, level):
    seat = on_stage("Noa", level=level, microphone=True)
    assert act(moderator, seat.participant, name).status_code == 403
    seat.refresh_from_db()
    assert (seat.left_at, seat.microphone_on) == (None, True)


@pytest.mark.parametrize("name", ["bring-on-stage", "take-off-stage", "mute"])
def test_the_audience_and_speakers_do_nothing_to_others(let_guest_in, invite, act, on_stage, name):
    seat = on_stage("Ada", microphone=True)
    for browser in (let_guest_in(), invite("speaker")):
        assert act(browser, seat.participant, name).status_code == 403
    seat.refresh_from_db()
    assert (seat.left_at, seat.microphone_on) == (None, True)


def test_whoever_may_not_moderate_learns_nothing_about_who_is_there(let_guest_in, act, person):
    ada = person("Ada")
    guest = let_guest_in(name="Eve")
    statuses = [act(guest, ada, "mute").status_code]
    ada.pk += 1000
    statuses.append(act(guest, ada, "mute").status_code)
    assert statuses == [403, 403]


def test_a_moderator_takes_off_and_mutes_a_speaker(moderator, act, on_stage):
    seat = on_stage("Grace", level=Level.SPEAKER, microphone=True)
    assert act(moderator, seat.participant, "mute").status_code == 302
    seat.refresh_from_db()
    assert seat.muted_by_host_at is not None
    assert act(moderator, seat.participant, "take-off-stage").status_code == 302
    assert not Seat.objects.current().exists()


def test_anybody_takes_themself_off(invite, act, session):
    speaker = invite("speaker")
    me = session.participants.get(name="Grace Hopper")
    services.go_on_stage(participant=me, at_will=True)
    assert act(speaker, me, "take-off-stage").status_code == 302
    assert not Seat.objects.current().exists()


def test_people_of_another_session_are_not_there(moderator, act, person, room):
    ada = person("Ada")
    ada.pk += 1000
    assert act(moderator, ada, "mute").status_code == 404


def test_mute_all_reaches_those_below_the_moderator(moderator, room, on_stage):
    host = on_stage("Noa", level=Level.HOST, microphone=True)
    ada = on_stage("Ada", microphone=True)
    assert moderator.post(f"/media/{room.public_id}/session/stage/mute-all/").status_code == 302
    host.refresh_from_db()
    ada.refresh_from_db()
    assert (host.microphone_on, ada.microphone_on) == (True, False)
