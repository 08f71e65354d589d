"""Reading in the request and in the background: once, and whatever dies at it."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from config.management.commands.db_worker import TAKE_UP
from media_items.quizzes.interchange.services import reading
from media_items.quizzes.models import ImportBatch, ImportFile
from media_items.refusals import Invalid, NotNow
from media_items.workers import MOST_STARTS, STALE_AFTER
from tests.quiz_factories import DraftFactory, QuizFactory
from tests.tasks import run_tasks

pytestmark = pytest.mark.django_db

LONG = "".join(f"::Q{n}:: What is {n}? {{=yes ~no}}\n\n" for n in range(300))
HTMX = {"HX-Request": "true"}


@pytest.fixture
def quiz():
    return QuizFactory()


@pytest.fixture
def owner(client, quiz):
    client.force_login(quiz.item.owner)
    return client


@pytest.fixture
def no_time(monkeypatch):
    """No file is read within a request."""
    monkeypatch.setattr(reading, "SECONDS_IN_REQUEST", -1.0)


def page_of(batch, name="import_preview"):
    return reverse(f"media_items:{name}", args=[batch.quiz.item.public_id, batch.public_id])


def upload(client, quiz, data=LONG, name="bank.txt"):
    data = data.encode() if isinstance(data, str) else data
    where = reverse("media_items:import_questions", args=[quiz.item.public_id])
    return client.post(where, {"file": SimpleUploadedFile(name, data)})


def begun(quiz, data=LONG):
    data = data.encode() if isinstance(data, str) else data
    return reading.begin(quiz=quiz, data=data, file_name="bank.txt", by=quiz.item.owner)


def later(seconds=0):
    return time_machine.travel(
        timezone.now() + STALE_AFTER + timedelta(seconds=1 + seconds), tick=False
    )


class Killed(BaseException):
    """The kernel's, of which a process sees nothing."""


def dies_at_it(monkeypatch, batch, error=Killed, times=1):
    """In the midst of the file, each time."""

    def ended(*_args, bank, **_more):
        bank.expected = 2
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(reading, "read_file", ended)
        for time in range(times):
            with later(60 * time), pytest.raises(error):
                reading.read_import.func(batch.pk)


def test_a_short_file_is_read_while_its_person_waits(owner, quiz):
    answer = upload(owner, quiz)
    batch = ImportBatch.objects.get()
    assert answer.url == page_of(batch)
    assert len(batch.content["questions"]) == 300
    assert not DBTaskResult.objects.exists()
    assert not ImportFile.objects.exists()


def test_a_longer_one_is_read_by_a_task_and_its_page_says_so(owner, quiz, no_time):
    answer = upload(owner, quiz)
    batch = ImportBatch.objects.get()
    page = owner.get(answer.url).content.decode()
    assert "Reading the file" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert owner.post(answer.url, {"take": ["1"]}).status_code == 409
    assert (
        "is being read"
        in owner.get(
            reverse("media_items:import_questions", args=[quiz.item.public_id])
        ).content.decode()
    )
    assert 'id="import-progress"' in owner.get(answer.url, headers=HTMX).content.decode()
    assert run_tasks() == 1
    batch.refresh_from_db()
    assert len(batch.content["questions"]) == 300
    assert owner.get(answer.url, headers=HTMX).headers["HX-Refresh"] == "true"
    assert "Q299" in owner.get(answer.url).content.decode()
    assert not ImportFile.objects.exists()


def test_a_file_that_a_task_refuses_says_why_on_its_page(owner, quiz, no_time):
    answer = upload(owner, quiz, b"A {T}\n\n" * 501)
    run_tasks()
    page = owner.get(answer.url).content.decode()
    assert "more than 500 questions" in page
    assert "Choose another file" in page
    assert owner.post(answer.url, {"take": ["1"]}).status_code == 422
    assert not ImportFile.objects.exists()


def test_its_notes_are_in_the_language_of_who_uploaded_it(quiz):
    with translation.override("fr"):
        batch = begun(quiz, "A {=a} and {=b}\n")
    with translation.override("he"):
        reading.read_import.func(batch.pk)
    batch.refresh_from_db()
    with translation.override("fr"):
        said = translation.gettext("Several gaps in one text are not a kind of question here.")
    assert batch.content["questions"][0]["notes"] == [said]


