"""Whose upload is prepared next, when work stops, and what a dead worker leaves."""

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from config.management.commands.db_worker import SECONDS_BETWEEN_LOOKS, TAKE_UP
from media_items.catalogue.models import Kind
from media_items.library.services import editing
from media_items.models import MediaItem, Preparation
from media_items.processing import confinement, runs, services, tasks
from media_items.processing.leftovers import in_doubt
from media_items.processing.models import PreparationState
from media_items.workers import MOST_STARTS, STALE_AFTER, take_up_tasks
from tests import factories
from tests.media_items.processing.test_services import attach, of, stored_files, uploaded
from tests.media_samples import samples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "media"]}
    }


def sounds_of(owner, number):
    items = [factories.MediaItemFactory(owner=owner, kind=Kind.AUDIO) for _n in range(number)]
    for item in items:
        attach(item, samples().mp3)
    return items


def ready():
    return list(
        Preparation.objects.filter(finished_at__isnull=False)
        .order_by("finished_at")
        .values_list("item_id", flat=True)
    )


def test_forty_films_of_one_owner_do_not_keep_another_waiting(owner, stranger):
    many = sounds_of(owner, 4)
    (one,) = sounds_of(stranger, 1)
    for item in many[:3]:
        tasks.prepare_media_item.call(item.pk)
    assert ready() == [many[0].pk, one.pk, many[1].pk]
    for item in (many[3], one):
        tasks.prepare_media_item.call(item.pk)
    assert ready() == [many[0].pk, one.pk, *(item.pk for item in many[1:])]


