"""Votes: one a person, for what everybody sees, never for one's own."""

from __future__ import annotations

import pytest

from media_items.live.qna import services, voting
from media_items.live.qna.models import AudienceQuestionVote
from tests.live_factories import ParticipantFactory


@pytest.fixture
def asker(person):
    return person()


@pytest.fixture
def question(asker, session):
    """Seen by everybody."""
    question = services.ask(session=session, author=asker.me, text="Why do cells divide?")
    services.publish(question=question)
    return question


def votes(question):
    question.refresh_from_db()
    assert question.vote_count == AudienceQuestionVote.objects.filter(question=question).count()
    return question.vote_count


def test_a_vote_counts_once_and_is_taken_back(question, person):
    viewer = person()
    for _click in range(2):
        assert viewer.post("vote_for_question", question.pk, htmx=True).status_code == 204
        assert votes(question) == 1
    assert 'aria-pressed="true"' in viewer.get("qna", htmx=True).content.decode()
    for _click in range(2):
        assert viewer.post("take_vote_back", question.pk).status_code == 302
        assert votes(question) == 0


def test_one_does_not_vote_for_ones_own(question, asker):
    answer = asker.post("vote_for_question", question.pk, htmx=True)
    assert "This is your own question" in answer["HX-Trigger"]
    with pytest.raises(voting.OwnQuestion):
        voting.vote(question=question, voter=asker.me)
    assert votes(question) == 0
    assert f"/{question.pk}/vote/" not in asker.get("qna").content.decode()


def test_what_is_not_published_is_not_voted_for(question, person, session):
    viewer, moderator = person(), person("moderator")
    services.unpublish(question=question)
    assert viewer.post("vote_for_question", question.pk).status_code == 404
    answer = moderator.post("vote_for_question", question.pk, htmx=True)
    assert "no longer shown to everybody" in answer["HX-Trigger"]
    with pytest.raises(voting.NotPublished):
        voting.vote(question=question, voter=viewer.me)
    assert votes(question) == 0


def test_votes_stay_when_it_is_hidden_and_can_be_taken_back_then(question, person):
    viewer = person()
    voting.vote(question=question, voter=viewer.me)
    services.unpublish(question=question)
    assert votes(question) == 1
    voting.unvote(question=question, voter=viewer.me)
    assert votes(question) == 0


def test_a_vote_for_what_was_deleted_is_refused(question, asker, person):
    viewer = person()
    services.take_back(question=question, author=asker.me)
    with pytest.raises(voting.NotPublished):
        voting.vote(question=question, voter=viewer.me)
    voting.unvote(question=question, voter=viewer.me)


@pytest.mark.parametrize(
    ("link", "status"),
    [
        ({"may_chat": False, "may_ask": False}, 403),
        ({"may_chat": False, "may_ask": True}, 302),
        ({"may_chat": True, "may_ask": False}, 302),
    ],
)
def test_whoever_may_ask_or_interact_votes_and_nobody_else(guest_person, question, link, status):
    guest = guest_person(**link)
    assert guest.post("vote_for_question", question.pk).status_code == status
    assert votes(question) == (status == 302)
    assert guest.post("take_vote_back", question.pk).status_code == status
    assert votes(question) == 0
    page = guest.get("qna").content.decode()
    assert (f"/{question.pk}/vote/" in page) == (status == 302)


def test_whoever_clicks_without_end_is_slowed_down(question, person, settings):
    settings.REACTION_RATE_PER_PERSON = "2/10s"
    viewer = person()
    for _click in range(2):
        viewer.post("vote_for_question", question.pk)
    for act in ("vote_for_question", "take_vote_back"):
        answer = viewer.post(act, question.pk, htmx=True)
        assert answer.status_code == 204
        assert "That was a lot at once." in answer["HX-Trigger"]
    assert votes(question) == 1


def test_many_votes_at_once_are_one_fact_that_says_more_may_follow(question, person, told):
    voters = [person() for _n in range(3)]
    with told() as facts:
        for voter in voters:
            voting.vote(question=question, voter=voter.me)
    assert [(fact.kind, fact.recipients, fact.data) for fact in facts] == [
        ("qna", "all", {"throttled": True})
    ]


def test_a_person_known_by_two_proofs_has_one_vote_and_none_for_their_own(session):
    def grace(certainty):
        return ParticipantFactory(
            session=session, inside=True, email="grace@example.org", certainty=certainty
        )

    by_account, by_code, typed = grace("signed_in"), grace("confirmed"), grace("typed")
    other = ParticipantFactory(session=session, inside=True)
    question = services.ask(session=session, author=other, text="Why do cells divide?")
    own = services.ask(session=session, author=by_account, text="And when?")
    for one in (question, own):
        services.publish(question=one)
    for voter in (by_account, by_code):
        voting.vote(question=question, voter=voter)
    assert votes(question) == 1
    voting.unvote(question=question, voter=by_code)
    assert votes(question) == 0
    with pytest.raises(voting.OwnQuestion):
        voting.vote(question=own, voter=by_code)
    voting.vote(question=own, voter=typed)
    assert votes(own) == 1
