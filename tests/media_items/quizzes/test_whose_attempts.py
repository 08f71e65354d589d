"""Attempts of one person come together, and nothing about somebody proven is replaced by what is
only typed."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from media_items.abilities import Ability
from media_items.quizzes.attempts import answering, claims, ending, starting
from media_items.quizzes.attempts.refusals import NoAttemptsLeft
from media_items.quizzes.attempts.takers import find_taker, merge, person_digest, split
from media_items.quizzes.attempts.windows import exemption_of
from media_items.quizzes.choices import AttemptState, KeptScore
from media_items.quizzes.models import Attempt, Exemption, Taker
from media_items.quizzes.results import naming, people
from media_items.visitors import Certainty, Identity, IdentityKind
from tests.factories import GuestAdmissionFactory, UserFactory
from tests.quiz_factories import guest_identity, published_quiz

pytestmark = pytest.mark.django_db

TAKE = frozenset({Ability.VIEW, Ability.TAKE_QUIZ})


@pytest.fixture
def quiz():
    return published_quiz()


@pytest.fixture
def account():
    user = UserFactory(email="ada@example.org")
    return Identity(
        f"account:{user.pk}", IdentityKind.ACCOUNT, "Ada", user.email, Certainty.SIGNED_IN
    )


@pytest.fixture
def guest(quiz):
    admission = GuestAdmissionFactory(
        guest__link__item=quiz.item, guest__email="ada@example.org", name="Somebody"
    )
    return guest_identity(admission)


def confirmed(identity):
    return replace(identity, certainty=Certainty.CONFIRMED)


def start(quiz, identity):
    return starting.start(quiz=quiz, identity=identity, abilities=TAKE)


def take(quiz, identity, chosen):
    attempt = start(quiz, identity)
    answering.save(attempt=attempt, question_id="single", given={"chosen": chosen}, revision=0)
    return ending.hand_in(attempt=attempt)


def test_a_score_comes_along_with_its_attempt(quiz, account, guest):
    take(quiz, guest, "a")
    start(quiz, account)
    start(quiz, confirmed(guest))
    one = find_taker(quiz, account)
    assert (one.finished, one.score) == (1, 1)
    assert list(Taker.objects.exclude(pk=one.pk).values_list("finished", "score")) == [(0, None)]


def test_attempts_from_before_an_address_was_confirmed_are_counted(quiz, account, guest):
    take(quiz, guest, "a")
    take(quiz, account, "b")
    assert starting.chance_of(quiz, confirmed(guest), TAKE).used == 2
    with pytest.raises(NoAttemptsLeft):
        start(quiz, confirmed(guest))


def test_of_two_attempts_under_way_neither_is_handed_in(quiz, account, guest, time_machine):
    """They are brought together by the next start, once one of them has ended."""
    time_machine.move_to(timezone.now(), tick=False)
    earlier = start(quiz, account)
    answering.save(attempt=earlier, question_id="single", given={"chosen": "a"}, revision=0)
    time_machine.shift(60)
    later = start(quiz, guest)
    assert start(quiz, confirmed(guest)) == later
    assert states(earlier, later) == [AttemptState.OPEN, AttemptState.OPEN]
    ending.hand_in(attempt=later)
    assert start(quiz, confirmed(guest)) == earlier
    assert states(earlier, later) == [AttemptState.OPEN, AttemptState.HANDED_IN]
    assert find_taker(quiz, account).attempts.count() == 2


def states(*attempts):
    return [Attempt.objects.get(pk=one.pk).state for one in attempts]


def test_first_and_last_are_by_time_and_not_by_who_was_put_to_whom(
    quiz, account, guest, time_machine
):
    quiz.kept_score = KeptScore.LAST
    quiz.save()
    time_machine.move_to(timezone.now(), tick=False)
    take(quiz, guest, "b")
    time_machine.shift(60)
    take(quiz, account, "a")
    merge(find_taker(quiz, guest), into=find_taker(quiz, account))
    assert find_taker(quiz, account).score == 1


def test_who_was_put_to_an_account_does_not_rename_it(quiz, account, guest):
    """The host has merged them; the browser of the guest is still one that only typed."""
    take(quiz, account, "a")
    take(quiz, guest, "b")
    merge(find_taker(quiz, guest), into=find_taker(quiz, account))
    quiz.attempts_allowed = None
    quiz.save()
    attempt = start(quiz, guest)
    one = find_taker(quiz, account)
    assert (one.name, one.certainty) == ("Ada", "signed_in")
    assert (attempt.taker.name, attempt.certainty) == ("Somebody", "typed")


def test_an_exemption_comes_along_unless_there_is_one(quiz, account, guest):
    take(quiz, guest, "a")
    take(quiz, account, "a")
    source, into = find_taker(quiz, guest), find_taker(quiz, account)
    Exemption.objects.create(quiz=quiz, taker=source, extra_attempts=3)
    merge(source, into=into)
    assert into.exemptions.get().extra_attempts == 3


def test_the_exemption_of_a_person_comes_before_that_of_their_address(quiz, account):
    take(quiz, account, "a")
    one, person = find_taker(quiz, account), person_digest(account.email)
    Exemption.objects.create(quiz=quiz, person=person, extra_attempts=1)
    Exemption.objects.create(quiz=quiz, taker=one, extra_attempts=5)
    assert exemption_of(quiz, one, [person]).extra_attempts == 5


def test_more_time_is_for_whoever_has_proven_the_address_also_after_an_interruption(quiz, guest):
    quiz.time_limit_minutes = 10
    quiz.save()
    Exemption.objects.create(quiz=quiz, person=person_digest(guest.email), time_factor=Decimal(10))
    attempt = start(quiz, guest)
    ending.interrupt(takers=[attempt.taker_id])
    attempt = ending.let_go_on(attempt=Attempt.objects.get(pk=attempt.pk))
    assert attempt.deadline < attempt.started_at + timedelta(minutes=11)


def test_who_is_merged_by_proof_or_by_a_claim_is_no_row_of_the_results(quiz, account, guest):
    take(quiz, guest, "a")
    other = GuestAdmissionFactory(
        guest__link__item=quiz.item, guest__email="ada@example.org", name="Elsewhere"
    )
    take(quiz, guest_identity(other), "a")
    quiz.attempts_allowed = None
    quiz.save()
    start(quiz, account)
    start(quiz, confirmed(guest))
    one = find_taker(quiz, account)
    [asked] = claims.unclaimed(quiz, account)
    claims.claim(quiz=quiz, identity=account, taker_id=asked.pk)
    assert list(people.takers_of(quiz)) == [one]
    assert people.counts_of(quiz).shown[""] == 1
    assert set(Taker.objects.exclude(pk=one.pk).values_list("merged_into", flat=True)) == {one.pk}


def test_what_was_merged_stands_for_itself_when_it_is_split(quiz, account, guest):
    take(quiz, guest, "a")
    take(quiz, account, "b")
    source, into = find_taker(quiz, guest), find_taker(quiz, account)
    merge(source, into=into)
    assert split(into) == [source]
    assert find_taker(quiz, guest) == source
    assert set(people.takers_of(quiz)) == {source, into}


def test_a_host_separates_what_a_proof_has_merged(quiz, account, guest):
    take(quiz, guest, "a")
    take(quiz, account, "b")
    source, into = find_taker(quiz, guest), find_taker(quiz, account)
    merge(source, into=into)
    naming.separate(source=source, by=quiz.item.owner)
    source.refresh_from_db()
    assert (source.merged_into, source.score, find_taker(quiz, guest)) == (None, 1, source)


def test_of_three_merged_one_by_one_each_gets_its_own_back(quiz, account, guest):
    other = guest_identity(GuestAdmissionFactory(guest__link__item=quiz.item, name="Third"))
    rows = []
    for identity in (guest, other, account):
        take(quiz, identity, "a")
        rows.append(find_taker(quiz, identity))
    first, second, third = rows
    merge(first, into=second)
    merge(second, into=third)
    naming.separate(source=first, by=quiz.item.owner)
    assert [one.attempts.count() for one in rows] == [1, 0, 2]
    naming.separate(source=second, by=quiz.item.owner)
    assert [one.attempts.count() for one in rows] == [1, 1, 1]


def test_whose_address_was_proven_anew_is_that_person_when_it_is_split(quiz, account, guest):
    """The host had merged a proven person into another; meanwhile they came by another proof."""
    take(quiz, confirmed(guest), "a")
    grace = UserFactory(email="grace@example.org")
    host_says = replace(account, key=f"account:{grace.pk}", email=grace.email)
    take(quiz, host_says, "b")
    source, into = find_taker(quiz, confirmed(guest)), find_taker(quiz, host_says)
    merge(source, into=into)
    take(quiz, account, "b")
    mine = find_taker(quiz, account)
    assert mine not in (source, into)
    split(into)
    source.refresh_from_db()
    assert (source.merged_into, mine.attempts.count()) == (mine, 2)
