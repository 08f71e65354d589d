"""Running queued tasks inside a test, by the worker's own hand."""

from __future__ import annotations

from django.tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

# A test that enqueues more than this goes round in circles.
MOST_TASKS = 200


class TaskFailed(AssertionError):
    """What the task raised, as the worker wrote it down."""


def run_tasks() -> int:
    """Runs every task that is ready, also those these enqueue; returns how many ran.

    Raises `TaskFailed` at the first that fails. Tasks are enqueued on commit: in a test inside a
    transaction wrap the act in `django_capture_on_commit_callbacks(execute=True)`.
    """
    worker = Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="tests",
        excluded_queue_names=[],
    )
    ran = 0
    while (row := DBTaskResult.objects.ready().first()) is not None:
        if ran == MOST_TASKS:
            raise TaskFailed(f"More than {MOST_TASKS} tasks; the last is {row.task_path}.")
        row.claim(worker.worker_id)
        worker.run_task(row)
        row.refresh_from_db()
        if row.status == TaskResultStatus.FAILED:
            raise TaskFailed(f"{row.task_path} {row.args_kwargs}\n{row.traceback}")
        ran += 1
    return ran
