"""Every kind of task has somebody who notices when its worker has died."""

import ast
from pathlib import Path

from access.mail import sending as mails
from access.people_lists.services import inviting as batches
from access.rights.services import retry_overdue_changes
from config.management.commands.db_worker import TAKE_UP
from config.management.commands.housekeeping import DUTIES
from media_items.library.services.deleting import purge_bin
from media_items.live.broadcast import services as broadcasts
from media_items.processing import tasks as preparations
from media_items.quizzes.grading import regrading
from media_items.quizzes.interchange.services import reading as question_imports
from media_items.quizzes.results import mailing
from media_items.quizzes.writing import tasks as quiz_scores

ROOT = Path(__file__).resolve().parents[2]
WITHIN_A_MINUTE = {
    "send_mails": mails.take_up,
    "make_batch": batches.take_up,
    "apply_rights_change": retry_overdue_changes,
    "prepare_media_item": preparations.take_up,
    "make_recording": broadcasts.take_up,
    "regrade_attempts": regrading.take_up,
    "mail_results_on": mailing.take_up,
    "keep_scores_anew": quiz_scores.take_up,
    "read_import": question_imports.take_up,
}
# Nobody waits for it.
IN_SOME_HOURS = {"purge_media_item": purge_bin}


def names_of_tasks():
    for folder in ("access", "media_items", "config"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef) and any(
                    ast.unparse(one).partition("(")[0] == "task" for one in node.decorator_list
                ):
                    yield node.name


def test_every_task_is_taken_up_by_a_living_worker():
    assert sorted(names_of_tasks()) == sorted([*WITHIN_A_MINUTE, *IN_SOME_HOURS])
    assert set(WITHIN_A_MINUTE.values()) <= set(TAKE_UP)
    assert set(IN_SOME_HOURS.values()) <= set(DUTIES.values())


def test_housekeeping_takes_up_all_that_a_worker_does():
    assert set(TAKE_UP) <= set(DUTIES.values())
