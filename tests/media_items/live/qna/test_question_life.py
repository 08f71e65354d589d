"""Whatever three moderators, who asked and two viewers do in whatever order: the rules of a
question's life hold after every step."""

from __future__ import annotations

from django.db import transaction
from django.test import TestCase
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from media_items.live.qna import services, voting
from media_items.live.qna.models import (
    AudienceQuestion,
    AudienceQuestionState,
    AudienceQuestionVote,
)
from media_items.live.sessions.models import LiveSession, Participant
from tests import factories
from tests.examples import examples

REFUSED = (
    services.Changed,
    services.TakenByAnother,
    services.AnsweredMeanwhile,
    voting.NotPublished,
    voting.OwnQuestion,
)
moderators = st.sampled_from(["Dana", "Noa", "Omer"])
voters = st.sampled_from(["Asker", "Eve", "Bob"])


class QuestionLife(RuleBasedStateMachine):
    @initialize()
    def a_session_and_a_question(self):
        self.house = transaction.atomic()
        self.house.__enter__()
        item = factories.MediaItemFactory(kind="room")
        session = LiveSession.objects.create(item=item, opened_at=timezone.now())
        self.people = {
            name: Participant.objects.create(
                session=session, key=name, name=name, admitted_at=timezone.now()
            )
            for name in ("Dana", "Noa", "Omer", "Asker", "Eve", "Bob")
        }
        self.question = services.ask(session=session, author=self.people["Asker"], text="Why?")
        self.written = 0
        self.gone = False
        self.before = None

    def attempt(self, act, **more):
        """Done or refused; refused leaves everything as it was."""
        before = AudienceQuestion.objects.values().first()
        try:
            with transaction.atomic():
                act(question=self.question, **more)
        except REFUSED:
            assert AudienceQuestion.objects.values().first() == before
            return False
        return True

    @rule(who=moderators)
    def take(self, who):
        holder = AudienceQuestion.objects.values_list("taken_by__name", flat=True).first()
        if self.attempt(services.take, by=self.people[who]):
            assert holder in {None, who}, "two have taken it"

    @rule()
    def put_back(self):
        self.attempt(services.put_back)

    @rule(who=moderators, publish=st.booleans(), has_read=st.booleans())
    def answer(self, who, publish, has_read):
        current = AudienceQuestion.objects.first()
        seen = current.answer_version if current and has_read else ""
        self.written += 1
        done = self.attempt(
            services.answer,
            by=self.people[who],
            text=f"Answer {self.written}",
            seen=seen,
            publish=publish,
        )
        if done and current.answer:
            assert has_read, "an answer nobody had read was written over"

    @rule(who=moderators)
    def answered_live(self, who):
        self.attempt(services.mark_answered_live, by=self.people[who])

    @rule(act=st.sampled_from([services.publish, services.unpublish, services.reopen]))
    def show_hide_reopen(self, act):
        self.attempt(act)

    @rule(who=moderators)
    def dismiss(self, who):
        self.attempt(services.dismiss, by=self.people[who])

    @rule(who=voters)
    def vote(self, who):
        current = AudienceQuestion.objects.first()
        if self.attempt(voting.vote, voter=self.people[who]):
            assert current.is_public
            assert who != "Asker"

    @rule(who=voters)
    def unvote(self, who):
        self.attempt(voting.unvote, voter=self.people[who])

    @rule(who=st.sampled_from(["Asker", "Eve", "Dana"]))
    def take_back(self, who):
        current = AudienceQuestion.objects.first()
        if self.attempt(services.take_back, author=self.people[who]) and current:
            assert who == "Asker"
            assert current.state == AudienceQuestionState.WAITING
            self.gone = True

    @invariant()
    def it_is_there_unless_whoever_asked_took_it_back(self):
        if hasattr(self, "gone"):
            assert AudienceQuestion.objects.exists() == (not self.gone)

    @invariant()
    def the_votes_are_what_is_counted(self):
        current = AudienceQuestion.objects.first() if hasattr(self, "house") else None
        if current is not None:
            votes = AudienceQuestionVote.objects.filter(question=current)
            assert current.vote_count == votes.count()
            assert not votes.filter(voter=current.author).exists()

    @invariant()
    def what_it_says_of_itself_is_coherent(self):
        current = AudienceQuestion.objects.first() if hasattr(self, "house") else None
        if current is None:
            return
        assert bool(current.answer) == bool(current.answered_at)
        assert (current.taken_at is None) == (current.taken_by_id is None)
        if current.answered_at or current.answered_live_at:
            assert current.answered_by_id
            assert current.taken_at
        assert not (current.dismissed_at and current.is_public)

    def teardown(self):
        if hasattr(self, "house"):
            transaction.set_rollback(True)
            self.house.__exit__(None, None, None)


class TestQuestionLife(TestCase, QuestionLife.TestCase):
    settings = examples(10, stateful_step_count=20)
