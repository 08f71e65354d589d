"""Two markers at once, marks against a regrading, and a regrading that is killed, on PostgreSQL."""

import os
import signal
import subprocess
import sys
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection

from media_items.quizzes.content import Content
from media_items.quizzes.grading import regrading
from media_items.quizzes.grading.marks import MarkedMeanwhile
from media_items.quizzes.models import Answer, Attempt, QuizChange, Taker
from tests.factories import UserFactory
from tests.live_site import ROOT, with_database
from tests.media_items.quizzes.test_marking import give, taken
from tests.media_items.quizzes.test_regrading import BOTH_ARE_RIGHT, regrade
from tests.quiz_factories import OPEN, SINGLE, published_quiz
from tests.races import at_once
from tests.tasks import run_tasks

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def quiz():
    return published_quiz(Content((SINGLE, OPEN)))


ANSWERS = {"single": {"chosen": "b"}, "open": {"text": "So."}}


def test_of_two_markers_at_once_one_is_told_what_the_other_gave(quiz):
    attempt = taken(quiz, ANSWERS)
    markers = [UserFactory() for _ in range(4)]
    results = at_once(
        [lambda one=one, n=n: give(attempt, str(n), by=one) for n, one in enumerate(markers)]
    )
    told = [one for one in results if isinstance(one, MarkedMeanwhile)]
    assert len(told) == 3
    answer = Answer.objects.get(question="open")
    assert answer.marking == QuizChange.objects.count() == 1
    assert {one.answer.given for one in told} == {answer.given}
    assert Taker.objects.get().score == answer.given


def test_marks_and_a_regrading_at_the_same_time_are_both_in_every_score(quiz):
    attempts = [taken(quiz, ANSWERS) for _ in range(6)]
    row = regrade(quiz, BOTH_ARE_RIGHT)

    def run():
        while regrading.regrade_next(regrade_id=row.pk, most=2):
            pass

    jobs = [lambda one=one: give(one, "3") for one in attempts]
    results = at_once([run, run, *jobs])
    assert [one for one in results if isinstance(one, Exception)] == []
    assert set(Attempt.objects.values_list("score", "waiting")) == {(Decimal(4), 0)}
    assert set(Taker.objects.values_list("score", flat=True)) == {Decimal(4)}
    row.refresh_from_db()
    assert row.finished_at


# Killed as it is about to count an attempt, in its transaction.
REGRADE_AND_BE_KILLED = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
from django.db import connection
from media_items.quizzes.grading import regrading

number, at_update = map(int, sys.argv[1:])
seen = 0

def kill(execute, sql, *given):
    global seen
    seen += sql.startswith('UPDATE "quizzes_regrade" SET "attempts_done"')
    if seen == at_update:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, *given)

with connection.execute_wrapper(kill):
    regrading.regrade_next(regrade_id=number)
"""


def regrade_and_be_killed(row, at_update, folder):
    """How the process ended."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": with_database(os.environ["DATABASE_URL"], connection.settings_dict["NAME"]),
        "DATA_DIR": str(folder),
    }
    command = [sys.executable, "-c", REGRADE_AND_BE_KILLED, str(row.pk), str(at_update)]
    return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode


@pytest.mark.parametrize("at_update", [1, 3, 5])
def test_killed_in_the_midst_it_goes_on_and_counts_nothing_twice(
    quiz, time_machine, tmp_path, at_update
):
    for _ in range(5):
        taken(quiz, ANSWERS)
    row = regrade(quiz, BOTH_ARE_RIGHT)
    assert regrade_and_be_killed(row, at_update, tmp_path) == -signal.SIGKILL
    row.refresh_from_db()
    assert row.attempts_done == Attempt.objects.filter(score=1).count() == at_update - 1
    time_machine.move_to(row.made_at + 2 * regrading.QUIET)
    regrading.take_up()
    run_tasks()
    row.refresh_from_db()
    assert (row.attempts_done, row.attempts_changed) == (5, 5)
    assert row.finished_at
    assert set(Attempt.objects.values_list("score", flat=True)) == {Decimal(1)}
    assert set(Taker.objects.values_list("score", flat=True)) == {Decimal(1)}
    assert QuizChange.objects.filter(what="regraded").count() == 5
