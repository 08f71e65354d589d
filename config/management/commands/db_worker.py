"""`manage.py db_worker`: the worker of django-tasks-db, which also takes up what a dead one left.

A worker that is killed leaves its task marked as running, for ever, and what it was writing on the
disk; a web server that is killed leaves half an upload. Each living worker therefore asks every few
seconds what nobody is at any more, from its start on, and says that it lives itself.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.db import OperationalError, close_old_connections, connections
from django_tasks_db.management.commands import db_worker

from access.mail import sending as mails
from access.people_lists.services import inviting as batches
from access.rights.services import retry_overdue_changes
from media_items import workers
from media_items.live.broadcast import housekeeping as broadcast_folders
from media_items.live.broadcast import services as broadcasts
from media_items.processing import leftovers
from media_items.processing import tasks as preparations

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 10
TAKE_UP = (
    # The queue first: a task that is back in it need not be queued again.
    workers.take_up_tasks,
    preparations.take_up,
    broadcasts.take_up,
    mails.take_up,
    batches.take_up,
    retry_overdue_changes,
)
CLEAR = (leftovers.clear,)
# What takes a walk through all items' folders; after that it is housekeeping's.
CLEAR_ONCE = (broadcast_folders.remove_folders,)


def take_up_all() -> None:
    _do(TAKE_UP, "%d tasks that nobody was at are queued again.")
    _do(CLEAR, "%d leftovers of processes that are gone were removed.")


def _do(duties: Iterable[Callable[[], int]], said: str) -> None:
    for duty in duties:
        try:
            if number := duty():
                logger.warning(said, number)
        except Exception:
            # The next look may go better; a worker does not end for it.
            logger.exception("What a dead process left could not be looked for.")


def keep_looking(stopped: threading.Event, worker_id: str, *, takes_up: bool) -> None:
    try:
        if takes_up:
            _do(CLEAR_ONCE, "%d folders of broadcasts that are over were removed.")
        while not stopped.is_set():
            close_old_connections()
            try:
                workers.give_sign(worker_id)
            except OperationalError:
                logger.warning("No sign of life of this worker could be written.")
            if takes_up:
                take_up_all()
            stopped.wait(SECONDS_BETWEEN_LOOKS)
    finally:
        connections.close_all()


class Command(db_worker.Command):
    def handle(self, **options: Any) -> None:
        worker_id = options["worker_id"]
        stopped = threading.Event()
        # With --batch whoever started the worker decides what is in the queue.
        looking = threading.Thread(
            target=keep_looking,
            args=[stopped, worker_id],
            kwargs={"takes_up": not options["batch"]},
            daemon=True,
        )
        workers.begin(worker_id)
        looking.start()
        try:
            super().handle(**options)
        finally:
            stopped.set()
            looking.join(timeout=5)
            workers.end(worker_id)
