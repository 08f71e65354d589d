"""Any order of starting, saving from two pages, handing in, waiting, interrupting, letting on,
changing the limit and the end, exempting, voiding, confirming and merging: nothing saved is lost or
overwritten by what is older, nothing changes after the end, and the score is that of the answers.

The clock moves by hand. The model below says in plain lines what must be stored.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from media_items.abilities import Ability
from media_items.quizzes.attempts import answering, ending, starting
from media_items.quizzes.attempts.deadlines import bring_up_to_date
from media_items.quizzes.attempts.marking import keep_score, mark_attempt
from media_items.quizzes.attempts.persons import person_digest
from media_items.quizzes.attempts.refusals import (
    AttemptOver,
    Closed,
    Interrupted,
    NoAttemptsLeft,
)
from media_items.quizzes.attempts.takers import attempts_of, find_taker, takers_of
from media_items.quizzes.attempts.windows import grace
from media_items.quizzes.choices import FINISHED, AttemptState, KeptScore
from media_items.quizzes.content import Content
from media_items.quizzes.models import Attempt, Exemption, Taker
from media_items.quizzes.models.takers import PROVEN
from media_items.quizzes.results import naming
from media_items.quizzes.scoring import rules
from media_items.refusals import NotNow
from media_items.visitors import Certainty, Identity, IdentityKind
from tests import factories
from tests.examples import examples
from tests.quiz_factories import SHORT_TEXT, SINGLE, guest_identity, published_quiz

TAKE = frozenset({Ability.VIEW, Ability.TAKE_QUIZ})
BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
CONTENT = Content((SINGLE, SHORT_TEXT))
GIVEN = {
    "single": [{"chosen": "a"}, {"chosen": "b"}, None],
    "short_text": [{"text": "Centromere"}, {"text": "kinetochore"}, {"text": "glue"}],
}
people = st.sampled_from(["account", "invited", "guest", "stranger"])
which = st.integers(0, 30)


@dataclass
class Message:
    """An answer on its way from a page; what the page knew when it sent it."""

    attempt: int
    question: str
    given: dict | None
    page: str
    count: int
    revision: int


@dataclass
class Stored:
    value: dict | None = None
    # Of each page, how often it had saved when it was last heard.
    heard: dict[str, int] = field(default_factory=dict)


class AttemptLife(RuleBasedStateMachine):
    @initialize(
        kept=st.sampled_from(KeptScore),
        allowed=st.sampled_from([1, 2, None]),
        limited=st.booleans(),
    )
    def a_quiz(self, kept, allowed, limited):
        self.clock = time_machine.travel(BEGAN, tick=False)
        self.moves = self.clock.start()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.quiz = published_quiz(
            CONTENT,
            attempts_allowed=allowed,
            kept_score=kept,
            time_limit_minutes=10 if limited else None,
        )
        user = factories.UserFactory(email="ada@example.org")
        invited = factories.InvitationFactory(item=self.quiz.item, email=user.email, accepted=True)
        self.identities = {
            "account": Identity(
                f"account:{user.pk}", IdentityKind.ACCOUNT, "Ada", user.email, Certainty.SIGNED_IN
            ),
            "invited": Identity(
                f"invitation:{invited.pk}",
                IdentityKind.INVITEE,
                "Ada",
                user.email,
                Certainty.CONFIRMED,
            ),
            "guest": self.guest(user.email),
            "stranger": self.guest("bob@example.org"),
        }
        self.stored: dict[int, dict[str, Stored]] = {}
        self.frozen: dict[int, tuple] = {}  # how it has ended
        self.revisions: dict[tuple[int, str, str], int] = {}  # what each page knows
        self.counts: dict[tuple[int, str], int] = {}
        self.on_their_way: list[Message] = []

    def guest(self, email):
        return guest_identity(
            factories.GuestAdmissionFactory(guest__link__item=self.quiz.item, guest__email=email)
        )

    def teardown(self):
        """Hypothesis plays all examples in one test; each forgets its rows."""
        if hasattr(self, "clock"):
            self.clock.stop()
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def now(self):
        return datetime.now(UTC)

    def attempt(self, number, **where):
        rows = list(Attempt.objects.filter(quiz=self.quiz, **where).order_by("pk"))
        return rows[number % len(rows)] if rows else None

    # --- what people do

    @rule(who=people)
    def start(self, who):
        identity = self.identities[who]
        before = list(Attempt.objects.filter(taker__in=takers_of(self.quiz, identity)))
        live = [one for one in before if one.state == AttemptState.OPEN and not self.is_over(one)]
        try:
            made = starting.start(quiz=self.quiz, identity=identity, abilities=TAKE)
        except Interrupted:
            assert not live
            # What a host has merged counts with theirs, and holds nobody up.
            mine = attempts_of(self.quiz, identity)
            newest = max(mine, key=lambda one: (one.started_at, one.number))
            assert newest.state == AttemptState.INTERRUPTED
        except Closed:
            assert not live
            assert self.quiz.item.ends_at
            assert self.now() >= self.quiz.item.ends_at
        except NoAttemptsLeft:
            assert not live
            used = sum(one.state != AttemptState.VOIDED for one in before)
            assert used >= self.quiz.attempts_allowed
        else:
            assert made.state == AttemptState.OPEN
            assert not self.is_over(made)
            assert made.pk in self.stored or not live, "another one was open"
            self.stored.setdefault(made.pk, {name: Stored() for name in GIVEN})
            assert made in attempts_of(self.quiz, identity)

    @rule(
        number=which,
        page=st.sampled_from(["one", "two", ""]),
        question=st.sampled_from(sorted(GIVEN)),
        value=st.integers(0, 2),
        is_slow=st.booleans(),
    )
    def save(self, number, page, question, value, is_slow):
        attempt = self.attempt(number)
        if attempt is None:
            return
        count = self.counts[attempt.pk, page] = self.counts.get((attempt.pk, page), 0) + 1
        sent = Message(
            attempt.pk,
            question,
            GIVEN[question][value],
            page,
            count if page else 0,
            self.revisions.get((attempt.pk, page, question), 0),
        )
        if is_slow:
            self.on_their_way.append(sent)
        else:
            self.deliver(sent)

    @precondition(lambda self: getattr(self, "on_their_way", []))
    @rule(number=which, stays=st.booleans())
    def arrive(self, number, stays):
        """What stays on its way arrives twice."""
        place = number % len(self.on_their_way)
        self.deliver(self.on_their_way[place] if stays else self.on_their_way.pop(place))

    def deliver(self, sent):
        attempt = Attempt.objects.get(pk=sent.attempt)
        stored = self.stored[sent.attempt][sent.question]
        row = attempt.answers.filter(question=sent.question).first()
        may = attempt.state == AttemptState.OPEN and not self.is_over(attempt)
        knows_all = sent.revision == (row.revision if row else 0)
        is_old = bool(sent.page) and sent.count <= stored.heard.get(sent.page, 0)
        try:
            saved = answering.save(
                attempt=attempt,
                question_id=sent.question,
                given=sent.given,
                revision=sent.revision,
                page=sent.page,
                count=sent.count,
            )
        except AttemptOver:
            assert not may
            return
        assert may, "an answer was taken after the end"
        if is_old:
            assert saved.response == stored.value, "an older answer overwrote a newer one"
        elif knows_all:
            assert saved.response == sent.given, "an answer that knew of all others was refused"
        assert saved.response in (stored.value, sent.given)
        assert saved.was_newer == (saved.response != sent.given)
        stored.value = saved.response
        if sent.page:
            stored.heard[sent.page] = max(sent.count, stored.heard.get(sent.page, 0))
        known = (sent.attempt, sent.page, sent.question)
        self.revisions[known] = max(saved.revision, self.revisions.get(known, 0))

    @rule(number=which)
    def hand_in(self, number):
        attempt = self.attempt(number)
        if attempt is None:
            return
        was_open, over = attempt.state == AttemptState.OPEN, self.is_over(attempt)
        ended = ending.hand_in(attempt=attempt)
        if not was_open:
            assert ended.state == attempt.state
        else:
            assert ended.state == (AttemptState.TIME_UP if over else AttemptState.HANDED_IN)

    @rule()
    def confirm(self):
        """The guest who typed the address of somebody proven proves that it is theirs."""
        self.identities["guest"] = replace(self.identities["guest"], certainty=Certainty.CONFIRMED)

    # --- what time does

    @rule(seconds=st.sampled_from([0.4, 20, 31, 200, 590, 601]))
    def wait(self, seconds):
        self.moves.shift(timedelta(seconds=seconds))

    @rule()
    def sweep(self):
        for attempt in Attempt.objects.open():
            ending.close_if_overdue(attempt, self.now())
        assert not any(self.is_over(one) for one in Attempt.objects.open())

    def is_over(self, attempt):
        return attempt.deadline is not None and self.now() > attempt.deadline + grace()

    # --- what the host does

    @rule(number=which, who=people)
    def interrupt(self, number, who):
        takers = list(takers_of(self.quiz, self.identities[who]))
        late = [
            one.pk
            for one in Attempt.objects.open().filter(taker__in=takers)
            if one.deadline and self.now() >= one.deadline
        ]
        ending.interrupt(takers=[one.pk for one in takers])
        assert not Attempt.objects.open().filter(taker__in=takers).exists()
        for attempt in Attempt.objects.filter(pk__in=late):
            assert attempt.state == AttemptState.TIME_UP

    @rule(number=which)
    def let_go_on(self, number):
        attempt = self.attempt(number, state=AttemptState.INTERRUPTED)
        if attempt is None:
            return
        had = attempt.deadline and attempt.deadline - attempt.ended_at
        try:
            again = ending.let_go_on(attempt=attempt)
        except NotNow:
            attempt.refresh_from_db()
            assert attempt.state == AttemptState.INTERRUPTED
            return
        self.frozen.pop(again.pk, None)
        assert again.state == AttemptState.OPEN
        assert not again.deadline or again.deadline > self.now()
        if had and again.deadline and not self.quiz.item.ends_at and not self.was_changed:
            left = again.deadline - self.now()
            assert had <= left < had + timedelta(seconds=1), "the time left became another"

    was_changed = False

    @rule(minutes=st.sampled_from([None, 5, 10, 30]))
    def change_limit(self, minutes):
        self.was_changed = True
        self.quiz.time_limit_minutes = minutes
        self.quiz.save()
        bring_up_to_date(self.quiz)

    @rule(minutes=st.sampled_from([None, -1, 7, 120]))
    def change_end(self, minutes):
        self.was_changed = True
        item = self.quiz.item
        item.ends_at = None if minutes is None else self.now() + timedelta(minutes=minutes)
        item.save()
        bring_up_to_date(self.quiz)

    @rule(factor=st.sampled_from([1, 2]), is_typed=st.booleans())
    def exempt(self, factor, is_typed):
        """The account by its address, which a guest has only typed; the stranger by their row."""
        self.was_changed = True
        if is_typed:
            digest = person_digest("ada@example.org")
            where, more = {"person": digest}, {"email": "ada@example.org"}
        elif taker := find_taker(self.quiz, self.identities["stranger"]):
            where, more = {"taker": taker}, {}
        else:
            return
        Exemption.objects.update_or_create(
            quiz=self.quiz, **where, defaults={**more, "time_factor": Decimal(factor)}
        )
        bring_up_to_date(self.quiz)

    @rule(number=which)
    def void(self, number):
        attempt = self.attempt(number)
        if attempt is None or attempt.state == AttemptState.OPEN:
            return
        attempt.state = AttemptState.VOIDED
        attempt.save()
        keep_score(attempt.taker, self.quiz)
        self.frozen.pop(attempt.pk, None)

    @rule()
    def put_the_stranger_to_the_account(self):
        source, into = (
            find_taker(self.quiz, self.identities[name]) for name in ("stranger", "account")
        )
        if source and into and source != into:
            with suppress(NotNow):
                naming.merge(source=source, into=into, by=self.quiz.item.owner)

    @rule(number=which)
    def mark_again(self, number):
        attempt = self.attempt(number, state__in=FINISHED)
        if attempt:
            mark_attempt(attempt)
            keep_score(attempt.taker, self.quiz)

    # --- what must hold after every act

    @invariant()
    def what_was_saved_is_there(self):
        for attempt in self.attempts():
            rows = {one.question: one.response for one in attempt.answers.all()}
            kept = {name: one.value for name, one in self.stored[attempt.pk].items()}
            assert {name: rows.get(name) for name in kept} == kept

    @invariant()
    def nothing_changes_after_the_end(self):
        for attempt in self.attempts():
            if attempt.state != AttemptState.OPEN:
                now = (attempt.state, attempt.ended_at, attempt.score)
                assert self.frozen.setdefault(attempt.pk, now) == now
                assert attempt.ended_at >= attempt.started_at
                if attempt.state == AttemptState.TIME_UP:
                    assert attempt.ended_at == attempt.deadline

    @invariant()
    def the_score_is_that_of_the_answers(self):
        for attempt in self.attempts():
            if attempt.state in FINISHED:
                given = {name: one.value for name, one in self.stored[attempt.pk].items()}
                assert attempt.score == rules.kept(rules.total(CONTENT, given).earned)

    def beyond_allowed(self, taker, attempts):
        """More than one person may have, because several have become one."""
        allowed = self.quiz.attempts_allowed
        if allowed is None or not any(one.moved_from_id for one in attempts):
            return []
        own = Exemption.objects.filter(taker=taker).first()
        of_address = Exemption.objects.filter(person=taker.person, taker=None).exclude(person="")
        by_address = of_address.first() if taker.certainty in PROVEN else None
        exemption = own or by_address
        used = [one for one in attempts if one.state != AttemptState.VOIDED]
        done = [one for one in used if one.state in FINISHED]
        done.sort(key=lambda one: (one.ended_at, one.started_at, one.number))
        used = done + [one for one in used if one not in done]
        return used[allowed + (exemption.extra_attempts if exemption else 0) :]

    @invariant()
    def the_score_of_a_person_is_that_of_the_attempts_that_count(self):
        for taker in Taker.objects.prefetch_related("attempts"):
            mine = sorted(taker.attempts.all(), key=lambda one: (one.started_at, one.number))
            done = [one for one in mine if one.state in FINISHED]
            counting = [one for one in done if one not in self.beyond_allowed(taker, mine)]
            scores = [one.score for one in counting]
            by_rule = {
                KeptScore.BEST: lambda scores: max(scores),
                KeptScore.LAST: lambda scores: scores[-1],
                KeptScore.FIRST: lambda scores: scores[0],
                KeptScore.AVERAGE: lambda scores: rules.kept(sum(scores) / len(scores)),
            }[self.quiz.kept_score]
            assert taker.finished == len(done)
            assert taker.score == (by_rule(scores) if scores else None)
            kept = [one for one in taker.attempts.all() if one.is_kept]
            assert all(one.state in FINISHED for one in kept)
            if self.quiz.kept_score != KeptScore.AVERAGE:
                assert len(kept) == bool(counting)

    @invariant()
    def nobody_has_two_that_are_open_or_more_than_are_allowed(self):
        allowed = getattr(self, "quiz", None) and self.quiz.attempts_allowed
        for taker in Taker.objects.prefetch_related("attempts", "keys"):
            rows = list(taker.attempts.all())
            assert sum(one.state == AttemptState.OPEN for one in rows) <= 1
            own = [one for one in rows if one.moved_from_id is None]
            if allowed:
                assert sum(one.state != AttemptState.VOIDED for one in own) <= allowed
            assert not rows or taker.keys.all(), "somebody has attempts and no way to them"

    @invariant()
    def the_proven_are_one_person_and_stay_proven(self):
        proven = Taker.objects.filter(certainty__in=PROVEN, is_apart=False).exclude(person="")
        persons = list(proven.values_list("person", flat=True))
        assert len(persons) == len(set(persons))
        if not hasattr(self, "identities"):
            return
        account = find_taker(self.quiz, self.identities["account"])
        assert account is None or account.certainty in PROVEN

    @invariant()
    def deadlines_are_those_of_the_settings_as_they_are(self):
        """Extra time is nobody's who only typed an address."""
        for attempt in self.attempts():
            if attempt.state != AttemptState.OPEN or self.is_over(attempt):
                continue
            limit, ends = self.quiz.time_limit_minutes, self.quiz.item.ends_at
            if not limit and not ends:
                assert attempt.deadline is None
                continue
            assert attempt.deadline is not None
            if limit:
                longest = timedelta(minutes=limit * 2, seconds=attempt.given_back_seconds)
                assert attempt.deadline <= attempt.started_at + longest
                taker = attempt.taker
                if not taker.has_proven_address and not taker.exemptions.exists() and not ends:
                    given = timedelta(minutes=limit, seconds=attempt.given_back_seconds)
                    assert attempt.deadline == attempt.started_at + given

    def attempts(self):
        if not hasattr(self, "quiz"):
            return []
        rows = Attempt.objects.select_related("taker").prefetch_related("answers")
        return [one for one in rows if one.pk in self.stored]


@pytest.mark.long
class TestAttemptLife(TestCase, AttemptLife.TestCase):
    settings = examples(10, stateful_step_count=30)
