"""How work in turns is done (docs/adr/0022): step by step, each committed, for some seconds; then
the rest is a task of its own. Running it twice, or once more after it was killed, does nothing
twice: what is left to do is read from the rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.tasks import Task

from media_items.queued import queued
from media_items.quizzes.models.work import WorkInTurns
from media_items.workers import TOLD_TO_STOP

MOST_SECONDS = 3


def take_turn(
    model: type[WorkInTurns], pk: int, *, step: Callable[[], bool], task: Task[Any, Any]
) -> None:
    """`step` says whether there is more to do."""
    stop_at = time.monotonic() + MOST_SECONDS
    row = model.objects.filter(pk=pk)
    if not row.begin():
        return
    try:
        while step():
            if time.monotonic() > stop_at:
                task.enqueue(pk)
                return
    except TOLD_TO_STOP:
        row.put_back()
        raise


def take_up(model: type[WorkInTurns], task: Task[Any, Any]) -> int:
    """Queues a task for each that has stopped. Returns how many."""
    stopped = list(model.objects.silent().values_list("pk", flat=True))
    waiting = queued(task) if stopped else []
    due = [pk for pk in stopped if [pk] not in waiting]
    for pk in due:
        task.enqueue(pk)
    return len(due)
