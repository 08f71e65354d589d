"""The feeder brings what lies on the disk to ffmpeg, whatever dies in between."""

from __future__ import annotations

import os
import re
import signal
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from media_items.live.broadcast import channel as channels
from media_items.live.broadcast import feeder as feeding
from media_items.live.broadcast import folders, services
from media_items.live.broadcast.containers import UnknownRecording, read_head
from media_items.live.broadcast.feeder import Feeder
from media_items.live.broadcast.models import Broadcast
from media_items.live.sessions import services as sessions
from media_items.processing.probe import probe
from tests.media_items.live.broadcast.conftest import recorded
from tests.waiting import until

pytestmark = pytest.mark.django_db


def the_broadcast():
    return Broadcast.objects.select_related("session__item").get()


def playlist():
    path = folders.playlist_of(the_broadcast())
    return path.read_text() if path.is_file() else ""


def segments():
    return re.findall(r"^\d+\.ts$", playlist(), re.MULTILINE)


def seconds_shown():
    return sum(float(found) for found in re.findall(r"#EXTINF:([\d.]+)", playlist()))


def probed(name):
    return probe(folders.hls_folder(the_broadcast()) / name)


@pytest.mark.parametrize("kind", ["h264", "vp8", "mp4"])
def test_what_a_recorder_sends_becomes_a_picture_every_browser_shows(kind, send, step_until):
    send(recorded(kind), stop=True)
    # Seen while it was under way, or there is nothing to go on from.
    Broadcast.objects.get().runs.update(stopped_at=None)
    step_until(lambda: len(segments()) >= 2)
    services.stop(session=the_broadcast().session)
    step_until(lambda: "#EXT-X-ENDLIST" in playlist())
    assert seconds_shown() == pytest.approx(8, abs=0.5)
    found = probed(segments()[0])
    assert (found.video_codec, found.audio_codec) == ("h264", "aac")
    assert (found.width, found.height) == (320, 180)
    assert "://" not in playlist()
    assert "/" not in re.sub(r"^#.*$", "", playlist(), flags=re.MULTILINE)


def test_a_run_after_a_pause_goes_on_in_the_same_playlist(send, step_until, session):
    send(recorded())
    step_until(lambda: len(segments()) >= 2)
    services.pause(session=session)
    step_until(lambda: seconds_shown() > 7)
    first = len(segments())
    send(recorded())
    step_until(lambda: len(segments()) >= first + 2)
    services.stop(session=session)
    step_until(lambda: "#EXT-X-ENDLIST" in playlist())
    assert seconds_shown() == pytest.approx(16, abs=1)
    assert playlist().count("#EXT-X-DISCONTINUITY\n") >= 2
    assert segments() == sorted(set(segments()))


@pytest.fixture
def take(me):
    """`take(range(5, 8))`: these seconds of one long run."""
    mime_type, pieces = recorded(seconds=20)
    run = services.start_run(me=me, mime_type=mime_type)
    run.broadcast.session = me.session

    def some(numbers):
        for number in numbers:
            run.refresh_from_db(fields=["next_chunk"])
            services.take_chunk(run=run, number=number, content=pieces[number])

    return some


def test_an_ffmpeg_that_crashed_is_started_again_and_goes_on_from_the_disk(
    take, session, feeder, step_until, monkeypatch
):
    monkeypatch.setattr(channels, "FIRST_PAUSE_SECONDS", 0.0)
    take(range(5))
    step_until(lambda: len(segments()) >= 1)
    crashed = feeder.encoder_of(the_broadcast())
    os.killpg(crashed.pid, signal.SIGKILL)
    until(lambda: crashed.has_ended)  # what it is given while it ends is lost with it
    before = len(segments())
    take(range(5, 12))
    step_until(lambda: len(segments()) >= before + 2)
    assert feeder.encoder_of(the_broadcast()) is not crashed
    services.stop(session=session)
    step_until(lambda: "#EXT-X-ENDLIST" in playlist())
    assert probed(segments()[-1]).video_codec == "h264"


