"""Whoever has proven an address is one person, in two rows while they are in the middle of two
attempts; no attempt in which somebody can have filled in the key counts before an honest one."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from media_items.abilities import Ability
from media_items.personal_data import Subject
from media_items.quizzes.attempts import answering, claims, ending, starting
from media_items.quizzes.attempts.deadlines import bring_up_to_date
from media_items.quizzes.attempts.exemptions import exemption_of
from media_items.quizzes.attempts.persons import person_digest
from media_items.quizzes.attempts.refusals import NoAttemptsLeft
from media_items.quizzes.attempts.standings import may_answer_besides, on_quiz, standing_of_taker
from media_items.quizzes.attempts.takers import attempts_of, find_taker, takers_of
from media_items.quizzes.attempts.windows import saved_until
from media_items.quizzes.choices import AttemptState, ShownWhen
from media_items.quizzes.content import Content
from media_items.quizzes.models import Attempt, Certificate, Exemption, QuizChange, Taker
from media_items.quizzes.people import erasing
from media_items.quizzes.results import naming, people
from media_items.quizzes.results.one import attempt_page
from media_items.refusals import NotNow
from media_items.visitors import Certainty, Identity, IdentityKind
from tests.factories import GuestAdmissionFactory, UserFactory
from tests.quiz_factories import SINGLE, guest_identity, published_quiz

pytestmark = pytest.mark.django_db

TAKE = frozenset({Ability.VIEW, Ability.TAKE_QUIZ})
EMAIL = "ada@example.org"
RIGHT, WRONG = "a", "b"


@pytest.fixture
def quiz(time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    return published_quiz(
        Content((SINGLE,)),
        attempts_allowed=1,
        answers_when=ShownWhen.LAST_ATTEMPT,
        feedback_when=ShownWhen.LAST_ATTEMPT,
    )


def account_of(email):
    key = f"account:{UserFactory(email=email).pk}"
    return Identity(key, IdentityKind.ACCOUNT, "Ada", email, Certainty.SIGNED_IN)


@pytest.fixture
def account():
    return account_of(EMAIL)


def guest_of(quiz, email=EMAIL, name="Ada on the phone"):
    return guest_identity(
        GuestAdmissionFactory(guest__link__item=quiz.item, guest__email=email, name=name)
    )


@pytest.fixture
def guest(quiz):
    return guest_of(quiz)


def confirmed(identity):
    return replace(identity, certainty=Certainty.CONFIRMED)


def start(quiz, identity):
    return starting.start(quiz=quiz, identity=identity, abilities=TAKE)


def hand_in(attempt, chosen=RIGHT):
    attempt = Attempt.objects.get(pk=attempt.pk)
    answering.save(attempt=attempt, question_id="single", given={"chosen": chosen}, revision=0)
    return ending.hand_in(attempt=attempt)


def take(quiz, identity, chosen=RIGHT):
    return hand_in(start(quiz, identity), chosen)


def fresh(attempt):
    return Attempt.objects.select_related("quiz__item", "taker").get(pk=attempt.pk)


def kept():
    return list(Attempt.objects.filter(is_kept=True))


# --- what ended first counts ----------------------------------------------------------------------


@pytest.mark.parametrize("how", ["claimed", "verified"])
def test_an_attempt_begun_before_and_handed_in_after_the_key_was_read_counts_nothing(
    quiz, account, guest, time_machine, how
):
    open_one = start(quiz, guest)
    time_machine.shift(60)
    honest = take(quiz, account, WRONG)
    time_machine.shift(60)
    if how == "claimed":
        typed = Taker.objects.get(certainty="typed")
        claims.claim(quiz=quiz, identity=account, taker_id=typed.pk)
    else:
        claims.confirmed(quiz.item, confirmed(guest))
    hand_in(open_one)
    assert kept() == [honest]
    person = find_taker(quiz, account)
    assert (person.finished, person.score) == (2, 0)
    assert attempt_page(fresh(open_one))["beyond"] == {open_one.pk}


def test_it_counts_nothing_also_after_the_host_has_separated_what_was_claimed(
    quiz, account, guest, owner, time_machine
):
    """They go on with it as theirs, and it stays one of several that have become one."""
    open_one = start(quiz, guest)
    source = find_taker(quiz, guest)
    time_machine.shift(60)
    honest = take(quiz, account, WRONG)
    claims.claim(quiz=quiz, identity=account, taker_id=source.pk)
    naming.separate(source=source, by=owner)
    time_machine.shift(60)
    hand_in(open_one)
    assert fresh(open_one).taker == find_taker(quiz, account)
    assert kept() == [honest]
    assert list(attempts_of(quiz, guest)) == []


def test_what_is_separated_goes_back_also_where_its_browser_began_anew(quiz, guest, owner):
    """What nobody has claimed is of the row that it was merged from, whoever its proof is now."""
    bo = guest_of(quiz, "bo@example.org", "Bo")
    first, _other = take(quiz, guest), take(quiz, bo)
    source, into = find_taker(quiz, guest), find_taker(quiz, bo)
    naming.merge(source=source, into=into, by=owner)
    quiz.attempts_allowed = 5
    quiz.save()
    take(quiz, guest)
    naming.separate(source=source, by=owner)
    assert fresh(first).taker == source


# --- what the host reads --------------------------------------------------------------------------


def test_nobody_hides_what_they_took_before_by_saying_that_it_was_not_them(
    quiz, account, guest, time_machine
):
    take(quiz, guest)
    time_machine.shift(60)
    mine = take(quiz, account)
    time_machine.shift(60)
    take(quiz, guest_of(quiz))
    told = attempt_page(fresh(mine))["unverified_before"]
    assert (told.total, told.denied) == (1, 0)
    [later, earlier] = claims.unclaimed(quiz, account)
    claims.deny(quiz=quiz, identity=account, taker_id=earlier.pk)
    told = attempt_page(fresh(mine))["unverified_before"]
    assert (told.total, told.denied) == (1, 1)
    change = QuizChange.objects.get()
    assert (change.what, change.taker) == (claims.DENIED, earlier)
    assert change.now == {"from": find_taker(quiz, account).pk}
    assert list(claims.unclaimed(quiz, account)) == [later]
    assert not claims.deny(quiz=quiz, identity=account, taker_id=earlier.pk)


def test_what_was_begun_before_an_attempt_ended_is_told_beside_it(
    quiz, account, guest, time_machine
):
    """The verified one is begun first, and finished with the key that the other one showed."""
    mine = start(quiz, account)
    time_machine.shift(60)
    take(quiz, guest)
    time_machine.shift(60)
    assert attempt_page(fresh(mine))["unverified_before"].total == 1
    mine = hand_in(mine)
    assert attempt_page(fresh(mine))["unverified_before"].total == 1
    time_machine.shift(60)
    take(quiz, guest_of(quiz))
    assert attempt_page(fresh(mine))["unverified_before"].total == 1


def test_what_a_host_has_merged_with_somebody_else_is_told_too(quiz, account, guest, owner):
    take(quiz, guest)
    bo = guest_of(quiz, "bo@example.org", "Bo")
    take(quiz, bo)
    naming.merge(source=find_taker(quiz, guest), into=find_taker(quiz, bo), by=owner)
    mine = start(quiz, account)
    assert attempt_page(fresh(mine))["unverified_before"].total == 1


# --- in the middle of two attempts ----------------------------------------------------------------


@pytest.fixture
def two(quiz, account, guest, time_machine):
    """They are in the middle of one signed in, and of another one in the browser that verifies."""
    here = start(quiz, account)
    time_machine.shift(60)
    there = start(quiz, guest)
    claims.confirmed(quiz.item, confirmed(guest))
    return here, there


def test_they_are_one_person_by_each_proof(quiz, account, guest, two):
    here, there = two
    third = replace(confirmed(guest), key="guest:999999")
    for identity in (account, confirmed(guest), third):
        assert set(attempts_of(quiz, identity)) == {here, there}
        assert starting.chance_of(quiz, identity, TAKE).used == 2
        assert not claims.unclaimed(quiz, identity).exists()
    assert list(attempts_of(quiz, guest_of(quiz))) == []
    rows = takers_of(quiz, account)
    assert [one.is_apart for one in rows] == [False, True]
    assert {one.certainty for one in rows} == {Certainty.SIGNED_IN, Certainty.CONFIRMED}


def test_each_browser_goes_on_with_its_own(quiz, account, guest, two):
    here, there = two
    assert (start(quiz, account), start(quiz, confirmed(guest))) == (here, there)


def test_nobody_is_shown_the_key_in_one_while_they_can_fill_it_in_in_the_other(
    quiz, account, guest, two
):
    here, there = two
    assert may_answer_besides(fresh(here))
    hand_in(here, WRONG)
    for attempt in (here, there):
        standing = standing_of_taker(fresh(attempt).taker)
        assert (standing.is_under_way, standing.has_attempts_left) == (True, False)
        assert on_quiz(fresh(attempt).taker).attempts_left == 0
    assert not may_answer_besides(fresh(there))
    hand_in(there)
    with pytest.raises(NoAttemptsLeft):
        start(quiz, account)
    assert claims.join_waiting() == 1
    assert kept() == [here]
    assert not Taker.objects.filter(is_apart=True).exists()
    assert not standing_of_taker(find_taker(quiz, account)).is_under_way


def test_one_of_the_two_that_was_interrupted_may_go_on(quiz, account, guest, two):
    """Merged with one that is open the host could not let it go on any more."""
    here, there = two
    ending.interrupt(takers=[fresh(here).taker_id])
    assert start(quiz, account) == there
    ending.let_go_on(attempt=fresh(here))
    assert {one.state for one in Attempt.objects.all()} == {AttemptState.OPEN}
    assert start(quiz, account) == here


def test_of_what_is_interrupted_and_what_is_open_neither_is_claimed(quiz, account, guest):
    here = start(quiz, account)
    start(quiz, guest)
    ending.interrupt(takers=[here.taker_id])
    [asked] = claims.unclaimed(quiz, account)
    with pytest.raises(NotNow, match="One of your attempts was interrupted"):
        claims.claim(quiz=quiz, identity=account, taker_id=asked.pk)


def test_extra_time_is_for_both(quiz, account, guest):
    quiz.time_limit_minutes = 10
    quiz.save()
    Exemption.objects.create(
        quiz=quiz, email=EMAIL, person=person_digest(EMAIL), time_factor=Decimal(2)
    )
    made = [start(quiz, account), start(quiz, guest)]
    claims.confirmed(quiz.item, confirmed(guest))
    for one in made:
        assert fresh(one).deadline - one.started_at == timedelta(minutes=20)


def test_a_host_merges_nobody_else_with_the_row_that_waits(quiz, account, guest, two, owner):
    """Its proof would open what the other has."""
    here, there = two
    other = account_of("bo@example.org")
    take(quiz, other)
    hand_in(there)
    waits, bo = fresh(there).taker, find_taker(quiz, other)
    for source, into in ((waits, bo), (bo, waits)):
        with pytest.raises(NotNow, match="an email of their own"):
            naming.merge(source=source, into=into, by=owner)
    naming.merge(source=fresh(here).taker, into=waits, by=owner)
    assert {one.taker for one in attempts_of(quiz, account)} == {find_taker(quiz, account)}
    assert not find_taker(quiz, account).is_apart


def test_whom_nothing_else_brings_together_one_that_fails_does_not_hold_up(
    quiz, account, guest, two, monkeypatch, caplog
):
    first = Taker.objects.get(is_apart=True)
    bo = account_of("bo@example.org")
    other = guest_of(quiz, "bo@example.org")
    more = [start(quiz, bo), start(quiz, other)]
    claims.confirmed(quiz.item, confirmed(other))
    for attempt in (*two, *more):
        hand_in(attempt)
    merge = claims.join

    def fails(source, *, into):
        if source == first:
            raise RuntimeError
        return merge(source, into=into)

    monkeypatch.setattr(claims, "join", fails)
    assert claims.join_waiting() == 1
    assert "could not be brought together" in caplog.text
    monkeypatch.undo()
    assert (claims.join_waiting(), claims.join_waiting()) == (1, 0)


def test_whoever_is_left_when_the_other_is_erased_stands_for_themselves(quiz, account, two):
    here, there = two
    Taker.objects.filter(pk=fresh(here).taker_id).update(person="", erased_at=timezone.now())
    assert claims.join_waiting() == 0
    assert not Taker.objects.filter(is_apart=True).exists()
    assert find_taker(quiz, account) == fresh(there).taker


# --- what was proven is one person for good -------------------------------------------------------


def test_what_a_proof_has_joined_is_not_separated(quiz, account, guest, owner):
    mine, theirs = take(quiz, account), take(quiz, guest)
    source = find_taker(quiz, guest)
    claims.confirmed(quiz.item, confirmed(guest))
    person = find_taker(quiz, account)
    assert fresh(theirs).taker == person
    [shown] = attempt_page(fresh(mine))["merged"]
    assert (shown.taker, shown.may_separate) == (source, False)
    with pytest.raises(NotNow, match="same email address"):
        naming.separate(source=source, by=owner)
    assert fresh(theirs).taker == person


def test_whoever_was_merged_while_typed_and_verified_is_not_separated(quiz, guest, owner):
    bo = guest_of(quiz, "bo@example.org", "Bo")
    made = [take(quiz, guest), take(quiz, bo)]
    source, into = find_taker(quiz, guest), find_taker(quiz, bo)
    naming.merge(source=source, into=into, by=owner)
    assert attempt_page(fresh(made[0]))["merged"][0].may_separate
    claims.confirmed(quiz.item, confirmed(guest))
    assert not attempt_page(fresh(made[0]))["merged"][0].may_separate
    with pytest.raises(NotNow):
        naming.separate(source=source, by=owner)


def test_a_certificate_is_for_whoever_has_verified(quiz, guest, owner):
    """The host took Ada for Bo; Ada verifies."""
    quiz.pass_percent, quiz.gives_certificate = 50, True
    quiz.save()
    bo = guest_of(quiz, "bo@example.org", "Bo")
    take(quiz, bo)
    take(quiz, guest)
    naming.merge(source=find_taker(quiz, guest), into=find_taker(quiz, bo), by=owner)
    claims.confirmed(quiz.item, confirmed(guest))
    person = find_taker(quiz, confirmed(guest))
    assert (person.shown_name, person.has_proven_address) == ("Ada on the phone", True)
    stands = Certificate.objects.get(withdrawn_at=None)
    assert (stands.name, stands.certainty) == ("Ada on the phone", "confirmed")
    naming.rename(taker=person, name="Ada Lovelace", by=owner)
    claims.confirmed(quiz.item, confirmed(guest))
    assert find_taker(quiz, confirmed(guest)).shown_name == "Ada Lovelace"


def test_whom_a_host_has_merged_with_them_they_are_asked_about_and_may_open(quiz, account, guest):
    quiz.attempts_allowed = 5
    quiz.save()
    mine, theirs = take(quiz, account), take(quiz, guest)
    source, person = find_taker(quiz, guest), find_taker(quiz, account)
    naming.merge(source=source, into=person, by=quiz.item.owner)
    assert list(attempts_of(quiz, account)) == [mine]
    [asked] = claims.unclaimed(quiz, account)
    assert (asked, asked.total) == (source, 1)
    assert claims.claim(quiz=quiz, identity=account, taker_id=source.pk) == person
    assert set(attempts_of(quiz, account)) == {mine, theirs}
    assert fresh(theirs).number == 2
    assert not claims.unclaimed(quiz, account).exists()
    assert people.takers_of(quiz).count() == 1


# --- one rule of exemptions, and of attempts that are left ----------------------------------------


@pytest.fixture
def merged(quiz, guest):
    """Ada’s browser was merged by the host into Bo’s, who have both typed only; each has used an
    attempt of two."""
    quiz.attempts_allowed, quiz.time_limit_minutes = 2, 10
    quiz.save()
    bo = guest_of(quiz, "bo@example.org", "Bo")
    take(quiz, guest)
    take(quiz, bo)
    into = find_taker(quiz, bo)
    naming.merge(source=find_taker(quiz, guest), into=into, by=quiz.item.owner)
    return into, bo


@pytest.mark.parametrize("is_verified", [False, True])
def test_what_the_host_has_given_to_the_merged_holds_on_after_verifying(
    quiz, guest, merged, is_verified
):
    into, _bo = merged
    Exemption.objects.create(quiz=quiz, taker=into, time_factor=2, extra_attempts=1)
    attempt = start(quiz, guest)
    me = guest
    if is_verified:
        claims.confirmed(quiz.item, confirmed(guest))
        me = confirmed(guest)
    bring_up_to_date(quiz)
    assert fresh(attempt).deadline - attempt.started_at == timedelta(minutes=20)
    assert starting.chance_of(quiz, me, TAKE).window.attempts == 3
    assert exemption_of(fresh(attempt).taker) == Exemption.objects.get()
    hand_in(attempt)
    third = take(quiz, me)
    assert on_quiz(fresh(third).taker).attempts_left == 0


@pytest.mark.parametrize("by", ["the proof that made them", "another proof"])
def test_each_proof_of_a_person_has_the_same_exemption(quiz, guest, account, merged, by):
    into, _bo = merged
    Exemption.objects.create(quiz=quiz, taker=into, time_factor=2)
    start(quiz, guest)
    claims.confirmed(quiz.item, confirmed(guest))
    me = account if by == "another proof" else confirmed(guest)
    window = starting.chance_of(quiz, me, TAKE).window
    assert window.limit == timedelta(minutes=20)


def test_what_a_typed_browser_has_used_elsewhere_is_used(quiz, guest, merged):
    """Its second of two is a row of its own: no attempt is left after it, wherever one asks."""
    attempt = start(quiz, guest)
    assert fresh(attempt).taker != merged[0]
    assert on_quiz(fresh(attempt).taker).attempts_left == 0
    assert not may_answer_besides(fresh(attempt))
    hand_in(attempt)
    with pytest.raises(NoAttemptsLeft):
        start(quiz, guest)
    standing = standing_of_taker(fresh(attempt).taker)
    assert (standing.is_under_way, standing.has_attempts_left) == (False, False)


def test_whom_they_were_merged_with_waits_while_they_are_in_the_middle_of_one(quiz, guest, merged):
    into, bo = merged
    start(quiz, guest)
    take(quiz, bo)
    assert standing_of_taker(into).is_under_way


def test_what_was_used_by_a_proof_before_it_was_erased_is_used_after_it_has_verified(quiz, guest):
    quiz.attempts_allowed = 2
    quiz.save()
    take(quiz, guest)
    erasing.erase(Subject(item=quiz.item, keys=frozenset({guest.key})), moment=timezone.now())
    last = start(quiz, guest)
    claims.confirmed(quiz.item, confirmed(guest))
    assert starting.chance_of(quiz, confirmed(guest), TAKE).attempts_left == 0
    assert on_quiz(fresh(last).taker).attempts_left == 0


# --- what it costs --------------------------------------------------------------------------------


def test_without_a_limit_nothing_is_asked_about_other_attempts(
    quiz, account, django_assert_num_queries
):
    quiz.attempts_allowed = None
    quiz.save()
    attempt = fresh(start(quiz, account))
    with django_assert_num_queries(0):
        assert not may_answer_besides(attempt)


def test_before_its_end_a_quiz_reads_nobodys_deadlines(quiz, account, django_assert_num_queries):
    quiz.item.ends_at = timezone.now() + timedelta(hours=1)
    quiz.item.save()
    start(quiz, account)
    with django_assert_num_queries(1) as asked:
        saved_until(quiz)
    assert "quizzes_attempt" not in asked.captured_queries[0]["sql"]