def test_as_many_tasks_as_uploads_prepare_them_all(
    owner, stranger, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        items = [*sounds_of(owner, 2), *sounds_of(stranger, 2)]
    for task in DBTaskResult.objects.ready():
        tasks.prepare_media_item.call(*task.args_kwargs["args"])
    assert sorted(ready()) == sorted(item.pk for item in items)


# --- work that nobody wants any more -------------------------------------------------------------


def gone(item):
    MediaItem.objects.filter(pk=item.pk).delete()


def in_the_bin(item):
    MediaItem.objects.filter(pk=item.pk).update(deleted_at=timezone.now())


def with_another_file(item):
    attach(item, samples().mp4)


@pytest.mark.parametrize("change", [gone, in_the_bin, with_another_file])
def test_work_stops_when_its_item_is_gone_or_its_file_replaced(item, change, monkeypatch):
    """While the other program runs, and that program is killed."""
    attach(item, samples().mkv_mpeg4)
    started = []
    start = confinement.start_confined

    def start_slowly(command, **options):
        if started:
            return start(command, **options)
        started.append(start(["sleep", "60"], **options))
        change(item)
        return started[-1]

    monkeypatch.setattr(confinement, "start_confined", start_slowly)
    monkeypatch.setattr(runs, "_SECONDS_BETWEEN_REPORTS", 0)
    assert tasks.prepare(item.pk)
    (process,) = started
    assert process.returncode == -signal.SIGKILL
    waiting = Preparation.objects.filter(item=item).first()
    assert waiting is None or waiting.state == PreparationState.WAITING
    assert not any("playback" in name for name in stored_files())


def test_an_item_that_comes_back_from_the_bin_is_prepared(item):
    attach(item, samples().mp4)
    in_the_bin(item)
    assert tasks.take_up() == 0
    tasks.prepare_media_item.call(item.pk)
    assert not ready()
    MediaItem.objects.update(deleted_at=None)
    assert tasks.take_up() == 1


# --- what a dead worker leaves -------------------------------------------------------------------


def died(item, *, ago):
    then = timezone.now() - ago
    Preparation.objects.filter(item=item).update(started_at=then, heartbeat_at=then)


def test_what_a_dead_worker_was_at_is_queued_again_within_a_minute(item):
    attach(item, samples().mp4)
    assert tasks.take_up in TAKE_UP
    died(item, ago=timedelta(seconds=5))
    assert tasks.take_up() == 0
    died(item, ago=timedelta(seconds=60 - SECONDS_BETWEEN_LOOKS))
    assert timedelta(seconds=60 - SECONDS_BETWEEN_LOOKS) >= STALE_AFTER
    assert tasks.take_up() == 1
    assert tasks.take_up() == 0  # one task is enough
    tasks.prepare_media_item.call(item.pk)
    assert Preparation.objects.get(item=item).state == PreparationState.READY


def test_an_upload_whose_task_was_lost_is_queued_again(item):
    attach(item, samples().mp4)
    assert tasks.take_up() == 1
    DBTaskResult.objects.update(status="RUNNING")  # by a worker that is dead
    assert tasks.take_up() == 1


def test_work_that_was_taken_over_is_finished_by_one_only(item):
    attach(item, samples().mp4)
    run = tasks._claim(item.pk)
    assert not tasks.prepare(item.pk)  # it may still live
    Preparation.objects.update(heartbeat_at=timezone.now() - STALE_AFTER)
    assert services.restart_preparation(item=item).state == PreparationState.WAITING
    assert tasks.prepare(item.pk)
    with pytest.raises(runs.OvertakenError):
        run.finish()
    assert of(item, "playback").count() == 1


# --- what kills its worker -----------------------------------------------------------------------


class Killed(BaseException):
    """The kernel's, of which a process sees nothing."""


def kills_its_worker(item, monkeypatch, *, times):
    """Each time a worker begins it, by the task that is queued then, and is silent from then on."""

    def killed(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "make", killed)
        for number in range(times):
            tasks.take_up()
            row = DBTaskResult.objects.ready().get()
            row.claim(f"worker {number}")
            with pytest.raises(Killed):
                tasks.prepare_media_item.call(*row.args_kwargs["args"])
            died(item, ago=STALE_AFTER * 2)
            DBTaskResult.objects.running().update(started_at=timezone.now() - STALE_AFTER * 2)
            take_up_tasks()


def test_a_file_that_kills_its_worker_again_and_again_has_failed(item, monkeypatch):
    attach(item, samples().mp4)
    kills_its_worker(item, monkeypatch, times=MOST_STARTS)
    assert tasks.take_up() == 0
    preparation = Preparation.objects.get(item=item)
    assert preparation.state == PreparationState.FAILED
    assert "stopped three times" in preparation.problem
    assert not DBTaskResult.objects.ready().exists()
    assert tasks.take_up() == 0


def test_a_task_that_waits_does_not_begin_what_has_killed_its_workers(item, monkeypatch):
    attach(item, samples().mp4)
    kills_its_worker(item, monkeypatch, times=MOST_STARTS)
    assert not tasks.prepare(item.pk)
    assert Preparation.objects.get(item=item).state == PreparationState.FAILED


def test_the_last_worker_that_lives_is_left_to_end_it(item, monkeypatch):
    attach(item, samples().mp4)
    kills_its_worker(item, monkeypatch, times=MOST_STARTS - 1)
    run = tasks._claim(item.pk)
    assert tasks.take_up() == 0
    assert not tasks.prepare(item.pk)
    with in_doubt():
        run.finish()
    assert Preparation.objects.get(item=item).state == PreparationState.READY


@pytest.mark.parametrize("again", ["retry", "another file"])
def test_after_it_has_failed_its_owner_begins_anew(
    item, again, monkeypatch, django_capture_on_commit_callbacks
):
    attach(item, samples().mp4)
    kills_its_worker(item, monkeypatch, times=MOST_STARTS)
    tasks.take_up()
    with django_capture_on_commit_callbacks(execute=True):
        if again == "retry":
            services.restart_preparation(item=item)
        else:
            attach(item, samples().mp4)
    DBTaskResult.objects.all().delete()
    kills_its_worker(item, monkeypatch, times=MOST_STARTS - 1)
    DBTaskResult.objects.all().delete()
    assert tasks.take_up() == 1
    assert tasks.prepare(item.pk)
    assert Preparation.objects.get(item=item).state == PreparationState.READY


@pytest.mark.parametrize("told", [SystemExit, KeyboardInterrupt])
def test_a_worker_that_is_told_to_stop_is_not_counted(item, told, monkeypatch):
    """However often the site is upgraded; and the next one waits for no sign of life."""
    attach(item, samples().mp4)

    def stop(*_):
        raise told

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "make", stop)
        for _time in range(MOST_STARTS + 1):
            with pytest.raises(told):
                tasks.prepare(item.pk)
    assert Preparation.objects.get(item=item).state == PreparationState.WAITING
    assert tasks.prepare(item.pk)
    assert Preparation.objects.get(item=item).state == PreparationState.READY


def test_work_that_was_not_wanted_for_a_while_is_not_counted(item, monkeypatch):
    attach(item, samples().mp4)
    for _time in range(MOST_STARTS + 1):
        tasks._claim(item.pk).put_back()
    assert Preparation.objects.get(item=item).starts == 0


def test_an_upload_that_is_examined_has_no_row_yet(owner, monkeypatch):
    """A server killed then leaves no item without its file; it used to be saved first."""
    seen = []
    identify = services.identify

    def look(upload, *, kind):
        seen.append(MediaItem.objects.count())
        return identify(upload, kind=kind)

    monkeypatch.setattr(services, "identify", look)
    item = editing.create_media_item(
        item=MediaItem(kind=Kind.VIDEO, title="Film"), owner=owner, upload=uploaded(samples().mp4)
    )
    assert seen == [0]
    original = item.files.get()
    assert Path(site.MEDIA_ROOT, original.file.name).exists()
    assert item.preparation.state == PreparationState.WAITING