def test_a_new_process_goes_on_where_the_old_one_was(take, feeder, step_until):
    take(range(8))
    step_until(lambda: len(segments()) >= 2)
    before = segments()
    feeder.close()
    take(range(8, 12))
    feeder.step()
    take(range(12, 20))
    step_until(lambda: len(segments()) >= len(before) + 2)
    assert segments()[: len(before)] == before
    assert seconds_shown() < 20  # what nobody was there to show is not made up for


def test_two_processes_never_feed_one_broadcast(send, feeder, step_until):
    send(recorded())
    step_until(lambda: feeder.encoder_of(the_broadcast()) is not None)
    second = Feeder()
    second.step()
    assert second.encoder_of(the_broadcast()) is None
    feeder.close()
    second.step()
    assert second.encoder_of(the_broadcast()) is not None
    second.close()


def test_an_ffmpeg_that_gets_nothing_is_ended_and_another_started_when_it_comes(
    take, feeder, step_until
):
    take(range(8))
    step_until(lambda: len(segments()) >= 2)
    first = feeder.encoder_of(the_broadcast())
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        step_until(lambda: feeder.encoder_of(the_broadcast()) is None)
        assert first.has_ended
        take(range(8, 12))
        step_until(lambda: feeder.encoder_of(the_broadcast()) is not None)


def test_a_broadcast_is_stopped_with_its_session(send, feeder, session):
    send(recorded())
    sessions.end_session(session=session)
    feeder.step()
    assert the_broadcast().stopped_at is not None


def test_a_broadcast_ends_when_it_has_lasted_as_long_as_it_may(send, feeder, settings):
    settings.LIVE_BROADCAST_MAX_HOURS = 2
    send(recorded())
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        feeder.step()
    assert the_broadcast().stopped_at is not None


def test_what_was_paused_before_the_process_came_is_not_shown_anew(send, feeder):
    send(recorded(), stop=True)
    feeder.step()
    assert feeder.encoder_of(the_broadcast()) is None


def test_nothing_on_air_costs_one_query(feeder, django_assert_num_queries):
    with django_assert_num_queries(1):
        feeder.step()


def test_everybody_hears_when_the_picture_comes_is_lost_and_is_back(
    send, me, feeder, step_until, monkeypatch
):
    told = []
    monkeypatch.setattr(feeding, "announce", lambda session, kind: told.append(kind))
    run = send(recorded())
    step_until(lambda: len(segments()) >= 2)
    feeder.step()
    said = len(told)
    feeder.step()
    assert len(told) == said > 0
    with time_machine.travel(timezone.now() + timedelta(seconds=20)):
        feeder.step()
        assert len(told) == said + 1
        run.broadcast.session = me.session
        services.take_chunk(run=run, number=8, content=b"more")
        feeder.step()
        assert len(told) == said + 2


def test_a_chunk_that_is_gone_ends_the_showing_of_its_run_and_nothing_else(send, feeder):
    run = send(recorded())
    broadcast = the_broadcast()
    folders.chunk_path(folders.run_folder(broadcast, run), 0).unlink()
    feeder.step()
    feeder.step()
    assert feeder.encoder_of(broadcast) is None


def test_a_head_is_read_from_pieces_and_nonsense_is_told_from_it():
    _type, pieces = recorded()
    assert read_head(pieces[0][:100]) is None
    head = read_head(pieces[0])
    assert head.copies
    assert head.entry_in(pieces[0]) == len(head.content)
    assert not read_head(recorded("vp8")[1][0]).copies
    with pytest.raises(UnknownRecording):
        read_head(b"<!doctype html><html>")
    with pytest.raises(UnknownRecording):
        read_head(b"\x1a\x45\xdf\xa3" + b"x" * 2_000_000)
