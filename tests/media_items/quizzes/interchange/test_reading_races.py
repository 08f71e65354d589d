"""Reading with several at it: once, with no lock held, and no death loses the file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from media_items.quizzes.interchange.services import importing, reading
from media_items.quizzes.models import ImportBatch, ImportFile
from media_items.refusals import NotNow
from media_items.workers import STALE_AFTER
from tests.live_site import ROOT, with_database
from tests.quiz_factories import QuizFactory
from tests.races import at_once
from tests.tasks import run_tasks
from tests.waiting import PATIENCE_SECONDS

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

GIFT = b"".join(b"::Q%d:: What? {=yes ~no}\n\n" % number for number in range(40))


@pytest.fixture
def batch():
    return reading.begin(quiz=QuizFactory(), data=GIFT, file_name="bank.txt", by=None)


def test_of_several_at_once_one_reads_it(batch, monkeypatch):
    calls = []
    read_file = reading.read_file

    def counted(*args, **more):
        calls.append(1)
        return read_file(*args, **more)

    monkeypatch.setattr(reading, "read_file", counted)
    results = at_once([lambda: reading.read_import.func(batch.pk)] * 5)
    assert [one for one in results if isinstance(one, Exception)] == []
    assert len(calls) == 1
    batch.refresh_from_db()
    assert batch.starts == 1
    assert len(batch.content["questions"]) == 40


def test_while_it_is_read_others_change_the_quiz_and_cancel(batch, monkeypatch):
    """In the midst of reading, from another connection: neither waits."""
    monkeypatch.setattr(reading, "_SECONDS_BETWEEN_SIGNS", -1.0)
    in_it, go_on = threading.Event(), threading.Event()
    read_file = reading.read_file

    def held(*args, **more):
        in_it.set()
        assert go_on.wait(PATIENCE_SECONDS)
        return read_file(*args, **more)

    monkeypatch.setattr(reading, "read_file", held)

    def others():
        assert in_it.wait(PATIENCE_SECONDS)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        with pytest.raises(NotNow):
            importing.take(batch=batch, numbers=[1], after="", by=None)
        type(batch.quiz).objects.filter(pk=batch.quiz.pk).update(welcome="Hello")
        reading.discard(batch=batch)
        go_on.set()

    results = at_once([lambda: reading.read_import.func(batch.pk), others])
    assert results == [None, None]
    assert not ImportBatch.objects.exists()
    assert not ImportFile.objects.exists()


def test_taken_by_two_and_read_anew_by_a_third_it_is_one_of_them(batch):
    data = "::A:: Größe? {=ja ~nein}\n\n".encode("cp1252")
    batch = reading.begin(quiz=batch.quiz, data=data, file_name="a.txt", by=None)
    batch = reading.read_soon(batch)

    def take():
        return importing.take(batch=batch, numbers=[1], after="", by=None)

    def read_anew():
        return reading.choose_letters(batch=batch, encoding="koi8-u", ticked=[1], after="")

    results = at_once([take, take, read_anew])
    wrong = [one for one in results if isinstance(one, Exception) and not isinstance(one, NotNow)]
    assert wrong == []
    batch.refresh_from_db()
    assert batch.quiz.questions.count() == batch.taken == int(batch.taken_at is not None)


READ_AND_BE_KILLED = """
import os, signal, sys
import django
django.setup()
from media_items.quizzes.interchange import neutral
from media_items.quizzes.interchange.services import reading

take, taken = neutral.Bank.take, []

def killed(*given):
    taken.append(1)
    if len(taken) == 20:
        os.kill(os.getpid(), signal.SIGKILL)
    return take(*given)

neutral.Bank.take = killed
reading.read_import.func(int(sys.argv[1]))
"""


def test_killed_in_the_midst_it_is_read_by_the_next(batch, time_machine, tmp_path):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": with_database(os.environ["DATABASE_URL"], connection.settings_dict["NAME"]),
        "DATA_DIR": str(tmp_path),
    }
    command = [sys.executable, "-c", READ_AND_BE_KILLED, str(batch.pk)]
    ended = subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode
    assert ended == -signal.SIGKILL
    assert reading.take_up() == 0
    time_machine.move_to(timezone.now() + 2 * STALE_AFTER)
    assert reading.take_up() == 1
    run_tasks()
    batch.refresh_from_db()
    assert len(batch.content["questions"]) == 40
