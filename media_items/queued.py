"""Which tasks wait in the queue: what is to be done and has none was lost with a worker."""

from __future__ import annotations

from typing import Any

from django.tasks import Task
from django_tasks_db.models import DBTaskResult


def queued(task: Task[Any, Any]) -> list[list[Any]]:
    """The arguments of each waiting call of this task."""
    ready = DBTaskResult.objects.ready().filter(task_path=task.module_path)
    return [called["args"] for called in ready.values_list("args_kwargs", flat=True)]
