"""Chunks come in order, once, from one sender at a time, and never too much of them."""

from __future__ import annotations

import io
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.utils import timezone

from access.invitations.models import InvitationRole
from media_items.live.broadcast import folders, services
from media_items.live.broadcast.containers import begins_a_recording
from media_items.live.broadcast.models import Broadcast, BroadcastRun
from media_items.live.sessions import services as sessions
from media_items.live.sessions.models import Participant
from tests.media_items.live.conftest import come_in
from tests.races import at_once

pytestmark = pytest.mark.django_db
WEBM = b"\x1a\x45\xdf\xa3 a recording"


@pytest.fixture
def base(event):
    return f"/media/{event.public_id}/session/broadcast/"


@pytest.fixture
def start(base):
    def act(browser, **words):
        return browser.post(base + "start/", {"type": "video/webm;codecs=h264,opus", **words})

    return act


@pytest.fixture
def post():
    """`post(browser, run, 0, b"…")`: one chunk."""

    def act(browser, started, number, content=WEBM, content_type="video/webm"):
        return browser.post(f"{started['chunks']}{number}/", content, content_type=content_type)

    return act


@pytest.fixture
def speaker(invite, event, session):
    return invite(InvitationRole.SPEAKER, item=event)


def test_chunks_lie_on_the_disk_in_the_order_they_were_sent(host, start, post):
    started = start(host).json()
    assert [post(host, started, n, WEBM + bytes([n])).status_code for n in range(3)] == [204] * 3
    run = BroadcastRun.objects.select_related("broadcast__session__item").get()
    folder = folders.run_folder(run.broadcast, run)
    assert sorted(path.name for path in folder.iterdir()) == [
        "00000000.chunk",
        "00000001.chunk",
        "00000002.chunk",
    ]
    assert folders.chunk_path(folder, 2).read_bytes() == WEBM + b"\x02"
    assert (run.next_chunk, run.size) == (3, 3 * len(WEBM) + 3)


def test_a_chunk_sent_twice_is_taken_once_and_said_to_be_there(host, start, post):
    started = start(host).json()
    post(host, started, 0)
    assert post(host, started, 0, WEBM + b"another").status_code == 204
    run = BroadcastRun.objects.select_related("broadcast__session__item").get()
    folder = folders.run_folder(run.broadcast, run)
    assert folders.chunk_path(folder, 0).read_bytes() == WEBM
    assert run.next_chunk == 1


def test_a_gap_is_refused_and_the_sender_begins_a_new_run(host, start, post):
    started = start(host).json()
    post(host, started, 0)
    refused = post(host, started, 2)
    assert (refused.status_code, refused.json()) == (409, {"why": "gap"})
    again = start(host, replaces=started["run"])
    assert again.status_code == 200
    assert again.json()["run"] != started["run"]
    assert post(host, started, 1).json() == {"why": "run-over"}
    assert post(host, again.json(), 0).status_code == 204


def test_a_chunk_that_is_too_large_is_refused_before_it_is_read(host, start, post):
    started = start(host).json()
    content = b"x" * (services.MOST_BYTES_OF_CHUNK + 1)
    assert post(host, started, 0, content).status_code == 413
    assert BroadcastRun.objects.get().next_chunk == 0


def test_the_first_piece_of_a_busy_browser_may_be_a_single_byte(host, start, post):
    started = start(host).json()
    assert post(host, started, 0, WEBM[:1]).status_code == 204
    assert post(host, started, 1, WEBM[1:]).status_code == 204


@pytest.mark.parametrize(
    ("content", "begins"),
    [
        (b"\x1a", True),
        (b"\x1aE", True),
        (b"\x1aE\xdf\xa3\x01", True),
        (b"\0\0\0\x1cft", True),
        (b"\0\0", True),
        (b"<htm", False),
        (b"\x1ax", False),
        (b"\0\0\0\x1cmo", False),
        (b"\0\0\0\x1cmoov", False),
    ],
)
def test_a_short_piece_is_judged_as_far_as_it_goes(content, begins):
    assert begins_a_recording(content) == begins


