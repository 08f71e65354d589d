"""Attempts of one person come together, and nothing about somebody proven is replaced by what is
only typed."""

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
from media_items.quizzes.attempts.takers import attempts_of, counted_for, find_taker, merge, split
from media_items.quizzes.choices import AttemptState, KeptScore
from media_items.quizzes.models import Attempt, Exemption, Taker
from media_items.quizzes.people import erasing
from media_items.quizzes.results import naming, people
from media_items.refusals import NotNow
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


def test_whom_nothing_brings_together_housekeeping_does(quiz, account, guest):
    made = [start(quiz, account), start(quiz, guest), start(quiz, confirmed(guest))]
    assert claims.join_waiting() == 0
    for attempt in set(made):
        ending.hand_in(attempt=attempt)
    one = find_taker(quiz, account)
    assert (one.attempts.count(), claims.join_waiting()) == (1, 1)
    assert (one.attempts.count(), claims.join_waiting()) == (2, 0)


def test_an_attempt_elsewhere_is_no_ones_while_both_are_under_way(quiz, account, guest):
    here, there = start(quiz, account), start(quiz, guest)
    [asked] = claims.unclaimed(quiz, account)
    with pytest.raises(NotNow, match="Hand in one of them first"):
        claims.claim(quiz=quiz, identity=account, taker_id=asked.pk)
    assert states(here, there) == [AttemptState.OPEN, AttemptState.OPEN]
    ending.hand_in(attempt=here)
    claims.claim(quiz=quiz, identity=account, taker_id=asked.pk)
    assert states(here, there) == [AttemptState.HANDED_IN, AttemptState.OPEN]
    assert starting.chance_of(quiz, account, TAKE).attempt == there


def test_an_attempt_whose_time_is_up_ends_as_that_when_it_is_merged(
    quiz, account, guest, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)
    quiz.time_limit_minutes = 10
    quiz.save()
    earlier = start(quiz, account)
    time_machine.shift(9 * 60)
    start(quiz, guest)
    time_machine.shift(2 * 60)
    merge(find_taker(quiz, guest), into=find_taker(quiz, account))
    assert states(earlier) == [AttemptState.TIME_UP]


# --- more time, wherever the attempt becomes theirs -----------------------------------------------


