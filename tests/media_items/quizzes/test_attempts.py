"""An attempt's life: started, answered, ended, interrupted; and whose it is."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count, permutations

import pytest
from django.db.models import RestrictedError
from django.utils import timezone

from media_items.abilities import Ability
from media_items.quizzes.attempts import answering, ending, starting
from media_items.quizzes.attempts.marking import keep_score
from media_items.quizzes.attempts.refusals import (
    AttemptOver,
    Closed,
    Interrupted,
    NoAttemptsLeft,
    NoIdentity,
    NotOpenYet,
    NotPublished,
)
from media_items.quizzes.choices import AttemptState, KeptScore
from media_items.quizzes.content import Content
from media_items.quizzes.models import Attempt, Exemption, Taker
from media_items.refusals import NotNow
from media_items.visitors import Certainty, Identity, IdentityKind
from tests.factories import GuestAdmissionFactory, UserFactory
from tests.quiz_factories import (
    ORDERING,
    RIGHT_ANSWERS,
    QuizFactory,
    guest_identity,
    published_quiz,
)

pytestmark = pytest.mark.django_db

TAKE = frozenset({Ability.VIEW, Ability.TAKE_QUIZ})


@pytest.fixture
def quiz():
    return published_quiz()


@pytest.fixture
def guest(quiz):
    return guest_identity(GuestAdmissionFactory(guest__link__item=quiz.item))


def account_identity(user=None):
    user = user or UserFactory()
    return Identity(
        key=f"account:{user.pk}",
        kind=IdentityKind.ACCOUNT,
        name=user.get_full_name(),
        email=user.email,
        certainty=Certainty.SIGNED_IN,
    )


def start(quiz, identity, abilities=TAKE):
    return starting.start(quiz=quiz, identity=identity, abilities=abilities)


def save(attempt, question, given, revision=0, **kwargs):
    return answering.save(
        attempt=attempt, question_id=question, given=given, revision=revision, **kwargs
    )


def answer_all(attempt):
    for question, given in RIGHT_ANSWERS.items():
        save(attempt, question, given)


def test_starting_twice_is_once(quiz, guest):
    assert start(quiz, guest) == start(quiz, guest)
    taker = Taker.objects.get()
    assert (taker.name, taker.came_by, taker.certainty) == (guest.name, guest.came_by, "typed")


def test_what_nobody_can_start(quiz, guest):
    nobody = Identity("", IdentityKind.NOBODY, "", "", Certainty.UNKNOWN)
    with pytest.raises(NoIdentity):
        start(quiz, nobody)
    with pytest.raises(NoIdentity):
        start(quiz, guest, frozenset({Ability.VIEW}))
    with pytest.raises(NotPublished):
        start(QuizFactory(), guest)


def test_it_is_open_between_its_dates_and_at_other_dates_for_whoever_has_an_exemption(quiz, guest):
    now = timezone.now()
    quiz.item.starts_at, quiz.item.ends_at = now + timedelta(hours=1), now + timedelta(hours=2)
    quiz.item.save()
    with pytest.raises(NotOpenYet):
        start(quiz, guest)
    quiz.item.starts_at, quiz.item.ends_at = now - timedelta(hours=2), now - timedelta(hours=1)
    quiz.item.save()
    with pytest.raises(Closed):
        start(quiz, guest)
    someone = account_identity()
    from media_items.quizzes.attempts.persons import person_digest

    Exemption.objects.create(
        quiz=quiz,
        email=someone.email,
        person=person_digest(someone.email),
        closes_at=now + timedelta(hours=1),
    )
    assert start(quiz, someone).deadline == now + timedelta(hours=1)


def test_an_exemption_is_not_for_who_only_types_the_address(quiz):
    from media_items.quizzes.attempts.persons import person_digest

    now = timezone.now()
    quiz.item.ends_at = now - timedelta(hours=1)
    quiz.item.save()
    guest = guest_identity(GuestAdmissionFactory(guest__link__item=quiz.item))
    Exemption.objects.create(
        quiz=quiz,
        email=guest.email,
        person=person_digest(guest.email),
        closes_at=now + timedelta(hours=1),
    )
    with pytest.raises(Closed):
        start(quiz, guest)


def test_attempts_run_out(quiz, guest):
    for _ in range(2):
        ending.hand_in(attempt=start(quiz, guest))
    with pytest.raises(NoAttemptsLeft):
        start(quiz, guest)


def test_everything_right_is_marked_and_the_open_answer_waits(quiz, guest):
    attempt = start(quiz, guest)
    answer_all(attempt)
    attempt = ending.hand_in(attempt=attempt)
    assert (attempt.state, attempt.score, attempt.possible, attempt.waiting) == (
        AttemptState.HANDED_IN,
        Decimal(10),
        Decimal(14),
        1,
    )
    taker = Taker.objects.get()
    assert (taker.score, taker.possible, taker.finished, taker.waiting) == (10, 14, 1, 1)


def test_handing_in_thrice_is_once(quiz, guest):
    attempt = start(quiz, guest)
    first = ending.hand_in(attempt=attempt)
    assert {ending.hand_in(attempt=attempt).ended_at for _ in range(2)} == {first.ended_at}
    with pytest.raises(AttemptOver):
        save(attempt, "single", {"chosen": "a"})


def test_an_older_answer_never_overwrites_a_newer_one(quiz, guest):
    attempt = start(quiz, guest)
    first = save(attempt, "single", {"chosen": "a"}, 0, page="one", count=1)
    assert (first.revision, first.was_newer) == (1, False)
    other = save(attempt, "single", {"chosen": "b"}, 0, page="two", count=1)
    assert (other.response, other.revision, other.was_newer) == ({"chosen": "a"}, 1, True)
    same_page = save(attempt, "single", {"chosen": "c"}, 0, page="one", count=2)
    assert (same_page.response, same_page.was_newer) == ({"chosen": "c"}, False)
    late = save(attempt, "single", {"chosen": "b"}, 0, page="one", count=1)
    assert late.was_newer
    told = save(attempt, "single", {"chosen": "b"}, 2, page="two", count=2)
    assert (told.response, told.was_newer) == ({"chosen": "b"}, False)


def test_the_time_limit_ends_it_at_the_deadline_after_a_grace(quiz, guest, time_machine, settings):
    began = timezone.now()
    time_machine.move_to(began, tick=False)
    quiz.time_limit_minutes = 10
    quiz.save()
    attempt = start(quiz, guest)
    assert attempt.deadline == began + timedelta(minutes=10)
    time_machine.move_to(attempt.deadline + timedelta(seconds=20), tick=False)
    save(attempt, "single", {"chosen": "a"})
    attempt.refresh_from_db()
    assert attempt.is_late
    time_machine.move_to(attempt.deadline + timedelta(seconds=31), tick=False)
    with pytest.raises(AttemptOver):
        save(attempt, "true_false", {"chosen": "t"})
    attempt.refresh_from_db()
    assert (attempt.state, attempt.ended_at, attempt.score) == (
        AttemptState.TIME_UP,
        attempt.deadline,
        1,
    )


def test_more_time_is_more_time(quiz):
    someone = account_identity()
    from media_items.quizzes.attempts.persons import person_digest

    quiz.time_limit_minutes = 10
    quiz.save()
    Exemption.objects.create(
        quiz=quiz, person=person_digest(someone.email), time_factor=Decimal("1.5"), extra_attempts=1
    )
    attempt = start(quiz, someone)
    assert attempt.deadline - attempt.started_at == timedelta(minutes=15)
    assert starting.chance_of(quiz, someone, TAKE).window.attempts == 3


def test_one_person_by_two_proofs_is_one_taker(quiz):
    user = UserFactory()
    account = account_identity(user)
    invited = Identity(
        key="invitation:7",
        kind=IdentityKind.INVITEE,
        name="Ada",
        email=user.email.upper(),
        certainty=Certainty.CONFIRMED,
    )
    first = start(quiz, account)
    ending.hand_in(attempt=first)
    assert starting.chance_of(quiz, invited, TAKE).used == 1


def test_two_browsers_that_type_one_address_are_two_people(quiz):
    one = GuestAdmissionFactory(guest__link__item=quiz.item)
    other = GuestAdmissionFactory(guest=one.guest)
    assert start(quiz, guest_identity(one)).taker != start(quiz, guest_identity(other)).taker


def test_what_was_taken_before_the_address_is_confirmed_comes_along(quiz):
    from dataclasses import replace

    one = guest_identity(GuestAdmissionFactory(guest__link__item=quiz.item))
    ending.hand_in(attempt=start(quiz, one))
    sure = replace(one, certainty=Certainty.CONFIRMED)
    other_browser = replace(sure, key="guest:9999")
    second = start(quiz, sure)
    assert second.number == 2
    assert starting.chance_of(quiz, other_browser, TAKE).attempt == second
    assert Taker.objects.filter(attempts__isnull=False).distinct().count() == 1


def test_whoever_loses_the_right_keeps_what_is_saved_and_may_be_let_on(quiz, guest, time_machine):
    began = timezone.now()
    time_machine.move_to(began, tick=False)
    quiz.time_limit_minutes = 10
    quiz.save()
    attempt = start(quiz, guest)
    save(attempt, "single", {"chosen": "a"})
    time_machine.move_to(began + timedelta(minutes=4), tick=False)
    assert ending.interrupt(takers=[attempt.taker_id]) == 1
    assert ending.interrupt(takers=[attempt.taker_id]) == 0
    with pytest.raises(AttemptOver):
        save(attempt, "true_false", {"chosen": "t"})
    with pytest.raises(Interrupted):
        start(quiz, guest)
    time_machine.move_to(began + timedelta(hours=4), tick=False)
    attempt = ending.let_go_on(attempt=Attempt.objects.get(pk=attempt.pk))
    assert attempt.deadline == began + timedelta(hours=4, minutes=6)
    assert start(quiz, guest) == attempt
    assert attempt.answers.get().response == {"chosen": "a"}
    with pytest.raises(NotNow):
        ending.let_go_on(attempt=attempt)


@pytest.mark.parametrize("kept", KeptScore)
@pytest.mark.parametrize("first", [True, False])
def test_an_attempt_without_a_point_to_be_had_counts_only_where_none_has_one(
    kept, first, guest, quiz
):
    quiz.kept_score, quiz.attempts_allowed = kept, None
    quiz.save()
    whole = start(quiz, guest)
    answer_all(whole)
    ending.hand_in(attempt=whole)
    nothing = ending.hand_in(attempt=start(quiz, guest))
    nothing = nothing if not first else whole
    other = Attempt.objects.exclude(pk=nothing.pk).get()
    Attempt.objects.filter(pk=nothing.pk).update(score=0, possible=0)
    Attempt.objects.filter(pk=other.pk).update(score=7, possible=14)
    taker = Taker.objects.get()
    keep_score(taker, quiz)
    taker.refresh_from_db()
    assert (taker.score, taker.possible) == (7, 14)
    assert list(Attempt.objects.filter(is_kept=True)) == [other]
    Attempt.objects.update(score=0, possible=0)
    keep_score(taker, quiz)
    taker.refresh_from_db()
    assert (taker.score, taker.possible) == (0, 0)


@pytest.mark.parametrize(
    ("kept", "score"),
    [
        (KeptScore.BEST, Decimal(1)),
        (KeptScore.LAST, Decimal(0)),
        (KeptScore.FIRST, Decimal(0)),
        (KeptScore.AVERAGE, Decimal("0.3333333333")),
    ],
)
def test_the_score_that_counts(kept, score, guest, quiz):
    quiz.kept_score, quiz.attempts_allowed = kept, None
    quiz.save()
    for chosen in ("b", "a", "b"):
        attempt = start(quiz, guest)
        save(attempt, "single", {"chosen": chosen})
        ending.hand_in(attempt=attempt)
    assert Taker.objects.get().score == score


def test_each_order_but_the_right_one_is_as_likely(quiz, monkeypatch):
    seeds = count()
    monkeypatch.setattr(starting.secrets, "randbits", lambda _bits: next(seeds))
    three = Content((replace(ORDERING, options=ORDERING.options[:3]),))
    drawn = Counter(
        tuple(starting.order_for(quiz, three)["options"]["ordering"]) for _ in range(5_000)
    )
    assert set(drawn) == set(permutations(["ka", "kb", "kc"])) - {("ka", "kb", "kc")}
    assert max(drawn.values()) < 1.2 * min(drawn.values())


def test_the_order_is_fixed_at_the_start_and_says_nothing(quiz, guest):
    quiz.shuffle_questions = quiz.shuffle_options = False
    quiz.save()
    attempt = start(quiz, guest)
    assert attempt.order["options"]["ordering"] != ["ka", "kb", "kc", "kd"]
    assert sorted(attempt.order["options"]["ordering"]) == ["ka", "kb", "kc", "kd"]
    assert "short_text" not in {k for k, v in attempt.order["options"].items() if v}
    assert sorted(attempt.order["choices"]["matching"]) == ["1", "2", "3", "4"]


def test_a_quiz_goes_with_its_item_whatever_was_taken_of_it(quiz, guest):
    attempt = start(quiz, guest)
    answer_all(attempt)
    ending.hand_in(attempt=attempt)
    quiz.item.delete()
    assert not Attempt.objects.exists()
    assert not Taker.objects.exists()


def test_a_version_that_somebody_took_stays(quiz, guest):
    start(quiz, guest)
    with pytest.raises(RestrictedError):
        quiz.versions.all().delete()
