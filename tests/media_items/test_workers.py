"""A task that stands as running while its worker is dead goes back into the queue."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import InterfaceError
from django.tasks import TaskResultStatus
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from config.management.commands import db_worker
from config.management.commands.db_worker import TAKE_UP
from media_items import workers
from media_items.workers import MOST_STARTS, STALE_AFTER, Worker, take_up_tasks
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.django_db


def row(*worker_ids, status=TaskResultStatus.RUNNING, ago=STALE_AFTER * 2, error=""):
    return DBTaskResult.objects.create(
        status=status,
        started_at=timezone.now() - ago,
        finished_at=timezone.now() if status == TaskResultStatus.FAILED else None,
        args_kwargs={"args": [0], "kwargs": {}},
        task_path="media_items.library.tasks.purge_media_item",
        worker_ids=list(worker_ids),
        backend_name="default",
        run_after=timezone.now(),
        exception_class_path=error,
    )


def status_of(task):
    task.refresh_from_db()
    return task.status


def silent(worker_id, *, ago):
    Worker.objects.create(worker_id=worker_id, seen_at=timezone.now() - ago)


def test_what_a_dead_worker_stood_at_is_ready_again():
    silent("dead", ago=STALE_AFTER + timedelta(seconds=1))
    silent("living", ago=timedelta(seconds=20))
    dead, living, unknown = row("living", "dead"), row("dead", "living"), row("never signed")
    assert take_up_tasks in TAKE_UP
    assert take_up_tasks() == 2
    assert status_of(dead) == status_of(unknown) == TaskResultStatus.READY
    assert status_of(living) == TaskResultStatus.RUNNING
    assert list(DBTaskResult.objects.ready().order_by("started_at")) == [dead, unknown]
    assert take_up_tasks() == 0


def test_a_task_that_has_just_begun_is_left():
    task = row("unknown", ago=timedelta(seconds=5))
    assert take_up_tasks() == 0
    assert status_of(task) == TaskResultStatus.RUNNING


def test_a_task_that_outlives_its_workers_again_and_again_has_failed(client):
    task = row(*"abc"[:MOST_STARTS])
    assert take_up_tasks() == 1
    assert status_of(task) == TaskResultStatus.FAILED
    [error] = task.task_result.errors
    assert error.exception_class is workers.WorkerDied
    assert "ended in the midst" in error.traceback
    assert task.finished_at
    assert take_up_tasks() == 0


def test_a_worker_that_comes_again_by_its_name_is_not_taken_for_the_dead_one():
    task, other = row("mail-1", ago=timedelta(0)), row("mail-2", ago=timedelta(0))
    silent("mail-1", ago=timedelta(0))
    workers.begin("mail-1")
    assert status_of(task) == TaskResultStatus.READY
    assert status_of(other) == TaskResultStatus.RUNNING


def test_what_a_worker_dropped_because_it_was_told_to_stop_is_ready_again():
    dropped = row("me", status=TaskResultStatus.FAILED, error="builtins.SystemExit")
    failed = row("me", status=TaskResultStatus.FAILED, error="builtins.ValueError")
    silent("me", ago=timedelta(0))
    workers.end("me")
    assert status_of(dropped) == TaskResultStatus.READY
    assert status_of(failed) == TaskResultStatus.FAILED
    assert not Worker.objects.exists()


def test_a_worker_that_was_only_slow_ends_what_another_has_begun():
    """Silent for too long, it loses its task; it is at it still, and so is the next one."""
    task = row("slow", ago=STALE_AFTER * 2)
    mine = DBTaskResult.objects.get(pk=task.pk)
    assert take_up_tasks() == 1
    workers.give_sign("next")
    DBTaskResult.objects.get(pk=task.pk).claim("next")
    mine.set_successful(None)
    assert status_of(task) == TaskResultStatus.SUCCESSFUL
    assert task.worker_ids == ["slow", "next"]
    assert take_up_tasks() == 0


def test_the_sign_of_life_waits_for_no_slow_disk_and_outlives_a_database_that_is_away(monkeypatch):
    slow, signs, is_over = threading.Event(), [], threading.Event()

    def give_sign(worker_id):
        signs.append(worker_id)
        if len(signs) == 3:
            is_over.set()
        raise InterfaceError

    monkeypatch.setattr(db_worker, "SECONDS_BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr(db_worker, "TAKE_UP", ())
    monkeypatch.setattr(db_worker, "CLEAR_ONCE", (lambda: slow.wait(PATIENCE_SECONDS),))
    monkeypatch.setattr(workers, "give_sign", give_sign)
    threads = db_worker.look_after("me", takes_up=True)
    try:
        assert is_over.wait(PATIENCE_SECONDS)
        assert not slow.is_set()
    finally:
        slow.set()
        for thread in threads:
            thread.stopped.set()
            thread.join()


def test_a_task_in_the_queue_of_an_older_version_is_done_after_an_upgrade():
    for old, new in db_worker.MOVED.items():
        waiting = row(status=TaskResultStatus.READY)
        begun = row("old", status=TaskResultStatus.SUCCESSFUL)
        DBTaskResult.objects.filter(pk__in=[waiting.pk, begun.pk]).update(task_path=old)
        assert db_worker.rename_tasks in TAKE_UP
        assert db_worker.rename_tasks() == 1
        waiting.refresh_from_db()
        assert waiting.task_path == new
        assert waiting.task.module_path == new  # it is there


def test_the_admin_shows_no_work_that_runs_for_ever(admin_client):
    row("dead")
    address = reverse("admin:background_work")
    assert len(admin_client.get(address).context["under_way"]) == 1
    take_up_tasks()
    page = admin_client.get(address)
    assert page.context["under_way"] == []
    assert len(page.context["waiting"]) == 1
