"""`manage.py db_worker`: the worker of django-tasks-db, which also takes up what a dead one left.

A worker that is killed leaves its task marked as running, for ever, and what it was writing on the
disk; a web server that is killed leaves half an upload. Each living worker therefore asks every few
seconds what nobody is at any more, from its start on, and says that it lives itself.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from django.db import DatabaseError, InterfaceError, close_old_connections, connections
from django_tasks_db.management.commands import db_worker

from access.invitations.services import reminders
from access.mail import sending as mails
from access.notices import telling as notices
from access.people_lists.services import inviting as batches
from access.rights.services import retry_overdue_changes
from media_items import workers
from media_items.live.broadcast import housekeeping as broadcast_folders
from media_items.live.broadcast import services as broadcasts
from media_items.processing import leftovers
from media_items.processing import tasks as preparations
from media_items.quizzes.attempts.closing import close_overdue
from media_items.quizzes.grading import regrading
from media_items.quizzes.interchange.services import reading as question_imports
from media_items.quizzes.results import mailing
from media_items.quizzes.writing import tasks as quiz_scores

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 10
# Old name → new one, of each task whose function has moved: a site that is upgraded has some of
# them in its queue, and its web server adds more until it is started again.
MOVED = {"access.people_lists.services.make_batch": batches.make_batch.module_path}


def rename_tasks() -> int:
    return workers.rename_tasks(MOVED)


TAKE_UP = (
    # The queue first: a task that is back in it need not be queued again.
    rename_tasks,
    workers.take_up_tasks,
    preparations.take_up,
    broadcasts.take_up,
    mails.take_up,
    batches.take_up,
    regrading.take_up,
    mailing.take_up,
    retry_overdue_changes,
    quiz_scores.take_up,
    question_imports.take_up,
)
# What is due by the clock: an email that nothing but the time asks for.
DUE = (notices.tell_due, reminders.remind_due)
# Attempts at quizzes whose time is up.
CLOSE = (close_overdue,)
CLEAR = (leftovers.clear,)
# What takes a walk through all items' folders; after that it is housekeeping's.
CLEAR_ONCE = (broadcast_folders.remove_folders,)


def take_up_all() -> None:
    _do(TAKE_UP, "%d tasks that nobody was at are queued again.")


def ask_for_due_mails() -> None:
    _do(DUE, "%d emails were due.", level=logging.INFO)


def close_attempts() -> None:
    _do(CLOSE, "%d attempts at quizzes were closed: their time was up.", level=logging.INFO)


def clear_all() -> None:
    _do(CLEAR, "%d leftovers of processes that are gone were removed.")


def clear_once() -> None:
    _do(CLEAR_ONCE, "%d folders of broadcasts that are over were removed.")


def _do(duties: Iterable[Callable[[], int]], said: str, *, level: int = logging.WARNING) -> None:
    for duty in duties:
        try:
            if number := duty():
                logger.log(level, said, number)
        except Exception:
            # The next look may go better; a worker does not end for it.
            logger.exception("What a dead process left could not be looked for.")


class Beside(threading.Thread):
    """Does something every few seconds, beside the worker's tasks and whatever becomes of it."""

    def __init__(self, do: Callable[[], None], *, first: Callable[[], None] | None = None) -> None:
        super().__init__(daemon=True)
        self._do, self._first = do, first or do
        self.stopped = threading.Event()

    def run(self) -> None:
        do = self._first
        try:
            while not self.stopped.is_set():
                close_old_connections()
                try:
                    do()
                except Exception:
                    # The database may be away, and there the next time.
                    logger.exception("What a worker does beside its tasks has failed.")
                do = self._do
                self.stopped.wait(SECONDS_BETWEEN_LOOKS)
        finally:
            connections.close_all()


def look_after(worker_id: str, *, takes_up: bool) -> list[Beside]:
    """Each for itself: whose sign of life waits for a slow disk is taken for dead, and a code for
    the door does not wait for one either."""
    threads = [Beside(partial(workers.give_sign, worker_id))]
    if takes_up:
        threads += [Beside(take_up_all), Beside(ask_for_due_mails)]
        threads += [Beside(close_attempts), Beside(clear_all, first=clear_once)]
    for thread in threads:
        thread.start()
    return threads


class Command(db_worker.Command):
    def handle(self, **options: Any) -> None:
        worker_id = options["worker_id"]
        rename_tasks()
        workers.begin(worker_id)
        # With --batch whoever started the worker decides what is in the queue.
        threads = look_after(worker_id, takes_up=not options["batch"])
        try:
            super().handle(**options)
        finally:
            for thread in threads:
                thread.stopped.set()
            for thread in threads:
                thread.join(timeout=1)
            with suppress(DatabaseError, InterfaceError):  # away: its silence says the same
                workers.end(worker_id)
