"""Many presses at once, on PostgreSQL: one attempt, one end, no answer lost or taken too late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from media_items.abilities import Ability
from media_items.quizzes.attempts import answering, ending, starting
from media_items.quizzes.attempts.closing import close_overdue
from media_items.quizzes.attempts.refusals import AttemptOver
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Answer, AnswerEvent, Attempt, Taker
from tests.factories import GuestAdmissionFactory
from tests.quiz_factories import guest_identity, published_quiz
from tests.races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TAKE = frozenset({Ability.VIEW, Ability.TAKE_QUIZ})
ROUNDS = 5


def a_guest(**fields):
    quiz = published_quiz()
    for name, value in fields.items():
        setattr(quiz, name, value)
    quiz.save()
    return quiz, guest_identity(GuestAdmissionFactory(guest__link__item=quiz.item))


def begun(**fields):
    quiz, guest = a_guest(**fields)
    return starting.start(quiz=quiz, identity=guest, abilities=TAKE)


def save(attempt, chosen, **sent):
    return answering.save(
        attempt=Attempt.objects.get(pk=attempt.pk),
        question_id="single",
        given={"chosen": chosen},
        **{"revision": 0} | sent,
    )


def test_the_races_run_on_postgresql():
    assert connection.vendor == "postgresql"


def test_starts_at_once_begin_one_attempt():
    for _ in range(ROUNDS):
        quiz, guest = a_guest()
        job = lambda q=quiz, g=guest: starting.start(quiz=q, identity=g, abilities=TAKE)  # noqa: E731
        made = at_once([job] * 4)
        assert len({one.pk for one in made}) == 1
        assert (quiz.attempts.count(), quiz.takers.count()) == (1, 1)


def test_hand_ins_at_once_end_it_once():
    for _ in range(ROUNDS):
        attempt = begun()
        ended = at_once(
            [lambda a=attempt: ending.hand_in(attempt=Attempt.objects.get(pk=a.pk))] * 4
        )
        assert {one.state for one in ended} == {AttemptState.HANDED_IN}
        assert len({one.ended_at for one in ended}) == 1
        assert AnswerEvent.objects.filter(attempt=attempt, what="handed_in").count() == 1
        assert Taker.objects.get(pk=attempt.taker_id).finished == 1


def test_a_save_against_a_hand_in_counts_or_is_refused():
    for _ in range(ROUNDS):
        attempt = begun()
        saved, ended = at_once(
            [
                lambda a=attempt: save(a, "a"),
                lambda a=attempt: ending.hand_in(attempt=Attempt.objects.get(pk=a.pk)),
            ]
        )
        assert ended.state == AttemptState.HANDED_IN
        kept = Answer.objects.filter(attempt=attempt).exists()
        assert kept != isinstance(saved, AttemptOver)
        assert Attempt.objects.get(pk=attempt.pk).score == (1 if kept else 0)


def test_closings_at_once_against_a_save_close_it_once():
    for _ in range(ROUNDS):
        attempt = begun(time_limit_minutes=10)
        begun_at = timezone.now() - timedelta(minutes=11)
        deadline = begun_at + timedelta(minutes=10)
        Attempt.objects.filter(pk=attempt.pk).update(started_at=begun_at, deadline=deadline)
        found = at_once([close_overdue, close_overdue, lambda a=attempt: save(a, "a")])
        assert isinstance(found[2], AttemptOver)
        closed = Attempt.objects.get(pk=attempt.pk)
        assert (closed.state, closed.ended_at) == (AttemptState.TIME_UP, closed.deadline)
        assert not closed.answers.exists()
        assert closed.events.filter(what="time_up").count() == 1
        assert Taker.objects.get(pk=attempt.taker_id).finished == 1


def test_saves_of_two_pages_at_once_keep_one_and_tell_the_other():
    for _ in range(ROUNDS):
        attempt = begun()
        told = at_once(
            [
                lambda a=attempt: save(a, "a", page="one", count=1),
                lambda a=attempt: save(a, "b", page="two", count=1),
            ]
        )
        kept = Answer.objects.get(attempt=attempt)
        assert sorted(one.was_newer for one in told) == [False, True]
        assert {one.response["chosen"] for one in told} == {kept.response["chosen"]}
        assert kept.revision == 1


def test_the_saves_of_one_page_may_overtake_each_other():
    for _ in range(ROUNDS):
        attempt = begun()
        save(attempt, "c", page="one", count=1)
        at_once(
            [
                lambda a=attempt: save(a, "a", page="one", count=2),
                lambda a=attempt: save(a, "b", page="one", count=3),
            ]
        )
        assert Answer.objects.get(attempt=attempt).response == {"chosen": "b"}
