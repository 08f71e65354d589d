"""Processes of the version before go on while the columns that they do not know are there."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from media_items.quizzes.models import (
    Attempt,
    ImportBatch,
    QuizChange,
    Regrade,
    Taker,
    TakerKey,
)
from tests.quiz_factories import published_quiz

pytestmark = pytest.mark.django_db

# What the first version of each table has and must be said.
FIRST = {
    Taker: {
        "person": "",
        "name": "Ada",
        "renamed": "",
        "kind": "guest",
        "role": "",
        "came_by": "",
        "certainty": "typed",
        "is_preview": False,
        "finished": 0,
        "waiting": 0,
    },
    ImportBatch: {"public_id": "x", "file_name": "", "content": "{}", "taken": 0},
    Regrade: {
        "question": "q",
        "way": "drop",
        "reason": "",
        "attempts_total": 0,
        "attempts_done": 0,
        "attempts_changed": 0,
        "starts": 0,
    },
}
MOMENTS = {
    Taker: ["first_at"],
    ImportBatch: ["made_at", "expires_at"],
    Regrade: ["made_at", "seen_at"],
}


@pytest.mark.parametrize("model", FIRST, ids=lambda model: model.__name__)
def test_a_row_is_inserted_without_the_newer_columns(model):
    quiz = published_quiz()
    now = timezone.now().replace(tzinfo=None)
    values = FIRST[model] | dict.fromkeys(MOMENTS[model], now) | {"quiz_id": quiz.pk}
    places = ", ".join(["%s"] * len(values))
    names = ", ".join(connection.ops.quote_name(name) for name in values)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - no text of people
        cursor.execute(statement, [*values.values()])
    row = model.objects.get()
    newer = [
        one for one in model._meta.concrete_fields if one.has_db_default() and not one.generated
    ]
    for field in newer:
        if field.attname not in {"id", "waiting_since"}:
            assert getattr(row, field.attname) == field.get_default()


# --- what migrations make of what was there -------------------------------------------------------


def migrate(name, function):
    module = import_module(f"media_items.quizzes.migrations.{name}")
    getattr(module, function)(apps, None)


def test_who_was_left_apart_is_known_as_that():
    quiz = published_quiz()
    facts = {"quiz": quiz, "person": "p"}
    Taker.objects.create(certainty="signed_in", **facts)
    waits = Taker.objects.create(certainty="typed", **facts)
    typed = Taker.objects.create(certainty="typed", **facts)
    alone = Taker.objects.create(certainty="typed", quiz=quiz, person="q")
    for number, taker in enumerate((waits, typed, alone)):
        TakerKey.objects.create(
            quiz=quiz, taker=taker, key=f"guest:{number}", is_proven=taker != typed
        )
    migrate("0009_one_person_in_two_rows", "know_who_waits")
    [found] = Taker.objects.filter(is_apart=True)
    assert (found, found.certainty) == (waits, "confirmed")
    assert set(Taker.objects.filter(certainty="typed")) == {typed, alone}


@pytest.mark.parametrize("merged_since", [True, False])
def test_a_claim_holds_until_the_host_has_merged_anew(merged_since):
    quiz = published_quiz()
    person = Taker.objects.create(quiz=quiz, person="p", certainty="confirmed")
    key = TakerKey.objects.create(quiz=quiz, taker=person, key="guest:1", is_proven=True)
    source = Taker.objects.create(
        quiz=quiz, person="p", certainty="typed", merged_into=person, claim="theirs"
    )
    typed = TakerKey.objects.create(quiz=quiz, taker=person, key="guest:2", moved_from=source)
    attempt = Attempt.objects.create(
        quiz=quiz, taker=person, moved_from=source, by=typed, version=quiz.published, number=1
    )
    QuizChange.objects.create(quiz=quiz, what="claimed", taker=person, now={"from": source.pk})
    if merged_since:
        for what in ("unmerged", "merged"):
            QuizChange.objects.create(quiz=quiz, what=what, taker=source)
    migrate("0011_claims_as_last_said", "follow_the_trail")
    source.refresh_from_db()
    attempt.refresh_from_db()
    assert (source.claim == "", attempt.by == typed) == (merged_since, merged_since)
    assert attempt.by == (typed if merged_since else key)
