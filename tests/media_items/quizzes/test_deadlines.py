"""Deadlines: kept when they change under an attempt that is under way."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from access.accounts import services as accounts
from access.memberships.proofs import account_identity
from media_items.abilities import Ability
from media_items.catalogue.models import State
from media_items.quizzes.attempts import answering, ending, starting
from media_items.quizzes.attempts.deadlines import bring_up_to_date
from media_items.quizzes.attempts.persons import person_digest
from media_items.quizzes.attempts.refusals import AttemptOver
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Attempt, Exemption, Taker
from media_items.quizzes.writing.services.exemptions import save_exemption
from media_items.visitors import Certainty, Identity, IdentityKind
from tests.factories import GuestAdmissionFactory, UserFactory
from tests.quiz_factories import guest_identity, published_quiz

pytestmark = pytest.mark.django_db

TAKE = frozenset({Ability.VIEW, Ability.TAKE_QUIZ})


@pytest.fixture
def began(time_machine):
    moment = timezone.now()
    time_machine.move_to(moment, tick=False)
    return moment


@pytest.fixture
def quiz():
    return published_quiz(time_limit_minutes=10)


@pytest.fixture
def guest(quiz):
    return guest_identity(GuestAdmissionFactory(guest__link__item=quiz.item))


@pytest.fixture
def attempt(quiz, guest, began):
    return starting.start(quiz=quiz, identity=guest, abilities=TAKE)


def fresh(attempt):
    return Attempt.objects.get(pk=attempt.pk)


def test_more_time_reaches_who_is_in_the_middle(attempt, began):
    Exemption.objects.create(quiz=attempt.quiz, taker=attempt.taker, time_factor=Decimal(2))
    assert bring_up_to_date(attempt.quiz) == 1
    assert fresh(attempt).deadline == began + timedelta(minutes=20)
    assert bring_up_to_date(attempt.quiz) == 0


def test_more_time_for_an_address_is_found_after_a_change_of_the_key(quiz, guest, began, settings):
    guest = replace(guest, certainty=Certainty.CONFIRMED)
    of_before = person_digest(guest.email)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new one, which is long enough for everybody"
    attempt = starting.start(quiz=quiz, identity=guest, abilities=TAKE)
    assert attempt.taker.person != of_before
    Exemption.objects.create(quiz=quiz, email=guest.email, person=of_before, time_factor=Decimal(2))
    assert bring_up_to_date(quiz) == 1
    assert fresh(attempt).deadline == began + timedelta(minutes=20)


def test_no_limit_any_more_is_no_deadline_any_more(attempt):
    attempt.quiz.time_limit_minutes = None
    attempt.quiz.save()
    bring_up_to_date(attempt.quiz)
    assert fresh(attempt).deadline is None


def test_a_quiz_that_is_closed_at_once_ends_attempts_after_their_start(attempt, began):
    attempt.quiz.item.ends_at = began - timedelta(hours=1)
    attempt.quiz.item.save()
    bring_up_to_date(attempt.quiz)
    assert fresh(attempt).deadline == began + timedelta(seconds=1)


def test_what_is_over_does_not_open_again(attempt, began, time_machine):
    time_machine.move_to(began + timedelta(minutes=11), tick=False)
    attempt.quiz.time_limit_minutes = 60
    attempt.quiz.save()
    assert bring_up_to_date(attempt.quiz) == 0
    assert ending.close_if_overdue(attempt, timezone.now()).state == AttemptState.TIME_UP


def test_a_page_that_knows_the_old_deadline_ends_nothing(attempt, began, time_machine):
    """Read before the host gave more time, handed in and saved after the old deadline."""
    known = fresh(attempt)
    attempt.quiz.time_limit_minutes = 60
    attempt.quiz.save()
    bring_up_to_date(attempt.quiz)
    time_machine.move_to(began + timedelta(minutes=15), tick=False)
    answering.save(attempt=known, question_id="single", given={"chosen": "a"}, revision=0)
    assert ending.close_if_overdue(known, timezone.now()).state == AttemptState.OPEN
    ended = ending.hand_in(attempt=known)
    assert (ended.state, ended.ended_at) == (AttemptState.HANDED_IN, timezone.now())


def test_editors_try_a_quiz_that_has_closed(quiz, guest, began):
    quiz.item.ends_at = began - timedelta(hours=1)
    quiz.item.save()
    attempt = starting.start(quiz=quiz, identity=guest, abilities=TAKE | {Ability.EDIT_QUESTIONS})
    assert attempt.deadline == began + timedelta(minutes=10)
    bring_up_to_date(quiz)
    assert fresh(attempt).deadline == began + timedelta(minutes=10)


def test_who_loses_the_right_after_the_time_was_up_is_marked(attempt, began, time_machine):
    answering.save(attempt=attempt, question_id="single", given={"chosen": "a"}, revision=0)
    time_machine.move_to(began + timedelta(minutes=10, seconds=10), tick=False)
    assert ending.interrupt(takers=[attempt.taker_id]) == 0
    attempt = fresh(attempt)
    assert (attempt.state, attempt.score) == (AttemptState.TIME_UP, 1)
    assert attempt.ended_at == began + timedelta(minutes=10)


def test_a_second_is_not_lost_by_an_interruption(attempt, began, time_machine):
    time_machine.move_to(began + timedelta(minutes=9, seconds=59, milliseconds=800), tick=False)
    ending.interrupt(takers=[attempt.taker_id])
    time_machine.shift(timedelta(seconds=60, milliseconds=300))
    attempt = ending.let_go_on(attempt=fresh(attempt))
    assert attempt.deadline - timezone.now() >= timedelta(milliseconds=200)


def test_what_a_page_sent_before_and_arrives_late_overwrites_nothing(attempt):
    def save(chosen, count):
        return answering.save(
            attempt=attempt,
            question_id="single",
            given={"chosen": chosen},
            revision=0,
            page="one",
            count=count,
        )

    save("a", 1)
    save("a", 3)  # a, b, a: b is on its way
    assert save("b", 2).response == {"chosen": "a"}


def test_nothing_is_taken_that_comes_after_a_deadline_that_was_moved_forward(
    attempt, began, time_machine
):
    known = fresh(attempt)
    attempt.quiz.time_limit_minutes = 5
    attempt.quiz.save()
    bring_up_to_date(attempt.quiz)
    time_machine.move_to(began + timedelta(minutes=6), tick=False)
    with pytest.raises(AttemptOver):
        answering.save(attempt=known, question_id="single", given={"chosen": "a"}, revision=0)
    assert ending.hand_in(attempt=known).ended_at == began + timedelta(minutes=5)


def opened_by(account, quiz):
    return starting.start(quiz=quiz, identity=account_identity(account), abilities=TAKE)


@pytest.mark.parametrize("how", ["code", "password"])
def test_who_verifies_in_the_middle_has_their_time_at_once(
    owner, began, how, django_capture_on_commit_callbacks
):
    """On every quiz that they are at, and there alone."""
    account = UserFactory(email="ada@example.org", email_verified_at=None)
    quiz, other, plain = (
        published_quiz(time_limit_minutes=10, item__state=State.UNLISTED) for _ in range(3)
    )
    for one in (quiz, other):
        more = Exemption(quiz=one, email="ada@example.org", time_factor=Decimal(2))
        save_exemption(exemption=more, by=owner)
    attempts = [opened_by(account, one) for one in (quiz, other, plain)]
    assert {one.deadline for one in attempts} == {began + timedelta(minutes=10)}
    with django_capture_on_commit_callbacks(execute=True):
        if how == "code":
            accounts.confirm_address(user=account)
        else:
            accounts.set_password_by_mail(user=account, password="another long password")
    minutes = [(fresh(one).deadline - began).total_seconds() / 60 for one in attempts]
    assert minutes == [20, 20, 10]
    assert fresh(attempts[0]).taker.has_proven_address
    assert fresh(attempts[0]).by.is_proven


def test_who_verifies_is_the_person_who_took_it_by_an_invitation(
    quiz, began, django_capture_on_commit_callbacks
):
    type(quiz.item).objects.update(state=State.UNLISTED)
    invited = Identity(
        "invitation:1", IdentityKind.INVITEE, "Ada", "ada@example.org", Certainty.CONFIRMED
    )
    account = UserFactory(email="ada@example.org", email_verified_at=None)
    first = Taker.objects.create(
        quiz=quiz, person=person_digest(invited.email), certainty=Certainty.CONFIRMED.value
    )
    mine = opened_by(account, quiz)
    with django_capture_on_commit_callbacks(execute=True):
        accounts.confirm_address(user=account)
    assert fresh(mine).taker == first
    assert fresh(mine).state == AttemptState.OPEN
