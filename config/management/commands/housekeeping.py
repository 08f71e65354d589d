"""`manage.py housekeeping`: deletes what is out of date and resumes what has stopped.

To be run every few hours. It only lists the duties; what each does is said by the room it is of.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from access.invitations.services import reminders
from access.notices import telling as notices
from access.personal_data import erase_outdated
from access.rights import attempts
from config.management.commands.db_worker import TAKE_UP
from media_items.library.services.deleting import purge_bin
from media_items.live.broadcast.housekeeping import tidy_broadcasts
from media_items.live.sessions.upkeep import tick_without_streams
from media_items.live.stage.mesh.signalling import forget_old_signals
from media_items.processing import leftovers
from media_items.quizzes.attempts.claims import join_waiting
from media_items.quizzes.attempts.closing import close_overdue
from media_items.quizzes.grading import certificates
from media_items.quizzes.interchange.services import importing
from media_items.quizzes.writing.services import pictures
from media_items.rate_limits import sweep_tries

logger = logging.getLogger(__name__)

TASK_RESULTS_KEPT_DAYS = 14


def prune_task_results() -> None:
    call_command(
        "prune_db_task_results",
        queue_name="*",
        min_age_days=TASK_RESULTS_KEPT_DAYS,
        verbosity=0,
    )


DUTIES: dict[str, Callable[[], object]] = {
    # As each worker does: none may have been there for hours.
    **{
        f"pieces of work that have stopped ({one.__module__}.{one.__qualname__})": one
        for one in TAKE_UP
    },
    "media items whose time in the bin is over": purge_bin,
    "personal data whose time is over, in every room": erase_outdated,
    "certificates that are due or not true": certificates.take_up,
    "imports of questions whose time is over": importing.delete_expired,
    "pictures that no question has any more": pictures.delete_unused,
    "emails to hosts about what happened": notices.tell_due,
    "reminders of what starts soon": reminders.remind_due,
    "attempts of people who may not take their quiz any more": attempts.sweep,
    "what is left of broadcasts that are over": tidy_broadcasts,
    "live sessions that no event process looks after": tick_without_streams,
    "attempts at quizzes whose time is up": close_overdue,
    "people who were in the middle of two attempts": join_waiting,
    "sessions that have ended": lambda: call_command("clearsessions", verbosity=0),
    "results of finished tasks": prune_task_results,
    "what processes that died have left on the disk": leftovers.clear,
    "what browsers on a stage told each other": forget_old_signals,
    "counts of tries whose time is over": sweep_tries,
}


class Command(BaseCommand):
    help = "Removes what is out of date: the bin, guest data, sessions, task results, uploads."

    def handle(self, *args: Any, **options: Any) -> None:
        """Every duty is tried, even when one before it failed; then the command fails."""
        failed = []
        for duty, run in DUTIES.items():
            try:
                done = run()
            except Exception:
                logger.exception("Housekeeping failed at: %s", duty)
                failed.append(duty)
                continue
            if done and options["verbosity"] > 1:
                self.stdout.write(f"Removed {done} {duty}.")
        if failed:
            raise CommandError("Not done: " + "; ".join(failed))
