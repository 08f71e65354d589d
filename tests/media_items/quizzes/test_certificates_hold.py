"""What a certificate says is what the results say now: else it is withdrawn, and there is another
one."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from media_items import personal_data
from media_items.personal_data import Subject
from media_items.quizzes.attempts import claims, ending, starting
from media_items.quizzes.choices import KeptScore, ShownWhen
from media_items.quizzes.grading import certificates
from media_items.quizzes.grading.keys import Correction
from media_items.quizzes.models import Attempt, Certificate, Exemption, Taker
from media_items.quizzes.models.trail import RegradeWay
from media_items.quizzes.results import acts, naming
from media_items.quizzes.writing.services.settings import save_settings, seen_of
from media_items.visitors import Certainty
from tests.factories import GuestAdmissionFactory
from tests.media_items.quizzes.test_attempts import TAKE
from tests.media_items.quizzes.test_certificates import RIGHT, WRONG, quiz_with, standing
from tests.media_items.quizzes.test_marking import give, taken
from tests.media_items.quizzes.test_regrading import (
    B_IS_RIGHT,
    regrade,
    run,  # noqa: F401
)
from tests.quiz_factories import OPEN, SINGLE, TRUE_FALSE, guest_identity
from tests.tasks import run_tasks

pytestmark = pytest.mark.django_db

GENUINE = "This certificate is genuine."
REPLACED = "This certificate was replaced by a newer one"
WITHDRAWN = "This certificate was withdrawn"
WAITING = "This certificate can’t be checked at the moment"
ALL_RIGHT = {**RIGHT, "true_false": {"chosen": "t"}}


@pytest.fixture
def said(client):
    """What anybody is told of a certificate; and nothing else of one that is not genuine."""

    def said(row):
        answer = client.get(reverse("media_items:certificate", args=[row.number]))
        assert answer.status_code == 200
        [found] = [one for one in (GENUINE, REPLACED, WITHDRAWN, WAITING) if one in answer.text]
        if found != GENUINE:
            others = Certificate.objects.exclude(pk=row.pk)
            secret = [*others.values_list("number", flat=True), row.name, row.title, "%"]
            shown = answer.text.partition("<h1")[2].partition("</main")[0]
            assert [one for one in secret if one in shown] == []
        return found

    return said


@pytest.fixture
def quiz():
    return quiz_with(SINGLE, TRUE_FALSE, pass_percent=50)


@pytest.fixture
def guest(quiz):
    return guest_identity(GuestAdmissionFactory(guest__link__item=quiz.item))


def only():
    return standing().get()


def save(quiz, callbacks, **values):
    seen = seen_of(type(quiz).objects.select_related("item").get(pk=quiz.pk))
    for name, value in values.items():
        setattr(quiz, name, value)
    with callbacks(execute=True):
        save_settings(quiz=quiz, columns=[*values], by=quiz.item.owner, seen=seen)
    quiz.item.refresh_from_db()


def test_an_attempt_that_counts_no_more_takes_it_along_and_gives_it_back(quiz, said):
    attempt = taken(quiz, RIGHT)
    made = only()
    acts.void(attempt=attempt, by=quiz.item.owner)
    assert said(made) == WITHDRAWN
    acts.count_again(attempt=attempt, by=quiz.item.owner)
    assert said(made) == GENUINE


def test_a_regraded_score_makes_another_one(quiz, said, run):  # noqa: F811
    taken(quiz, ALL_RIGHT)
    made = only()
    run(lambda: regrade(quiz, Correction(RegradeWay.NEW_KEY, credits={"a": Decimal(50)})))
    assert said(made) == REPLACED
    assert (said(only()), only().percent) == (GENUINE, 75)


def test_a_regraded_score_that_fails_takes_it_away(said, run):  # noqa: F811
    quiz = quiz_with()
    taken(quiz, RIGHT)
    made = only()
    run(lambda: regrade(quiz, B_IS_RIGHT))
    assert said(made) == WITHDRAWN
    assert not standing().exists()


def test_a_better_attempt_makes_another_one_and_a_worse_one_does_not(quiz, guest, said):
    taken(quiz, RIGHT, identity=guest)
    first = only()
    better = taken(quiz, ALL_RIGHT, identity=guest)
    assert said(first) == REPLACED
    second = only()
    assert (second.attempt, second.percent) == (better, 100)
    quiz.attempts_allowed = None
    quiz.save()
    taken(quiz, WRONG, identity=guest)
    assert [said(first), said(second)] == [REPLACED, GENUINE]


def test_a_higher_pass_mark_takes_it_away_and_a_lower_one_gives_it_back(
    quiz, said, django_capture_on_commit_callbacks
):
    taken(quiz, RIGHT)
    made = only()
    save(quiz, django_capture_on_commit_callbacks, pass_percent=95)
    assert said(made) == WITHDRAWN  # also before the task
    run_tasks()
    assert said(made) == WITHDRAWN
    assert not standing().exists()
    save(quiz, django_capture_on_commit_callbacks, pass_percent=50)
    run_tasks()
    assert said(made) == GENUINE


def test_a_name_that_a_host_corrects_makes_another_one(quiz, said):
    taker = taken(quiz, RIGHT).taker
    made = only()
    naming.rename(taker=taker, name="Countess Lovelace", by=quiz.item.owner)
    assert said(made) == REPLACED
    assert (said(only()), only().name) == (GENUINE, "Countess Lovelace")
    naming.rename(taker=taker, name="", by=quiz.item.owner)
    assert said(made) == GENUINE


def test_two_who_are_one_have_one_in_the_name_of_both(quiz, said):
    one, other = taken(quiz, RIGHT), taken(quiz, ALL_RIGHT)
    of_one, of_other = one.certificates.get(), other.certificates.get()
    Taker.objects.filter(pk=one.taker_id).update(name="Ada")
    certificates.settle(Taker.objects.get(pk=one.taker_id), quiz)
    naming.merge(source=other.taker, into=Taker.objects.get(pk=one.taker_id), by=quiz.item.owner)
    assert (only().name, only().percent) == ("Ada", 100)
    assert [said(of_one), said(of_other), said(only())] == [REPLACED, REPLACED, GENUINE]
    naming.separate(source=Taker.objects.get(pk=other.taker_id), by=quiz.item.owner)
    assert standing().count() == 2
    assert said(of_other) == GENUINE


def test_an_email_that_is_verified_later_makes_one_that_says_so(quiz, said):
    admission = GuestAdmissionFactory(guest__link__item=quiz.item)
    taken(quiz, RIGHT, identity=guest_identity(admission))
    made = only()
    proven = replace(guest_identity(admission), certainty=Certainty.CONFIRMED)
    claims.confirmed(quiz.item, proven)
    assert said(made) == REPLACED
    assert (only().certainty, said(only())) == ("confirmed", GENUINE)


def test_a_name_that_its_person_gives_at_the_next_attempt_makes_another_one(quiz, said):
    admission = GuestAdmissionFactory(guest__link__item=quiz.item)
    taken(quiz, RIGHT, identity=guest_identity(admission))
    made = only()
    named = replace(guest_identity(admission), name="Countess Lovelace")
    starting.start(quiz=quiz, identity=named, abilities=TAKE)
    assert said(made) == REPLACED
    assert (only().name, said(only())) == ("Countess Lovelace", GENUINE)


def test_marks_that_are_given_later_make_another_one(said):
    quiz = quiz_with(SINGLE, OPEN, pass_percent=10)
    attempt = taken(quiz, {**RIGHT, "open": {"text": "So."}})
    give(attempt, "0")
    made = only()
    give(attempt, "4", marking=1)
    assert said(made) == REPLACED
    assert (only().percent, said(only())) == (100, GENUINE)
    second = only()
    give(attempt, None, marking=2)
    assert [said(made), said(second)] == [WAITING, WAITING]
    give(attempt, "4", marking=3)
    assert [said(made), said(second)] == [REPLACED, GENUINE]


def test_an_average_has_one_as_long_as_its_attempts_count(said):
    quiz = quiz_with(SINGLE, TRUE_FALSE, kept_score=KeptScore.AVERAGE)
    guest = guest_identity(GuestAdmissionFactory(guest__link__item=quiz.item))
    taken(quiz, ALL_RIGHT, identity=guest)
    made = only()
    taken(quiz, RIGHT, identity=guest)
    assert said(made) == REPLACED
    assert only().percent == 75
    acts.void(attempt=Attempt.objects.get(number=2), by=quiz.item.owner)
    assert said(made) == GENUINE


def test_a_quiz_that_gives_none_any_more_takes_none_away_that_is_true(
    quiz, guest, said, django_capture_on_commit_callbacks
):
    taken(quiz, RIGHT, identity=guest)
    made = only()
    save(quiz, django_capture_on_commit_callbacks, gives_certificate=False)
    run_tasks()
    assert said(made) == GENUINE
    taken(quiz, ALL_RIGHT, identity=guest)
    assert said(made) == WITHDRAWN
    assert not standing().exists()


def test_where_the_score_is_not_on_it_another_score_makes_no_other_one(
    quiz, guest, said, django_capture_on_commit_callbacks
):
    save(quiz, django_capture_on_commit_callbacks, kept_score=KeptScore.AVERAGE)
    save(quiz, django_capture_on_commit_callbacks, certificate_tells_score=False)
    run_tasks()
    taken(quiz, RIGHT, identity=guest)
    made = only()
    taken(quiz, ALL_RIGHT, identity=guest)
    assert said(made) == GENUINE
    save(quiz, django_capture_on_commit_callbacks, certificate_tells_score=True)
    run_tasks()
    assert said(made) == REPLACED
    assert only().percent == 75


@pytest.mark.parametrize("of", ["quiz", "person"])
def test_of_what_was_erased_there_is_no_certificate(quiz, client, of):
    admission = GuestAdmissionFactory(guest__link__item=quiz.item)
    taken(quiz, RIGHT, identity=guest_identity(admission))
    address = reverse("media_items:certificate", args=[only().number])
    if of == "quiz":
        Attempt.objects.all().delete()
        quiz.item.delete()
    else:
        subject = Subject(item=quiz.item, keys=frozenset({f"guest:{admission.pk}"}))
        personal_data.erase(subject, moment=timezone.now())
        certificates.take_up()
    assert client.get(address).status_code == 404
    assert not Certificate.objects.exists()


# --- while its person may not see the score -------------------------------------------------------


def test_a_check_while_another_attempt_is_under_way_tells_nothing_of_a_score(quiz, guest, said):
    """Whatever has become of it meanwhile, the answer is the same."""
    quiz.score_when, quiz.attempts_allowed = ShownWhen.LAST_ATTEMPT, 1
    quiz.save()
    attempt = taken(quiz, RIGHT, identity=guest)
    made = only()
    assert said(made) == GENUINE
    Exemption.objects.create(quiz=quiz, taker=attempt.taker, extra_attempts=1)
    second = starting.start(quiz=quiz, identity=guest, abilities=TAKE)
    assert said(made) == WAITING
    give(attempt, "1", question="true_false")
    assert only() != made
    assert [said(made), said(only())] == [WAITING, WAITING]
    acts.void(attempt=attempt, by=quiz.item.owner)
    assert said(made) == WAITING
    acts.count_again(attempt=attempt, by=quiz.item.owner)
    ending.hand_in(attempt=second)
    assert [said(made), said(only())] == [REPLACED, GENUINE]


# --- tasks that were lost -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda: Taker.objects.update(renamed="Countess Lovelace"),
        lambda: Taker.objects.update(name=""),
        lambda: Taker.objects.update(certainty="confirmed"),
        lambda: Taker.objects.update(score=2),
        lambda: Taker.objects.update(score=Decimal("0.9")),
        lambda: Taker.objects.update(score=None),
        lambda: Attempt.objects.update(is_kept=False),
        lambda: Attempt.objects.update(state="voided"),
        lambda: Certificate.objects.update(percent=51),
    ],
)
def test_housekeeping_settles_what_is_not_true_and_then_rests(quiz, said, change):
    taken(quiz, RIGHT)
    made = only()
    assert certificates.take_up() == 0
    change()
    assert said(made) != GENUINE
    assert certificates.take_up() == 1
    made.refresh_from_db()
    assert made.withdrawn_at is not None
    assert [said(one) for one in standing()] in ([], [GENUINE])
    assert certificates.take_up() == 0
