"""After it: one private video of the owner, whatever the runs were like."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from media_items.catalogue.models import Kind, MediaItem, State
from media_items.live.broadcast import folders, housekeeping, recording, services
from media_items.live.broadcast.models import Broadcast
from media_items.live.broadcast.recordings import RecordingState, recordings_of
from media_items.live.broadcast.tasks import make_recording
from media_items.live.sessions import services as sessions
from media_items.processing.models import Purpose
from media_items.processing.probe import is_web_safe, probe
from media_items.workers import MOST_STARTS, STALE_AFTER
from tests.live_factories import BroadcastFactory, LiveSessionFactory
from tests.media_items.live.broadcast.conftest import recorded
from tests.tasks import run_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def stop(session, django_capture_on_commit_callbacks):
    def act():
        with django_capture_on_commit_callbacks(execute=True):
            services.stop(session=session)
        return Broadcast.objects.select_related("session__item").get()

    return act


def finish(django_capture_on_commit_callbacks):
    """Every task, and those they enqueue on commit."""
    while True:
        with django_capture_on_commit_callbacks(execute=True):
            ran = run_tasks()
        if not ran:
            return


@pytest.fixture
def run_all(django_capture_on_commit_callbacks):
    return lambda: finish(django_capture_on_commit_callbacks)


def playback_of(item):
    return item.files.get(purpose=Purpose.PLAYBACK)


def test_the_recording_is_a_private_video_of_the_owner_and_plays(send, stop, run_all, event, owner):
    send(recorded(), stop=True)
    send(recorded())
    broadcast = stop()
    run_all()
    item = MediaItem.objects.get(kind=Kind.VIDEO)
    assert (item.owner, item.state) == (owner, State.PRIVATE)
    day = f"{timezone.now():%-d %b %Y}"
    assert item.title == f"Open lecture, recording of {day}"
    broadcast.refresh_from_db()
    assert broadcast.recording == item
    found = probe(playback_of(item).file.path)
    assert is_web_safe(found)
    assert found.duration_ms == pytest.approx(16_000, abs=700)
    assert (found.video_codec, found.audio_codec) == ("h264", "aac")
    assert [one.state for one in recordings_of(event)] == [RecordingState.READY]
    assert not (folders.folder_of(broadcast) / "runs").exists()


@pytest.mark.parametrize(
    "second",
    [
        {"kind": "vp8"},
        {"size": "180x320"},
        {"sound": False},
        {"kind": "mp4"},
    ],
    ids=str,
)
def test_runs_that_differ_become_one_video_all_the_same(send, stop, run_all, second):
    send(recorded(seconds=4), stop=True)
    send(recorded(**{"kind": "h264", "seconds": 4, **second}))
    stop()
    run_all()
    found = probe(playback_of(MediaItem.objects.get(kind=Kind.VIDEO)).file.path)
    assert is_web_safe(found)
    assert found.has_audio
    assert found.duration_ms == pytest.approx(8_000, abs=700)


def test_a_run_that_cannot_be_read_is_left_out(send, stop, run_all):
    send(("video/webm", [b"\x1a\x45\xdf\xa3 and then nothing of use"]), stop=True)
    send(recorded(seconds=4))
    stop()
    run_all()
    found = probe(playback_of(MediaItem.objects.get(kind=Kind.VIDEO)).file.path)
    assert found.duration_ms == pytest.approx(4_000, abs=500)


def test_a_failure_is_said_and_can_be_tried_again(
    send, stop, run_all, host, event, django_capture_on_commit_callbacks
):
    run = send(recorded(seconds=4))
    broadcast = stop()
    chunks = folders.run_folder(broadcast, run)
    aside = chunks.with_name("aside")
    chunks.rename(aside)
    run_all()
    assert [one.state for one in recordings_of(event)] == [RecordingState.FAILED]
    page = f"/media/{event.public_id}/session/broadcast/recordings/"
    assert b"Try again" in host.get(page).content
    aside.rename(chunks)
    with django_capture_on_commit_callbacks(execute=True):
        host.post(f"{page}{broadcast.pk}/retry/")
        host.post(f"{page}{broadcast.pk}/retry/")
    run_all()
    assert [one.state for one in recordings_of(event)] == [RecordingState.READY]
    assert MediaItem.objects.filter(kind=Kind.VIDEO).count() == 1


def test_the_task_run_twice_makes_one_video(send, stop, run_all):
    send(recorded(seconds=4))
    broadcast = stop()
    run_all()
    make_recording.func(broadcast.pk)
    Broadcast.objects.update(recording_begun_at=None, recording_made_at=None)
    make_recording.func(broadcast.pk)
    assert MediaItem.objects.filter(kind=Kind.VIDEO).count() == 1


def test_a_task_that_died_between_row_and_file_goes_on_with_its_row(
    send, stop, run_all, monkeypatch
):
    send(recorded(seconds=4))
    broadcast = stop()

    class Died(BaseException):
        pass

    def die(**_):
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(recording, "attach_upload", die)
        with pytest.raises(Died):
            make_recording.func(broadcast.pk)
    make_recording.func(broadcast.pk)  # the claim of the dead one holds
    item = MediaItem.objects.get(kind=Kind.VIDEO)
    assert not item.files.exists()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        make_recording.func(broadcast.pk)
    assert MediaItem.objects.get(kind=Kind.VIDEO) == item
    assert item.files.filter(purpose=Purpose.ORIGINAL).exists()


def dead(broadcast):
    then = timezone.now() - STALE_AFTER
    Broadcast.objects.filter(pk=broadcast.pk).update(
        recording_begun_at=then, recording_heartbeat_at=then
    )


def test_the_recording_of_a_dead_worker_is_taken_up_within_a_minute(
    send, stop, run_all, event, django_capture_on_commit_callbacks
):
    """It stood at “Being prepared” for 12 to 18 hours."""
    send(recorded(seconds=4))
    broadcast = stop()
    DBTaskResult.objects.update(status="RUNNING")
    assert recording.claim(broadcast.pk)
    assert services.take_up() == 0  # its worker may live
    dead(broadcast)
    with django_capture_on_commit_callbacks(execute=True):
        assert services.take_up() == 1
    assert services.take_up() == 0
    run_all()
    assert [one.state for one in recordings_of(event)] == [RecordingState.READY]


def test_try_again_works_when_the_worker_is_dead(
    send, stop, run_all, event, host, django_capture_on_commit_callbacks
):
    send(recorded(seconds=4))
    broadcast = stop()
    DBTaskResult.objects.update(status="RUNNING")
    dead(broadcast)
    retry = f"/media/{event.public_id}/session/broadcast/recordings/{broadcast.pk}/retry/"
    for _time in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            host.post(retry)
    assert DBTaskResult.objects.ready().count() == 1
    run_all()
    assert [one.state for one in recordings_of(event)] == [RecordingState.READY]


def kills_its_workers(broadcast, *, times=MOST_STARTS):
    for _time in range(times):
        assert recording.claim(broadcast.pk)
        dead(broadcast)


@pytest.mark.parametrize("seen_by", ["a look", "a task"])
def test_a_recording_that_kills_its_worker_again_and_again_has_failed_until_its_host_tries_again(
    seen_by, send, stop, run_all, event, host, django_capture_on_commit_callbacks
):
    send(recorded(seconds=4))
    broadcast = stop()
    DBTaskResult.objects.update(status="RUNNING")
    kills_its_workers(broadcast)
    if seen_by == "a look":
        with django_capture_on_commit_callbacks(execute=True):
            assert services.take_up() == 0
    else:
        assert recording.claim(broadcast.pk) is None
    assert [one.state for one in recordings_of(event)] == [RecordingState.FAILED]
    assert not DBTaskResult.objects.ready().exists()
    page = f"/media/{event.public_id}/session/broadcast/recordings/"
    assert b"Try again" in host.get(page).content
    with django_capture_on_commit_callbacks(execute=True):
        host.post(f"{page}{broadcast.pk}/retry/")
    kills_its_workers(broadcast, times=MOST_STARTS - 1)
    run_all()
    assert [one.state for one in recordings_of(event)] == [RecordingState.READY]


def test_a_worker_that_is_told_to_stop_is_not_counted(send, stop, run_all, event, monkeypatch):
    send(recorded(seconds=4))
    broadcast = stop()

    def told(_broadcast):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(recording, "make", told)
        for _time in range(MOST_STARTS + 1):
            with pytest.raises(SystemExit):
                make_recording.func(broadcast.pk)
    run_all()
    assert [one.state for one in recordings_of(event)] == [RecordingState.READY]


def test_a_recording_given_up_is_not_made_by_the_one_that_was_only_slow(send, stop, monkeypatch):
    send(recorded(seconds=4))
    broadcast = stop()
    monkeypatch.setattr(recording, "_SECONDS_BETWEEN_SIGNS", 0)
    kills_its_workers(broadcast, times=MOST_STARTS - 1)
    slow = recording.claim(broadcast.pk)
    with time_machine.travel(timezone.now() + STALE_AFTER * 2):
        assert services.take_up() == 0
        with pytest.raises(recording.NotWantedError):
            recording.make(slow)
    broadcast.refresh_from_db()
    assert broadcast.recording_failed_at
    assert broadcast.recording_made_at is None


def test_a_recording_nobody_wants_any_more_is_stopped(send, stop, monkeypatch):
    send(recorded(seconds=4))
    broadcast = stop()
    monkeypatch.setattr(recording, "_SECONDS_BETWEEN_SIGNS", 0)
    claimed = recording.claim(broadcast.pk)
    Broadcast.objects.update(recording_begun_at=timezone.now())
    with pytest.raises(recording.NotWantedError):
        recording.make(claimed)
    recording.fail(claimed)
    broadcast.refresh_from_db()
    assert broadcast.recording_failed_at is None
    assert not MediaItem.objects.filter(kind=Kind.VIDEO).exists()


def test_nothing_sent_is_nothing_recorded(me, stop, run_all, event):
    services.start_run(me=me, mime_type="video/webm")
    stop()
    run_all()
    assert recordings_of(event) == []
    assert not MediaItem.objects.filter(kind=Kind.VIDEO).exists()


def test_a_full_disk_leaves_what_was_sent_where_it_is(send, stop, run_all, event, monkeypatch):
    run = send(recorded(seconds=4))
    broadcast = stop()
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: type("Usage", (), {"free": 0}))
    run_all()
    assert [one.state for one in recordings_of(event)] == [RecordingState.FAILED]
    assert folders.chunk_path(folders.run_folder(broadcast, run), 0).is_file()


def test_a_very_long_title_leaves_room_for_the_day(send, stop, run_all, event):
    event.title = "x" * 200
    event.save()
    send(recorded(seconds=4))
    stop()
    run_all()
    title = MediaItem.objects.get(kind=Kind.VIDEO).title
    assert len(title) == 200
    assert f", recording of {timezone.now():%-d %b %Y}" in title


def test_a_recording_its_owner_deleted_is_not_made_again(send, stop, run_all, event):
    send(recorded(seconds=4))
    stop()
    run_all()
    MediaItem.objects.get(kind=Kind.VIDEO).delete()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        housekeeping.tidy_broadcasts()
        run_all()
    assert [one.state for one in recordings_of(event)] == [RecordingState.GONE]


# --- housekeeping -----------------------------------------------------------------------------


def test_a_broadcast_left_open_is_stopped_and_recorded(
    send, session, run_all, event, django_capture_on_commit_callbacks
):
    send(recorded(seconds=4))
    sessions.end_session(session=session)
    with django_capture_on_commit_callbacks(execute=True):
        assert housekeeping.tidy_broadcasts() == 1
    run_all()
    assert [one.state for one in recordings_of(event)] == [RecordingState.READY]


def test_a_recording_whose_task_got_lost_is_made(
    send, session, run_all, event, django_capture_on_commit_callbacks
):
    send(recorded(seconds=4))
    services.stop(session=session)  # and what was to be enqueued is not
    run_all()
    assert [one.state for one in recordings_of(event)] == [RecordingState.MAKING]
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        with django_capture_on_commit_callbacks(execute=True):
            housekeeping.tidy_broadcasts()
        run_all()
    assert [one.state for one in recordings_of(event)] == [RecordingState.READY]


def test_folders_go_when_the_recording_is_made_or_nobody_wants_them(
    send, stop, run_all, session, settings
):
    send(recorded(seconds=4))
    broadcast = stop()
    folder = folders.folder_of(broadcast)
    housekeeping.tidy_broadcasts()
    assert folder.exists()
    run_all()
    sessions.end_session(session=session)
    housekeeping.tidy_broadcasts()
    assert not folder.exists()
    orphan = settings.MEDIA_ROOT / ("x" * 16) / "broadcast" / "99999"
    orphan.mkdir(parents=True)
    housekeeping.tidy_broadcasts()
    assert orphan.exists()  # the database may be one from before it
    long_ago = time.time() - (settings.BIN_KEPT_DAYS + 1) * 24 * 60 * 60
    os.utime(orphan, (long_ago, long_ago))
    housekeeping.tidy_broadcasts()
    assert not orphan.parent.parent.exists()


def test_files_of_items_are_never_taken_for_folders_of_broadcasts(send, stop, run_all):
    send(recorded(seconds=4))
    stop()
    run_all()
    playback = playback_of(MediaItem.objects.get(kind=Kind.VIDEO))
    with time_machine.travel(timezone.now() + timedelta(days=90)):
        housekeeping.tidy_broadcasts()
    assert playback.file.storage.exists(playback.file.name)


# --- what the host sees -----------------------------------------------------------------------


def test_the_host_sees_how_far_it_is(send, stop, run_all, host, event):
    page = f"/media/{event.public_id}/session/broadcast/recordings/"
    assert b"no recordings" in host.get(page).content
    send(recorded(seconds=4))
    stop()
    text = host.get(page, headers={"HX-Request": "true"}).content
    assert b"The recording is being processed" in text
    assert b'hx-trigger="every 5s"' in text
    assert b"<html" not in text
    run_all()
    text = host.get(page).content.decode()
    assert MediaItem.objects.get(kind=Kind.VIDEO).get_absolute_url() in text
    assert "every 5s" not in text


def test_a_second_recording_of_one_day_says_the_time(owner, event, session):
    titles = []
    for hour in (9, 15):
        row = BroadcastFactory(
            session=LiveSessionFactory(item=event, ended=True),
            started_at=datetime(2026, 11, 27, hour, 5, tzinfo=UTC),
        )
        titles.append(recording._make_item(row).title)
    assert titles == [
        "Open lecture, recording of 27 Nov 2026",
        "Open lecture, recording of Fri 27 Nov 2026, 15:05 UTC",
    ]
