"""Votes and moderators at once, on PostgreSQL."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from media_items.live.qna import services, voting
from media_items.live.qna.models import AudienceQuestion, AudienceQuestionVote
from media_items.live.qna.services import AnsweredMeanwhile, Changed, TakenByAnother
from media_items.live.sessions.models import Participant
from media_items.live.sessions.services import open_session
from tests import factories
from tests.races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def session(owner):
    return open_session(item=factories.MediaItemFactory(owner=owner, kind="room"))


@pytest.fixture
def people(session):
    return [
        Participant.objects.create(
            session=session, key=f"x:{n}", name=f"Person {n}", admitted_at=timezone.now()
        )
        for n in range(21)
    ]


@pytest.fixture
def question(session, people):
    """Of the last of `people`, seen by everybody."""
    question = services.ask(session=session, author=people[-1], text="Why?")
    services.publish(question=question)
    return question


def counted(question):
    question.refresh_from_db()
    assert question.vote_count == AudienceQuestionVote.objects.filter(question=question).count()
    return question.vote_count


def errors(results):
    return [one for one in results if isinstance(one, Exception)]


def test_the_races_run_on_postgresql():
    assert connection.vendor == "postgresql"


def test_one_person_voting_twenty_times_at_once_has_one_vote(question, people):
    results = at_once([partial(voting.vote, question=question, voter=people[0])] * 20)
    assert errors(results) == []
    assert counted(question) == 1


def test_twenty_people_voting_at_once_have_twenty_votes(question, people):
    jobs = [partial(voting.vote, question=question, voter=one) for one in people[:20]]
    assert errors(at_once(jobs)) == []
    assert counted(question) == 20


def test_voting_and_taking_back_at_once_never_loses_count(question, people):
    for _round in range(3):
        jobs = [
            partial(act, question=question, voter=people[n % 5])
            for n, act in enumerate([voting.vote, voting.unvote] * 10)
        ]
        assert errors(at_once(jobs)) == []
        assert 0 <= counted(question) <= 5


def test_of_twenty_moderators_who_take_it_at_once_one_has_it(question, people):
    results = at_once([partial(services.take, question=question, by=one) for one in people[:20]])
    assert results.count(None) == 1
    refused = errors(results)
    assert len(refused) == 19
    question.refresh_from_db()
    for error in refused:
        assert isinstance(error, TakenByAnother)
        assert error.by == question.taken_by


def test_of_two_first_answers_at_once_one_is_kept_and_the_other_told(question, people):
    jobs = [
        partial(services.answer, question=question, by=one, text=f"{one}", seen="")
        for one in people[:8]
    ]
    results = at_once(jobs)
    assert results.count(None) == 1
    assert all(isinstance(error, AnsweredMeanwhile | TakenByAnother) for error in errors(results))
    question.refresh_from_db()
    assert question.answer == question.answered_by.name


def test_a_question_is_either_taken_or_taken_back(session, people):
    for _round in range(5):
        question = services.ask(session=session, author=people[-1], text="Why?")
        jobs = [partial(services.take, question=question, by=one) for one in people[:6]]
        jobs.insert(3, partial(services.take_back, question=question, author=people[-1]))
        results = at_once(jobs)
        assert all(isinstance(one, Changed | TakenByAnother) for one in errors(results)), results
        taken = results[:3] + results[4:]
        if AudienceQuestion.objects.filter(pk=question.pk).exists():
            assert isinstance(results[3], Changed)
            assert taken.count(None) == 1
        else:
            assert results[3] is None
            assert taken.count(None) == 0


def test_nobody_votes_for_what_is_hidden_at_the_same_time(question, people):
    jobs = [partial(voting.vote, question=question, voter=one) for one in people[:12]]
    jobs.insert(6, partial(services.unpublish, question=question))
    results = at_once(jobs)
    assert all(isinstance(one, voting.NotPublished) for one in errors(results))
    assert counted(question) == results.count(None) - 1