def test_signs_of_life_and_progress_are_written_while_it_is_read(quiz, monkeypatch):
    monkeypatch.setattr(reading, "_SECONDS_BETWEEN_SIGNS", -1.0)
    batch, seen = begun(quiz), []
    beat = reading._Run.beat

    def watched(run):
        beat(run)
        row = ImportBatch.objects.get(pk=batch.pk)
        seen.append((row.percent, row.read_at, connection.in_atomic_block))

    monkeypatch.setattr(reading._Run, "beat", watched)
    reading.read_import.func(batch.pk)
    percents = [percent for percent, _read, _atomic in seen]
    assert percents == sorted(percents)
    assert {0, 50, 99} <= set(percents)
    assert {read for _percent, read, _atomic in seen} == {None}


def test_a_second_one_at_it_finds_nothing_to_do(quiz, monkeypatch):
    batch = begun(quiz)
    run = reading._claim(batch.pk, None)
    assert run is not None
    reading.read_import.func(batch.pk)
    batch.refresh_from_db()
    assert batch.read_at is None


@pytest.mark.parametrize("stage", ["cancelled", "bin"])
def test_what_is_not_wanted_any_more_stops(owner, quiz, monkeypatch, stage):
    monkeypatch.setattr(reading, "_SECONDS_BETWEEN_SIGNS", -1.0)
    batch = begun(quiz)
    beat, beats = reading._Run.beat, []

    def stopping(run):
        beats.append(1)
        if len(beats) == 10 and stage == "cancelled":
            assert owner.post(page_of(batch, "discard_import")).status_code == 302
        if len(beats) == 10 and stage == "bin":
            type(quiz.item).objects.filter(pk=quiz.item.pk).update(deleted_at=timezone.now())
        beat(run)

    monkeypatch.setattr(reading._Run, "beat", stopping)
    reading.read_import.func(batch.pk)
    assert len(beats) == 10
    assert not ImportBatch.objects.exclude(read_at=None).exists()
    assert ImportFile.objects.exists() == (stage == "bin")


def test_discarded_twice_says_the_same(owner, quiz, no_time):
    upload(owner, quiz)
    batch = ImportBatch.objects.get()
    for _press in range(2):
        answer = owner.post(page_of(batch, "discard_import"), follow=True)
        assert "Nothing was imported." in answer.content.decode()
    assert not ImportFile.objects.exists()
    assert owner.get(page_of(batch)).status_code == 404
    assert run_tasks() == 1


def test_what_a_dead_worker_was_at_is_taken_up_within_a_minute(quiz, monkeypatch):
    assert reading.take_up in TAKE_UP
    batch = begun(quiz)
    dies_at_it(monkeypatch, batch)
    assert reading.take_up() == 0
    with later(120):
        assert reading.take_up() == 1
        assert reading.take_up() == 0  # its task waits
        run_tasks()
    batch.refresh_from_db()
    assert len(batch.content["questions"]) == 300


def test_what_kills_each_of_them_is_refused_and_not_begun_again(quiz, monkeypatch, owner):
    batch = begun(quiz)
    dies_at_it(monkeypatch, batch, times=MOST_STARTS)
    with later(60 * MOST_STARTS + 60):
        reading.read_import.func(batch.pk)  # one that waited
        batch.refresh_from_db()
        assert batch.read_at is None
        assert reading.take_up() == 0
        assert "failed three times" in owner.get(page_of(batch)).content.decode()
    assert not ImportFile.objects.exists()


def test_a_worker_that_is_told_to_stop_counts_for_nothing(quiz, monkeypatch):
    batch = begun(quiz)
    dies_at_it(monkeypatch, batch, SystemExit, times=MOST_STARTS + 1)
    reading.read_import.func(batch.pk)
    batch.refresh_from_db()
    assert batch.read_at


def test_our_own_mistake_is_said_and_fails_the_task(quiz, monkeypatch, owner):
    batch = begun(quiz)
    dies_at_it(monkeypatch, batch, ZeroDivisionError)
    assert "Something went wrong on our side" in owner.get(page_of(batch)).content.decode()


