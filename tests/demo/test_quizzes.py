"""The demo's quizzes: a quiz of every preset, every kind of question, every state of an attempt."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from demo import course, seed
from demo.films import TINY
from media_items.catalogue.models import Kind
from media_items.processing.models import Purpose
from media_items.quizzes.choices import AttemptState, Preset
from media_items.quizzes.kinds import QuestionKind
from media_items.quizzes.models import Attempt, Quiz, Taker
from media_items.quizzes.results.analysis import analysis_of

QUIZZES = [item for item in course.ITEMS if item.kind == Kind.QUIZ]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DEVELOPMENT_PAGES = True


def put_in(items=QUIZZES):
    seed.seed(say=lambda _said: None, scale=TINY, items=items, workers=0)


@pytest.mark.django_db
def test_there_is_a_quiz_of_each_sort_and_people_have_taken_them():
    put_in()
    quizzes = Quiz.objects.select_related("published")
    assert {quiz.preset for quiz in quizzes} == set(Preset)
    assert all(quiz.published for quiz in quizzes)
    kinds = {one.kind for quiz in quizzes for one in quiz.published.questions.questions}
    assert kinds == set(QuestionKind)
    states = set(Attempt.objects.values_list("state", flat=True))
    assert states == set(AttemptState) - {AttemptState.VOIDED}
    check = Taker.objects.filter(quiz__item__title="Check yourself: the cell cycle")
    assert check.filter(finished__gt=0).count() >= 20, "too few for the numbers of a question"
    assert set(check.values_list("certainty", flat=True)) == {"typed", "confirmed", "signed_in"}
    assert len(set(check.values_list("score", flat=True))) > 8
    check_that_it_happened_in_order()


def check_that_it_happened_in_order():
    now = timezone.now()
    for attempt in Attempt.objects.prefetch_related("answers", "events"):
        end = attempt.ended_at or now
        assert attempt.started_at <= end <= now
        assert not attempt.deadline or end <= attempt.deadline
        for moment in (
            *(answer.saved_at for answer in attempt.answers.all()),
            *(event.at for event in attempt.events.all() if event.what != "time_up"),
        ):
            assert attempt.started_at <= moment <= end, (attempt, moment)


@pytest.mark.django_db
def test_the_numbers_of_the_check_find_its_wrong_key_and_no_other():
    put_in([item for item in QUIZZES if item.title == "Check yourself: the cell cycle"])
    quiz = Quiz.objects.get()
    questions = analysis_of(quiz).questions
    [wrong] = [one.question for one in questions if one.may_have_wrong_key]
    assert wrong.text == "In the anaphase sister chromatids part."
    assert [one.text for one in wrong.options if one.is_right] == ["False"]


@pytest.mark.django_db
def test_a_quiz_lies_on_the_film_of_its_owner():
    put_in([course.ITEMS[0], *(item for item in QUIZZES if item.quiz.film)])
    quiz = Quiz.objects.get(film__isnull=False)
    assert quiz.film.owner == quiz.item.owner
    moments = [one.at_ms for one in quiz.published.questions.questions]
    assert moments == sorted(moments)
    assert moments[0] > 0
    assert moments[-1] < quiz.film.files.get(purpose=Purpose.ORIGINAL).duration_ms


@pytest.mark.django_db
def test_what_was_begun_is_finished_and_nobody_takes_it_twice():
    put_in()
    before = Attempt.objects.count()
    Quiz.objects.filter(item__title="Practice: intervals").delete()
    put_in()
    assert Attempt.objects.count() == before


@pytest.mark.django_db
def test_on_a_later_day_everything_is_later(time_machine):
    put_in()
    was = dict(Attempt.objects.values_list("pk", "started_at"))
    time_machine.move_to(timezone.now() + timedelta(days=3))
    seed.bring_up_to_date(say=lambda _said: None)
    now = dict(Attempt.objects.values_list("pk", "started_at"))
    assert {now[pk] - was[pk] for pk in was} == {timedelta(days=3)}
    check_that_it_happened_in_order()
