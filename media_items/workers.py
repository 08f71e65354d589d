"""The processes that do background work, and tasks that stand as running in the queue of one that
has died.

Each writes a sign of life every few seconds (`manage.py db_worker`). A task whose worker is silent
goes back into the queue: every task may run twice, also while one that was only slow is still at
it. One that has outlived several workers counts as what killed them, and as failed. What is queued
anew when its task is lost counts its starts itself, by the same measure (`MOST_STARTS`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db import models
from django.tasks import TaskResultStatus
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

# Silent for so long, a worker is dead; with a look every ten seconds its work is taken up again
# within a minute of its death.
STALE_AFTER = timedelta(seconds=40)
MOST_STARTS = 3
# How a task ends whose worker was told to stop at once.
TOLD_TO_STOP = (SystemExit, KeyboardInterrupt)
_DROPPED = tuple(f"{one.__module__}.{one.__qualname__}" for one in TOLD_TO_STOP)


class WorkerDied(Exception):
    """The worker of a task ended in the midst of it, each time it was begun."""


class Worker(models.Model):
    """A process that does background work, by the name that it writes into its tasks."""

    worker_id = models.CharField(_("worker"), primary_key=True, max_length=64)
    seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.worker_id


def begin(worker_id: str) -> None:
    """Whoever had this name before is not there any more."""
    put_back(worker_id)
    give_sign(worker_id)


def give_sign(worker_id: str) -> None:
    now = timezone.now()
    if not Worker.objects.filter(worker_id=worker_id).update(seen_at=now):
        Worker.objects.create(worker_id=worker_id, seen_at=now)


def end(worker_id: str) -> None:
    put_back(worker_id)
    Worker.objects.filter(worker_id=worker_id).delete()


def put_back(worker_id: str) -> None:
    """What this worker stands at, and what it dropped when it was told to stop at once."""
    running = models.Q(status=TaskResultStatus.RUNNING)
    dropped = models.Q(status=TaskResultStatus.FAILED, exception_class_path__in=_DROPPED)
    for row in DBTaskResult.objects.filter(running | dropped):
        if row.worker_ids[-1:] == [worker_id]:
            _put_back(row)


def rename_tasks(moved: Mapping[str, str]) -> int:
    """Tasks that wait under the name that their function had when they were queued, as it does not
    exist any more. Returns how many."""
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    return sum(waiting.filter(task_path=old).update(task_path=new) for old, new in moved.items())


def take_up_tasks() -> int:
    """Puts back what dead workers stand at. Returns how many; called every few seconds by each
    worker."""
    silent_since = timezone.now() - STALE_AFTER
    Worker.objects.filter(seen_at__lt=silent_since).delete()
    running = list(DBTaskResult.objects.running().filter(started_at__lt=silent_since))
    living = set(Worker.objects.values_list("worker_id", flat=True))
    return sum(_put_back(row) for row in running if living.isdisjoint(row.worker_ids[-1:]))


def _put_back(row: DBTaskResult) -> int:
    same = DBTaskResult.objects.filter(
        pk=row.pk, status=row.status, started_at=row.started_at, finished_at=row.finished_at
    )
    if row.status == TaskResultStatus.RUNNING and len(row.worker_ids) >= MOST_STARTS:
        return same.update(
            status=TaskResultStatus.FAILED,
            finished_at=timezone.now(),
            exception_class_path=f"{WorkerDied.__module__}.{WorkerDied.__qualname__}",
            traceback=str(WorkerDied.__doc__),
        )
    return same.update(
        status=TaskResultStatus.READY,
        started_at=None,
        finished_at=None,
        exception_class_path="",
        traceback="",
    )