def test_a_task_that_was_lost_is_queued_again(quiz, no_time):
    batch = begun(quiz)
    reading.read_soon(batch)
    DBTaskResult.objects.all().delete()
    assert reading.take_up() == 0
    with later():
        assert reading.take_up() == 1


# --- letters --------------------------------------------------------------------------------------

# Too few foreign letters for a guess to be certain.
WORDS = {"cp1252": "Größe", "cp1255": "מה", "cp932": "胞"}


def gift(words):
    return "".join(f"::{n}:: {words} {n}? {{=yes ~no}}\n\n" for n in range(3))


def sheet(words):
    return "kind,question,right,option 1,option 2\n" + "".join(
        f"single,{words} {n},1,yes,no\n" for n in range(3)
    )


@pytest.mark.parametrize("written", [gift, sheet])
@pytest.mark.parametrize("encoding", list(WORDS))
def test_a_guess_that_is_wrong_is_corrected_and_what_was_chosen_stays(
    owner, quiz, written, encoding
):
    DraftFactory(quiz=quiz)
    answer = upload(owner, quiz, written(WORDS[encoding]).encode(encoding))
    batch = ImportBatch.objects.get()
    assert batch.is_guessed
    assert "Do the words look right?" in owner.get(answer.url).content.decode()
    wrong = "koi8-u" if encoding != "cp932" else "cp1252"
    for chosen in (wrong, encoding):
        fields = {"read_as": "yes", "encoding": chosen, "take": ["1", "3"], "after": "start"}
        assert owner.post(answer.url, fields).status_code == 302
    page = owner.get(answer.url).content.decode()
    assert WORDS[encoding] in page
    assert [f'value="{n}" checked' in page for n in (1, 2, 3)] == [True, False, True]
    assert '<option value="start" selected>' in page
    owner.post(answer.url, {"take": ["1", "3"]})
    assert quiz.questions.count() == 3
    assert not ImportFile.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_what_says_its_letters_itself_is_asked_nothing(owner, quiz, encoding):
    answer = upload(owner, quiz, gift("Größe 細胞 מה").encode(encoding))
    page = owner.get(answer.url).content.decode()
    assert "Größe 細胞 מה" in page
    assert "Do the words look right?" not in page


def test_letters_that_are_none_of_the_readings_are_refused(quiz):
    batch = reading.read_soon(begun(quiz, gift("Größe").encode("cp1252")))
    with pytest.raises(Invalid):
        reading.choose_letters(batch=batch, encoding="rot13", ticked=[1], after="")
    batch.refresh_from_db()
    assert batch.read_at


def test_a_place_that_is_none_is_forgotten_with_other_letters(owner, quiz):
    answer = upload(owner, quiz, gift("Größe").encode("cp1252"))
    fields = {"read_as": "yes", "encoding": "koi8-u", "take": ["2"], "after": "a\x00b"}
    assert owner.post(answer.url, fields).status_code == 302
    assert ImportBatch.objects.get().chosen == {"take": [2], "after": "", "of": 3}


def test_in_other_letters_it_may_be_read_by_a_task(owner, quiz, no_time):
    answer = upload(owner, quiz, gift("Größe").encode("cp1252"))
    run_tasks()
    fields = {"read_as": "yes", "encoding": "koi8-u", "take": ["2"]}
    owner.post(answer.url, fields)
    assert "Reading the file" in owner.get(answer.url).content.decode()
    run_tasks()
    page = owner.get(answer.url).content.decode()
    assert [f'value="{n}" checked' in page for n in (1, 2, 3)] == [False, True, False]


def test_what_is_imported_is_not_read_again(quiz):
    batch = reading.read_soon(begun(quiz, gift("Größe").encode("cp1252")))
    ImportBatch.objects.update(taken_at=timezone.now())
    with pytest.raises(NotNow):
        reading.choose_letters(batch=batch, encoding="cp1252", ticked=[1], after="")
    reading.discard(batch=batch)
    assert ImportBatch.objects.exists()


def test_a_workbook_of_a_spreadsheet_says_what_to_do(owner, quiz):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("xl/workbook.xml", "<a/>")
    answer = upload(owner, quiz, out.getvalue(), "questions.xlsx")
    assert answer.status_code == 422
    assert "Save it as CSV" in answer.content.decode()
    assert not ImportBatch.objects.exists()