class BreaksOff(io.BytesIO):
    """What is left of a body whose browser has gone away."""

    def read(self, *_size):
        raise OSError("The browser has gone away.")


def test_a_chunk_that_breaks_off_is_not_taken_and_no_fault_of_the_site(host, start):
    started = start(host).json()
    environ = {"wsgi.input": BreaksOff(), "CONTENT_LENGTH": "99", "CONTENT_TYPE": "video/webm"}
    assert host.post(started["chunks"] + "0/", **environ).status_code == 400
    assert BroadcastRun.objects.get().next_chunk == 0


def test_a_chunk_without_a_length_is_refused_clearly(host, start):
    started = start(host).json()
    headers = {"CONTENT_LENGTH": "", "CONTENT_TYPE": "video/webm"}
    assert host.post(started["chunks"] + "0/", **headers).status_code == 411


@pytest.mark.parametrize("content_type", ["text/html", "video/mp4", "application/octet-stream"])
def test_a_chunk_of_another_type_than_the_run_is_refused(host, start, post, content_type):
    started = start(host).json()
    assert post(host, started, 0, content_type=content_type).status_code == 415


@pytest.mark.parametrize("content", [b"picture", b"<html><script>alert(1)</script>"])
def test_what_is_no_recording_is_refused_at_its_first_chunk(host, start, post, content):
    started = start(host).json()
    assert post(host, started, 0, content).json() == {"why": "not-taken"}


@pytest.mark.parametrize(
    "words", ["", "text/html", "video/webm;codecs=<script>", "video/quicktime"]
)
def test_a_kind_of_recording_we_do_not_know_is_refused(host, start, words):
    assert start(host, type=words).json() == {"why": "not-taken"}
    assert not Broadcast.objects.exists()


def test_more_than_the_site_takes_in_that_time_is_refused(host, start, post, settings):
    settings.LIVE_BROADCAST_MAX_KBITS = 500
    megabyte = WEBM + b"x" * 1_000_000
    with time_machine.travel(timezone.now(), tick=False):  # a busy clock would let more in
        started = start(host).json()
        assert post(host, started, 0, megabyte).status_code == 204
        assert post(host, started, 1, megabyte).json() == {"why": "not-taken"}
    with time_machine.travel(timezone.now() + timedelta(seconds=60)):
        assert post(host, started, 1, megabyte).status_code == 204


def test_a_full_disk_is_said(host, start, monkeypatch):
    usage = (10**12, 10**12, 0)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": usage[2]}))
    assert start(host).json() == {"why": "no-room"}


def test_nobody_sends_in_the_lobby_or_after_the_end(client_of, owner, event, start, post):
    browser = come_in(client_of(owner), event)
    assert start(browser).json() == {"why": "not-live"}
    session = sessions.open_session(item=event)
    started = start(browser).json()
    sessions.end_session(session=session)
    assert post(browser, started, 0).status_code == 403
    assert start(browser).status_code == 403


def test_a_second_sender_is_told_who_is_sending(host, speaker, start, owner):
    start(host)
    refused = start(speaker)
    assert refused.status_code == 409
    assert refused.json() == {
        "why": "somebody-sends",
        "is_me": False,
        "may_take_over": False,
        "name": str(owner.get_full_name()),
    }
    assert start(speaker, take_over="1").status_code == 409


def test_whoever_moderates_takes_over(host, speaker, start, post):
    theirs = start(speaker).json()
    assert start(host).json()["may_take_over"] is True
    mine = start(host, take_over="1")
    assert mine.status_code == 200
    assert post(speaker, theirs, 0).json() == {"why": "run-over"}
    assert post(host, mine.json(), 0).status_code == 204


