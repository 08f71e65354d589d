"""`manage.py db_worker`: the worker of django-tasks-db, which also takes up what a dead one left.

A worker that is killed leaves its task marked as running, for ever. Each living worker therefore
asks every few seconds what nobody is at any more, from its start on.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from django.db import close_old_connections, connections
from django_tasks_db.management.commands import db_worker

from access.mail import sending as mails
from access.people_lists.services import inviting as batches
from access.rights.services import retry_overdue_changes
from media_items.live.broadcast import services as broadcasts
from media_items.processing import tasks as preparations

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 10
TAKE_UP = (
    preparations.take_up,
    broadcasts.take_up,
    mails.take_up,
    batches.take_up,
    retry_overdue_changes,
)


def take_up_all() -> None:
    for take_up in TAKE_UP:
        try:
            if number := take_up():
                logger.warning("%d tasks that nobody was at are queued again.", number)
        except Exception:
            # The next look may go better; a worker does not end for it.
            logger.exception("What a dead worker left could not be looked for.")


def keep_taking_up(stopped: threading.Event) -> None:
    try:
        while not stopped.is_set():
            close_old_connections()
            take_up_all()
            stopped.wait(SECONDS_BETWEEN_LOOKS)
    finally:
        connections.close_all()


class Command(db_worker.Command):
    def handle(self, **options: Any) -> None:
        stopped = threading.Event()
        looking = threading.Thread(target=keep_taking_up, args=[stopped], daemon=True)
        # With --batch whoever started the worker decides what is in the queue.
        if not options["batch"]:
            looking.start()
        try:
            super().handle(**options)
        finally:
            stopped.set()
            if looking.is_alive():
                looking.join(timeout=5)