@pytest.fixture
def limited(quiz, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    quiz.time_limit_minutes = 10
    quiz.save()
    return quiz


def minutes(attempt):
    attempt.refresh_from_db()
    return (attempt.deadline - attempt.started_at) / timedelta(minutes=1)


def twice_as_long(quiz, **whose):
    return Exemption.objects.create(quiz=quiz, time_factor=2, **whose)


def told(quiz, identity):
    return starting.chance_of(quiz, identity, TAKE).window.limit / timedelta(minutes=1)


def test_verifying_in_the_middle_gives_the_time_of_the_address(limited, guest):
    twice_as_long(limited, email=guest.email, person=person_digest(guest.email))
    attempt = start(limited, guest)
    assert minutes(attempt) == 10
    claims.confirmed(limited.item, confirmed(guest))
    assert (minutes(attempt), told(limited, confirmed(guest))) == (20, 20)


@pytest.mark.parametrize("how", ["verified", "claimed"])
def test_an_attempt_that_becomes_somebodys_has_their_time(limited, account, guest, how):
    twice_as_long(limited, email=guest.email, person=person_digest(guest.email))
    take(limited, account, "a")
    attempt = start(limited, guest)
    person, typed = find_taker(limited, account), find_taker(limited, guest)
    if how == "verified":
        claims.confirmed(limited.item, confirmed(guest))
    else:
        claims.claim(quiz=limited, identity=account, taker_id=typed.pk)
    assert attempt.taker == typed
    assert (minutes(attempt), attempt.taker) == (20, person)


# --- the exemption of somebody typed with whom others were merged ---------------------------------


@pytest.fixture
def typed_twice(quiz):
    """Two browsers of somebody who has proven nothing, merged by the host; each has handed one
    in."""
    found = []
    for _number in range(2):
        admission = GuestAdmissionFactory(guest__link__item=quiz.item, name="Anna")
        found.append(guest_identity(admission))
        take(quiz, found[-1], "a")
    into, source = (find_taker(quiz, one) for one in found)
    naming.merge(source=source, into=into, by=quiz.item.owner)
    return found


@pytest.mark.parametrize("who", [0, 1])
def test_an_exemption_holds_for_whom_the_host_has_merged(limited, typed_twice, who):
    limited.attempts_allowed = 1
    limited.save()
    anna = typed_twice[who]
    with pytest.raises(NoAttemptsLeft):
        start(limited, anna)
    twice_as_long(limited, taker=Taker.objects.get(merged_into=None), extra_attempts=1)
    assert told(limited, anna) == 20
    attempt = start(limited, anna)
    assert (minutes(attempt), bring_up_to_date(limited), minutes(attempt)) == (20, 0, 20)
    assert (told(limited, anna), start(limited, anna)) == (20, attempt)
    ending.hand_in(attempt=attempt)
    with pytest.raises(NoAttemptsLeft):
        start(limited, anna)


def test_an_exemption_of_somebody_proven_is_no_typed_browsers(limited, account, guest):
    take(limited, account, "a")
    take(limited, guest, "a")
    person = find_taker(limited, account)
    naming.merge(source=find_taker(limited, guest), into=person, by=limited.item.owner)
    twice_as_long(limited, taker=person)
    assert (told(limited, account), told(limited, guest)) == (20, 10)
    assert minutes(start(limited, guest)) == 10


# --- a merged guest verifies ----------------------------------------------------------------------


def test_who_was_merged_while_typed_and_verifies_opens_what_is_theirs(quiz, typed_twice, account):
    anna, other = typed_twice
    claims.confirmed(quiz.item, confirmed(anna))
    elsewhere = replace(account, email=anna.email)
    assert attempts_of(quiz, elsewhere).count() == 1
    assert counted_for(quiz, elsewhere).count() == 2
    assert attempts_of(quiz, other).count() == 1
    assert find_taker(quiz, confirmed(anna)).certainty == Certainty.CONFIRMED


def test_it_comes_together_with_what_they_had_proven_before(quiz, typed_twice, account):
    elsewhere = replace(account, email=typed_twice[1].email)
    take(quiz, elsewhere, "b")
    claims.confirmed(quiz.item, confirmed(typed_twice[1]))
    assert attempts_of(quiz, elsewhere).count() == 2
    assert counted_for(quiz, elsewhere).count() == 3
    assert people.takers_of(quiz).count() == 1


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


def test_an_exemption_goes_back_with_whose_it_was(quiz, account, guest):
    other = guest_identity(GuestAdmissionFactory(guest__link__item=quiz.item, name="Third"))
    rows = []
    for identity in (guest, other, account):
        take(quiz, identity, "a")
        rows.append(find_taker(quiz, identity))
    first, second, third = rows
    Exemption.objects.create(quiz=quiz, taker=first, extra_attempts=3)
    merge(first, into=second)
    merge(second, into=third)
    assert [one.exemptions.count() for one in rows] == [0, 0, 1]
    split(third)
    assert [one.exemptions.count() for one in rows] == [1, 0, 0]
    assert Exemption.objects.get().moved_from is None


def test_the_exemption_of_a_person_comes_before_that_of_their_address(quiz, account):
    take(quiz, account, "a")
    one, person = find_taker(quiz, account), person_digest(account.email)
    Exemption.objects.create(quiz=quiz, person=person, extra_attempts=1)
    Exemption.objects.create(quiz=quiz, taker=one, extra_attempts=5)
    assert exemption_of(one).extra_attempts == 5


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


def test_whoever_was_erased_and_comes_again_has_no_more_attempts_than_before(quiz, guest):
    """They take it under an address that is only typed, and verify it afterwards."""
    quiz.attempts_allowed = 1
    quiz.save()
    claims.confirmed(quiz.item, confirmed(guest))
    take(quiz, confirmed(guest), "b")
    erasing.erase(Subject(item=quiz.item, keys=frozenset({guest.key})), moment=timezone.now())
    take(quiz, guest, "a")
    claims.confirmed(quiz.item, confirmed(guest))
    assert find_taker(quiz, confirmed(guest)).score is None
    assert not Attempt.objects.filter(is_kept=True, taker__erased_at=None).exists()