def test_the_same_person_takes_over_from_another_window(speaker, start):
    start(speaker)
    refused = start(speaker).json()
    assert (refused["is_me"], refused["may_take_over"]) == (True, True)
    assert start(speaker, take_over="1").status_code == 200


def test_whoever_has_gone_silent_is_replaced_by_anybody_who_may_send(host, speaker, start):
    start(host)
    with time_machine.travel(timezone.now() + timedelta(seconds=20)):
        assert start(speaker).status_code == 200


def test_nobody_sends_chunks_of_somebody_elses_run(host, speaker, start, post):
    started = start(host).json()
    assert post(speaker, started, 0).status_code == 403


def test_a_pause_ends_the_run_and_going_on_is_another(host, start, post, base):
    started = start(host).json()
    post(host, started, 0)
    assert host.post(base + "pause/").status_code == 302
    assert host.post(base + "pause/").status_code == 302
    assert post(host, started, 1).json() == {"why": "run-over"}
    assert start(host).status_code == 200
    assert Broadcast.objects.get().runs.count() == 2


def test_a_speaker_pauses_and_stops_their_own_picture_only(host, speaker, start, base):
    start(host)
    assert speaker.post(base + "pause/").status_code == 403
    assert speaker.post(base + "stop/").status_code == 403
    host.post(base + "pause/")
    # A pause of somebody else is not theirs to make the end of.
    assert speaker.post(base + "stop/").status_code == 403
    assert "Stop the broadcast" not in speaker.get(base + "state/").content.decode()
    start(speaker)
    assert "Stop the broadcast" in speaker.get(base + "state/").content.decode()
    assert speaker.post(base + "pause/").status_code == 302
    assert speaker.post(base + "stop/").status_code == 302


def test_stopping_is_for_good(host, start, post, base):
    started = start(host).json()
    assert host.post(base + "stop/").status_code == 302
    assert host.post(base + "stop/").status_code == 302
    assert post(host, started, 0).json() == {"why": "run-over"}
    assert start(host).json() == {"why": "over"}


@pytest.mark.parametrize("role", [InvitationRole.VIEWER, InvitationRole.MODERATOR])
def test_who_may_not_send_cannot(invite, event, session, start, role):
    assert start(invite(role, item=event)).status_code == 403


def test_a_removed_speaker_sends_no_more(speaker, session, start, post):
    started = start(speaker).json()
    Participant.objects.update(removed_at=timezone.now())
    assert post(speaker, started, 0).status_code == 403
    assert start(speaker).status_code == 403


def test_a_chunk_costs_a_fixed_number_of_queries(host, start, post, django_assert_num_queries):
    """HTTP session, item with session and me, account, site policy, run; then the UPDATE."""
    started = start(host).json()
    with django_assert_num_queries(8):
        post(host, started, 0)
    with django_assert_num_queries(8):
        post(host, started, 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_are_one(event, owner, session):
    people = [
        Participant.objects.create(
            session=session, key=f"account:{n}", name=f"{n}", admitted_at=timezone.now()
        )
        for n in range(2)
    ]
    results = at_once(
        [partial(services.start_run, me=one, mime_type="video/webm") for one in people]
    )
    assert {type(one) for one in results} == {BroadcastRun, services.SomebodySends}, results
    assert BroadcastRun.objects.filter(stopped_at=None).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_chunk_sent_twice_at_once_is_taken_once(me):
    run = services.start_run(me=me, mime_type="video/webm")

    def act():
        same = BroadcastRun.objects.select_related("broadcast__session__item").get(pk=run.pk)
        services.take_chunk(run=same, number=0, content=WEBM)

    problems = [one for one in at_once([act] * 6) if isinstance(one, Exception)]
    run.refresh_from_db()
    assert (run.next_chunk, run.size, problems) == (1, len(WEBM), [])
    folder = folders.run_folder(run.broadcast, run)
    assert [path.name for path in folder.iterdir()] == ["00000000.chunk"]
