"""Two markers at once, and marks against a regrading, on PostgreSQL."""

from decimal import Decimal

import pytest

from media_items.quizzes.content import Content
from media_items.quizzes.grading import regrading
from media_items.quizzes.grading.marks import MarkedMeanwhile
from media_items.quizzes.models import Answer, Attempt, QuizChange, Taker
from tests.factories import UserFactory
from tests.media_items.quizzes.test_marking import give, taken
from tests.media_items.quizzes.test_regrading import BOTH_ARE_RIGHT, regrade
from tests.quiz_factories import OPEN, SINGLE, published_quiz
from tests.races import at_once

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
