"""Answers and moderators at once, on PostgreSQL."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection

from media_items.live.interactions import polls
from media_items.live.interactions.models import Poll, PollAnswer
from media_items.live.sessions.models import Participant
from media_items.live.sessions.services import open_session
from media_items.refusals import ChangedMeanwhile, NotNow
from tests import factories
from tests.races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def session(owner):
    return open_session(item=factories.MediaItemFactory(owner=owner, kind="room"))


@pytest.fixture
def people(session):
    return [
        Participant.objects.create(session=session, key=f"x:{n}", name=f"Person {n}")
        for n in range(20)
    ]


@pytest.fixture
def written(session, people):
    def make():
        return polls.write_poll(
            session=session,
            by=people[0],
            question="More?",
            options=["Yes", "No", "Perhaps"],
            shows_results=True,
        )

    return make


def errors(results):
    return [one for one in results if isinstance(one, Exception)]


def test_the_races_run_on_postgresql():
    assert connection.vendor == "postgresql"


def test_one_person_answering_twenty_times_at_once_has_one_answer(written, people):
    poll = written()
    polls.start_poll(poll=poll)
    options = list(poll.options.all())
    jobs = [
        partial(polls.answer_poll, poll=poll, option=options[n % 3], voter=people[0])
        for n in range(20)
    ]
    assert errors(at_once(jobs)) == []
    assert PollAnswer.objects.count() == 1


def test_twenty_people_answering_at_once_have_twenty_answers(written, people):
    poll = written()
    polls.start_poll(poll=poll)
    option = poll.options.first()
    jobs = [partial(polls.answer_poll, poll=poll, option=option, voter=one) for one in people]
    assert errors(at_once(jobs)) == []
    assert PollAnswer.objects.count() == 20


def test_of_many_polls_started_at_once_one_is_open(written):
    drafts = [written() for _n in range(8)]
    results = at_once([partial(polls.start_poll, poll=draft) for draft in drafts])
    assert results.count(None) == 1
    assert all(isinstance(one, polls.AnotherIsOpen) for one in errors(results)), results
    assert Poll.objects.filter(started_at__isnull=False).count() == 1


def test_one_poll_started_by_eight_moderators_at_once_is_started(written):
    draft = written()
    assert errors(at_once([partial(polls.start_poll, poll=draft)] * 8)) == []


def test_no_answer_comes_in_after_the_poll_was_closed(written, people):
    for _round in range(4):
        poll = written()
        polls.start_poll(poll=poll)
        option = poll.options.first()
        jobs = [
            partial(polls.answer_poll, poll=poll, option=option, voter=one) for one in people[:10]
        ]
        jobs.insert(5, partial(polls.close_poll, poll=poll))
        results = at_once(jobs)
        assert all(isinstance(one, NotNow) for one in errors(results)), results
        accepted = results.count(None) - 1
        assert PollAnswer.objects.filter(poll=poll).count() == accepted


def test_a_draft_is_either_started_or_deleted(written):
    for _round in range(5):
        draft = written()
        results = at_once(
            [partial(polls.start_poll, poll=draft), partial(polls.delete_poll, poll=draft)] * 2
        )
        assert all(isinstance(one, ChangedMeanwhile) for one in errors(results)), results
        left = Poll.objects.filter(pk=draft.pk).first()
        assert left is None or left.is_open
        Poll.objects.all().delete()
