"""Whoever arrives sees the session with themself in it, whichever panel they arrive at."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from media_items.live.events.presence import Attendance
from media_items.live.sessions import services, upkeep
from media_items.live.sessions.entering import leave
from media_items.live.sessions.models import LiveSession, Participant, Stay
from media_items.live.sessions.upkeep import SILENCE
from tests.live_factories import SeatFactory, StayFactory
from tests.reading import tags_of

pytestmark = pytest.mark.django_db

PANELS = ["chat", "backchannel", "qna", "participants"]


def page(browser, room, panel):
    response = browser.get(f"/media/{room.public_id}/session/{panel}/")
    assert response.status_code == 200
    return response


@pytest.mark.parametrize("panel", PANELS)
def test_a_host_who_comes_back_is_not_told_that_the_host_is_away(host_person, room, panel):
    leave(me=host_person.me)
    moment = timezone.now()
    LiveSession.objects.update(host_gone_since=moment, warned_at=moment)
    response = page(host_person.browser, room, panel)
    assert "host is away" not in response.text
    assert 'data-here="1"' in response.text
    assert "1 person is here" in response.text


def test_others_are_told_until_the_host_is_back(host_person, guest_person, room):
    guest = guest_person()
    leave(me=host_person.me)
    moment = timezone.now()
    LiveSession.objects.update(host_gone_since=moment, warned_at=moment)
    assert "host is away" in page(guest.browser, room, "chat").text
    page(host_person.browser, room, "chat")
    assert "host is away" not in page(guest.browser, room, "chat").text


def test_the_list_has_somebody_who_comes_back_to_it(host_person, guest_person, room):
    guest = guest_person()
    leave(me=guest.me)
    people = page(guest.browser, room, "participants").context["people"]
    assert guest.me.pk in [row.person.pk for group in people.groups for row in group.rows]


def test_somebody_who_has_a_new_name_stands_in_the_list_by_it(host_person, owner, room):
    owner.first_name = "Augusta"
    owner.save()
    text = page(host_person.browser, room, "participants").text
    assert "Augusta" in text.partition('id="live-panel"')[2]


def test_the_head_counts_as_many_as_the_list(host_person, guest_person, room, session):
    guest_person()
    gone = guest_person()
    leave(me=gone.me)
    here = partial(StayFactory, participant__session=session)
    here(participant__inside=False)
    here(participant__inside=False, participant__declined=True)
    here(participant__removed=True)
    here(participant__right_ended_at=timezone.now())
    SeatFactory(participant=here().participant, session=session)
    here(participant__hand_raised_at=timezone.now())
    shown = page(host_person.browser, room, "participants")
    people = shown.context["people"]
    in_the_room = [group for group in people.groups if group.name not in {"waiting", "gone"}]
    assert people.total == sum(len(group.rows) for group in in_the_room) == 4
    assert shown.context["here"]() == 4
    assert 'data-here="4"' in shown.text
    assert "All participants (4)" in shown.text
    assert shown.context["waiting"]() == people.waiting == 1


def test_a_panel_asked_for_alone_brings_nobody_back(host_person, room):
    leave(me=host_person.me)
    response = host_person.get("participants", htmx=True)
    assert response.status_code == 200
    assert not LiveSession.objects.get().participants.here().exists()


# --- without script -------------------------------------------------------------------------------


def look_after_everybody(seconds):
    upkeep.tick(timezone.now() + timedelta(seconds=seconds), Attendance.unknown())


def test_without_script_a_frame_keeps_its_reader_there(guest_person, room):
    """Loading the page again would do so, too, and take what they type."""
    guest = guest_person()
    frames = [one for one in tags_of(page(guest.browser, room, "chat")) if one.name == "iframe"]
    [frame] = frames
    assert [part.name for part in frame.inside if part.name == "noscript"]
    Stay.objects.update(seen_at=timezone.now() - SILENCE)
    answer = guest.browser.get(frame["src"])
    assert answer.status_code == 200
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    [again] = [one for one in tags_of(answer) if one["http-equiv"] == "refresh"]
    assert int(again["content"]) * 3 <= SILENCE.total_seconds()
    look_after_everybody(0)
    assert guest.me.stays.filter(left_at=None).exists()
    look_after_everybody(46)
    assert not guest.me.stays.filter(left_at=None).exists()


def test_without_script_the_lobby_says_in_a_frame_when_the_session_opens(let_guest_in, room):
    """The page itself is not loaded again: what is typed beside it stays."""
    guest = let_guest_in()
    lobby = tags_of(page(guest, room, "chat"))
    assert not [one for one in lobby if one["http-equiv"] == "refresh"]
    [frame] = [one for one in lobby if one.name == "iframe"]
    waits = guest.get(frame["src"])
    assert [one for one in tags_of(waits) if one["http-equiv"] == "refresh"]
    assert "It says here when the session opens." in waits.text
    services.open_session(item=room)
    opened = guest.get(frame["src"])
    assert "The session is open." in opened.text
    [way] = [one for one in tags_of(opened) if one.name == "a"]
    assert (way["href"], way["target"]) == (f"/media/{room.public_id}/session/", "_top")
    assert not [one for one in tags_of(opened) if one["http-equiv"] == "refresh"]


def test_the_frame_brings_nobody_in_and_nobody_back(guest_person, room, client_of, owner):
    guest = guest_person()
    Participant.objects.filter(pk=guest.me.pk).update(removed_at=timezone.now())
    Stay.objects.update(left_at=timezone.now())
    for browser in (guest.browser, client_of(owner)):
        answer = browser.get(f"/media/{room.public_id}/session/here/")
        assert answer.status_code == 200
        assert "refresh" not in answer.text
    assert not LiveSession.objects.get().participants.here().exists()


def test_what_is_typed_is_kept_for_one_person_of_this_room(guest_person, room):
    """Somebody else who comes in by the same window is given back nothing of it."""

    def kept(person):
        found = [one["data-drafts"] for one in tags_of(page(person.browser, room, "chat"))]
        [name] = [one for one in found if one]
        return name

    one, other = guest_person(), guest_person()
    assert kept(one) == kept(one) != kept(other)
    assert one.me.key not in kept(one)
