"""One order of locks: two who act on one person at the same time both succeed, on PostgreSQL; and
handing in waits for nobody who holds the quiz."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from media_items.abilities import Ability
from media_items.personal_data import Subject
from media_items.quizzes.attempts import answering, claims, ending, starting
from media_items.quizzes.attempts.deadlines import bring_up_to_date
from media_items.quizzes.attempts.locking import lock_attempt, lock_quiz
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.content import Content
from media_items.quizzes.grading import regrading
from media_items.quizzes.models import Attempt, Taker
from media_items.quizzes.people import erasing
from media_items.quizzes.results import acts, naming
from media_items.quizzes.writing.services.settings import save_settings, seen_of
from media_items.quizzes.writing.tasks import keep_scores_anew
from media_items.refusals import NotNow
from media_items.visitors import Certainty
from tests.factories import GuestAdmissionFactory, GuestLinkFactory, UserFactory
from tests.media_items.quizzes.test_marking import give, taken
from tests.media_items.quizzes.test_regrading import BOTH_ARE_RIGHT, regrade
from tests.quiz_factories import OPEN, SINGLE, guest_identity, published_quiz
from tests.races import at_once
from tests.waiting import PATIENCE_SECONDS

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 20
TAKE = frozenset({Ability.VIEW, Ability.TAKE_QUIZ})
WRONG = {"single": {"chosen": "b"}, "open": {"text": "So."}}


class Case:
    """A guest who has handed in a first attempt and has a second one open; and another guest of
    the same, typed, address, who has handed in one."""

    def __init__(self, number=0):
        self.quiz = published_quiz(Content((SINGLE, OPEN)))
        link, email = GuestLinkFactory(item=self.quiz.item), f"ada{number}@example.org"
        by_link = {"guest__link": link}
        self.me = replace(
            guest_identity(GuestAdmissionFactory(guest__email=email, **by_link)),
            certainty=Certainty.CONFIRMED,
        )
        elsewhere = GuestLinkFactory(item=self.quiz.item)
        other = guest_identity(GuestAdmissionFactory(guest__link=elsewhere, guest__email=email))
        self.by_other_identity = other
        self.host = UserFactory()
        self.by_other = taken(self.quiz, WRONG, identity=other)
        self.first = taken(self.quiz, WRONG, identity=self.me)
        self.open = starting.start(quiz=self.quiz, identity=self.me, abilities=TAKE)
        answering.save(attempt=self.open, question_id="single", given={"chosen": "a"}, revision=0)
        self.other = Taker.objects.get(certainty="typed", quiz=self.quiz)
        self.taker = Taker.objects.get(certainty="confirmed", quiz=self.quiz)

    def hand_in(self):
        ending.hand_in(attempt=self.open)

    def mark(self):
        give(self.first, "1")

    def regrade(self):
        row = regrade(self.quiz, BOTH_ARE_RIGHT)
        while regrading.regrade_next(regrade_id=row.pk, most=2):
            pass

    def void(self):
        acts.void(attempt=self.first, by=self.host)

    def void_and_count(self):
        self.void()
        acts.count_again(attempt=self.first, by=self.host)

    def end(self):
        acts.end_now(attempt=self.open, by=self.host)

    def interrupt(self):
        ending.interrupt(takers=[self.taker.pk, self.other.pk])

    def claim(self):
        me = replace(self.me, name="Ada L.")
        claims.claim(quiz=self.quiz, identity=me, taker_id=self.other.pk)

    def verify(self):
        theirs = replace(self.by_other_identity, certainty=Certainty.CONFIRMED)
        claims.confirmed(self.quiz.item, theirs)

    def merge(self):
        naming.merge(source=self.other, into=self.taker, by=self.host)

    def merge_and_separate(self):
        self.merge()
        naming.separate(source=self.other, by=self.host)

    def erase(self):
        with transaction.atomic():
            keys = frozenset({self.me.key})
            erasing.erase(Subject(item=self.quiz.item, keys=keys), moment=timezone.now())

    def keep(self):
        keep_scores_anew.call(self.quiz.pk)

    def deadlines(self):
        bring_up_to_date(self.quiz)


AGAINST = [
    ("mark", "hand_in"),
    ("regrade", "hand_in"),
    ("void_and_count", "hand_in"),
    ("claim", "hand_in"),
    ("claim", "mark"),
    ("claim", "interrupt"),
    ("verify", "hand_in"),
    ("verify", "mark"),
    ("verify", "deadlines"),
    ("merge_and_separate", "hand_in"),
    ("merge_and_separate", "mark"),
    ("erase", "hand_in"),
    ("erase", "mark"),
    ("interrupt", "hand_in"),
    ("end", "mark"),
    ("keep", "hand_in"),
    ("deadlines", "hand_in"),
]


@pytest.mark.parametrize(("one", "other"), AGAINST, ids=[" and ".join(two) for two in AGAINST])
def test_neither_waits_for_the_other_in_a_circle(one, other):
    for number in range(ROUNDS):
        case = Case(number)
        results = at_once([getattr(case, one), getattr(case, other)])
        # Whoever comes second to somebody's erasing is told so.
        expected = NotNow if "erase" in {one, other} else ()
        failed = [found for found in results if isinstance(found, Exception)]
        assert [found for found in failed if not isinstance(found, expected)] == []
        assert_scores_are_those_of_the_attempts(case.quiz)


def assert_scores_are_those_of_the_attempts(quiz):
    for taker in quiz.takers.all():
        kept = taker.attempts.filter(is_kept=True)
        assert [taker.score] == [one.score for one in kept] or (taker.score is None and not kept)
        assert taker.finished == taker.attempts.finished().count()


ORDER = ["quiz", "taker", "attempt"]


def locked_by(act):
    """The tables whose rows `act` locks or writes, in the order in which it first does."""
    with CaptureQueriesContext(connection) as asked:
        act()
    found = []
    for query in asked:
        sql = query["sql"]
        if sql.startswith("UPDATE") or "FOR NO KEY UPDATE" in sql:
            match = re.match(r'(?:UPDATE|SELECT .*? FROM) "quizzes_(\w+)"', sql, re.DOTALL)
            if match and match[1] in ORDER and match[1] not in found:
                found.append(match[1])
    return found


@pytest.mark.parametrize(
    "act",
    [
        "hand_in",
        "mark",
        "regrade",
        "void_and_count",
        "end",
        "interrupt",
        "claim",
        "verify",
        "merge",
        "erase",
        "deadlines",
    ],
)
def test_the_quiz_then_the_taker_then_the_attempts(act):
    found = locked_by(getattr(Case(), act))
    assert found == [one for one in ORDER if one in found]
    assert "attempt" in found


def test_whoever_lets_somebody_go_on_has_locked_the_quiz_and_the_taker():
    case = Case()
    case.interrupt()
    assert locked_by(partial(acts.let_go_on, attempt=case.open, by=case.host)) == ORDER


def test_everybody_hands_in_while_somebody_holds_the_quiz():
    quiz = published_quiz(Content((SINGLE,)))
    attempts = []
    for _ in range(12):
        guest = guest_identity(GuestAdmissionFactory(guest__link__item=quiz.item))
        attempts.append(starting.start(quiz=quiz, identity=guest, abilities=TAKE))

    def hand_in(attempt):
        try:
            ending.hand_in(attempt=attempt)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool, transaction.atomic():
        lock_quiz(quiz)
        jobs = [pool.submit(hand_in, one) for one in attempts]
        assert not wait(jobs, timeout=PATIENCE_SECONDS).not_done
    assert quiz.attempts.finished().count() == len(attempts)


def test_the_settings_and_the_item_are_saved_at_the_same_time():
    """Whoever edits the item holds it and asks for the quiz; so do the settings."""
    quiz = published_quiz(Content((SINGLE,)))
    seen = seen_of(quiz)
    quiz.time_limit_minutes = 20
    with CaptureQueriesContext(connection) as asked:
        save_settings(
            quiz=quiz,
            columns=["time_limit_minutes"],
            by=UserFactory(),
            seen=seen,
        )
    found = [
        re.match(r'SELECT .*? FROM "(\w+)"', one["sql"], re.DOTALL)[1]
        for one in asked
        if " FOR " in one["sql"] and one["sql"].startswith("SELECT")
    ]
    assert found.index("media_items_mediaitem") < found.index("quizzes_quiz")


def test_who_verifies_while_one_of_two_is_handed_in_keeps_the_other():
    """Whether they are brought together at once or by housekeeping: nothing ends unsaid."""
    for number in range(ROUNDS):
        case = Case(number)
        theirs = starting.start(quiz=case.quiz, identity=case.by_other_identity, abilities=TAKE)
        results = at_once([case.verify, case.hand_in])
        assert [found for found in results if isinstance(found, Exception)] == []
        theirs.refresh_from_db()
        assert theirs.state == AttemptState.OPEN
        claims.join_waiting()
        assert case.taker.attempts.count() == 4
        assert_scores_are_those_of_the_attempts(case.quiz)


def test_who_claims_while_one_of_two_is_handed_in_keeps_the_other():
    for number in range(ROUNDS):
        case = Case(number)
        theirs = starting.start(quiz=case.quiz, identity=case.by_other_identity, abilities=TAKE)
        refused, _ended = at_once([case.claim, case.hand_in])
        assert not isinstance(refused, Exception) or isinstance(refused, NotNow)
        theirs.refresh_from_db()
        assert theirs.state == AttemptState.OPEN


def test_an_attempt_that_has_become_anothers_is_locked_with_its_new_taker():
    case = Case()
    case.merge()
    with transaction.atomic():
        locked = lock_attempt(Attempt.objects.get(pk=case.by_other.pk))
        assert locked.taker_id == case.taker.pk
