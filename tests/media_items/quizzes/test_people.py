"""What quizzes keep about people: shown to them and exported, erased with the points left behind,
and given up when its time is over."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from access.guests.models import GuestAdmission
from access.guests.services.guests import erase_guest
from media_items import personal_data
from media_items.personal_data import Subject
from media_items.quizzes.attempts import ending, persons, takers
from media_items.quizzes.attempts.locking import lock_quiz
from media_items.quizzes.attempts.marking import keep_score, mark_attempt
from media_items.quizzes.attempts.standings import standing_of_taker
from media_items.quizzes.attempts.windows import saved_until
from media_items.quizzes.choices import AttemptState, KeptScore, ShownWhen
from media_items.quizzes.grading.keys import Correction
from media_items.quizzes.grading.marks import Marks, give_marks
from media_items.quizzes.grading.preview import preview_of
from media_items.quizzes.grading.queue import waiting_on
from media_items.quizzes.grading.regrading import regrade, regrade_next
from media_items.quizzes.models import (
    Answer,
    AnswerEvent,
    Attempt,
    Certificate,
    Exemption,
    QuizChange,
    Taker,
    TakerKey,
)
from media_items.quizzes.models.trail import RegradeWay
from media_items.quizzes.people.personal_data import QuizData
from media_items.quizzes.results import naming, people
from media_items.quizzes.writing.tasks import keep_scores_anew
from media_items.refusals import NotNow
from tests.conftest import client_with_admissions
from tests.factories import GuestAdmissionFactory
from tests.media_items.quizzes.test_attempts import account_identity, answer_all, save, start
from tests.quiz_factories import guest_identity, published_quiz
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def quiz():
    return published_quiz(answers_when=ShownWhen.NEVER, feedback_when=ShownWhen.CLOSED)


@pytest.fixture
def admission(quiz):
    return GuestAdmissionFactory(guest__link__item=quiz.item, guest__email="ada@example.org")


@pytest.fixture
def guest(admission):
    return guest_identity(admission)


@pytest.fixture
def attempt(quiz, guest):
    attempt = start(quiz, guest)
    answer_all(attempt)
    Answer.objects.filter(question="open").update(given=Decimal(3), comment="Ada, see page 4.")
    return ending.hand_in(attempt=attempt)


def subject(quiz, *keys, **more):
    return Subject(item=quiz.item, keys=frozenset(keys), **more)


def erase(quiz, *keys, **more):
    personal_data.erase(subject(quiz, *keys, **more), moment=timezone.now())


# --- shown ----------------------------------------------------------------------------------------


def test_a_guest_reads_what_they_answered(quiz, admission, attempt):
    page = reverse("access:guest_record", args=[quiz.item.public_id])
    body = text_of(client_with_admissions(admission).get(page))
    assert 'dir="auto">Cell division</h2>' in body
    assert "In which phase do chromosomes line up?" in body
    assert "Metaphase" in body
    assert "they line up" in body
    assert "points" in body
    # Not yet, or never, theirs to see
    assert "Ada, see page 4." not in body
    assert "They line up in the middle." not in body
    assert "Just so." not in body


def test_a_guest_who_has_verified_their_email_reads_it_once(quiz, admission, attempt):
    GuestAdmission.objects.update(confirmed_at=timezone.now())
    page = reverse("access:guest_record", args=[quiz.item.public_id])
    body = text_of(client_with_admissions(admission).get(page))
    assert body.count("In which phase do chromosomes line up?") == 1
    assert "Erase" in body


def test_the_file_is_complete_and_says_no_more_than_the_rule(quiz, guest, attempt):
    [row] = personal_data.export_of(subject(quiz, guest.key))["quizzes"]
    assert (row["title"], row["name"], len(row["attempts"])) == ("Cell division", guest.name, 1)
    [one] = row["attempts"]
    assert (one["state"], one["score"], one["possible"]) == ("handed_in", "13.00", "14.00")
    said = {answer["question"]: answer["answer"] for answer in one["answers"]}
    assert said["What happens when?"].startswith("Prophase → they coil up; ")
    assert said["Put them in order."] == "Prophase → Metaphase → Anaphase → Telophase"
    assert said["Which are phases of mitosis?"] == "Prophase; Metaphase"
    assert said["Why?"] == "It is so."
    assert "Ada, see page 4." not in str(row)


@pytest.mark.parametrize("when", [ShownWhen.CLOSED, ShownWhen.LAST_ATTEMPT, ShownWhen.NEVER])
def test_a_score_is_in_no_file_before_it_may_be_seen(quiz, guest, attempt, when):
    quiz.score_when = when
    quiz.save()
    [row] = personal_data.export_of(subject(quiz, guest.key))["quizzes"]
    assert row["attempts"][0]["score"] is None


def test_an_exemption_moves_the_last_attempt(quiz, guest, attempt):
    quiz.score_when, quiz.attempts_allowed = ShownWhen.LAST_ATTEMPT, 1
    quiz.save()
    Exemption.objects.create(quiz=quiz, taker=attempt.taker, extra_attempts=1)
    [row] = personal_data.export_of(subject(quiz, guest.key))["quizzes"]
    assert row["attempts"][0]["score"] is None
    assert row["extra_attempts"] == 1


def test_a_record_costs_the_same_for_many_attempts(
    quiz, guest, attempt, django_assert_max_num_queries
):
    start(quiz, guest)
    with django_assert_max_num_queries(6):
        [row] = QuizData().export(subject(quiz, guest.key))
    assert len(row["attempts"]) == 2


# --- erased ---------------------------------------------------------------------------------------


def test_erased_points_stay_without_name_and_words(quiz, guest, attempt):
    taker = attempt.taker
    taker.renamed = "Ada L."
    taker.save(update_fields=["renamed"])
    Certificate.objects.create(
        attempt=attempt,
        name="Ada",
        title="Cells",
        host="Noa",
        percent=Decimal(90),
        passed_at=timezone.now(),
    )
    Exemption.objects.create(quiz=quiz, taker=taker, extra_attempts=1)
    QuizChange.objects.create(
        quiz=quiz,
        what="marks",
        attempt=attempt,
        was={"points": None, "comment": ""},
        now={"points": "3", "comment": "Ada, see page 4."},
        reason="Ada asked.",
    )
    score = Taker.objects.get(pk=taker.pk).score
    erase(quiz, guest.key)
    taker.refresh_from_db()
    assert (taker.name, taker.renamed, taker.person) == ("", "", "")
    assert taker.erased_at is not None
    assert (taker.score, taker.finished) == (score, 1)
    kept = {one.question: one.response for one in Answer.objects.all()}
    assert kept["single"] == {"chosen": "a"}
    assert kept["short_text"] is kept["open"] is kept["number"] is None
    assert not Answer.objects.exclude(comment="").exists()
    assert Answer.objects.get(question="short_text").earned == 1
    for model in (AnswerEvent, Certificate, Exemption, TakerKey):
        assert not model.objects.exists()
    change = QuizChange.objects.get()
    assert (change.reason, change.was, change.now) == ("", {"points": None}, {"points": "3"})
    erase(quiz, guest.key)  # twice is once
    # Marked anew, they keep what they had.
    attempt.refresh_from_db()
    before = attempt.score
    attempt.taker.refresh_from_db()
    mark_attempt(attempt)
    attempt.refresh_from_db()
    assert attempt.score == before


def test_nobody_marks_somebody_erased(quiz, guest, attempt):
    Answer.objects.filter(question="open").update(given=None)
    mark_attempt(attempt)
    keep_score(attempt.taker, quiz)
    assert waiting_on(quiz.item) == 1
    score = Taker.objects.get().score
    erase(quiz, guest.key)
    assert waiting_on(quiz.item) == 0
    assert people.counts_of(quiz).shown["to-mark"] == 0
    with pytest.raises(NotNow):
        give_marks(
            attempt=attempt,
            question_id="open",
            marks=Marks(Decimal(4)),
            marking=0,
            by=quiz.item.owner,
        )
    quiz.kept_score = KeptScore.AVERAGE
    quiz.save()
    keep_scores_anew.call(quiz.pk)
    assert Taker.objects.get().score == score


def test_a_regrading_passes_by_whoever_was_erased_and_ends(quiz, guest, attempt):
    erase(quiz, guest.key)
    drop = Correction(RegradeWay.DROP)
    assert preview_of(quiz, "single", drop).attempts == 0
    before = Taker.objects.values_list("score", "possible").get()
    row = regrade(
        quiz=quiz, question_id="single", correction=drop, key_number=1, by=quiz.item.owner
    )
    assert row.attempts_total == 0
    assert not regrade_next(regrade_id=row.pk)
    assert Taker.objects.values_list("score", "possible").get() == before


def test_an_open_attempt_of_somebody_erased_is_over(quiz, guest):
    attempt = start(quiz, guest)
    save(attempt, "open", {"text": "Half a thought"})
    erase(quiz, guest.key)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.INTERRUPTED
    assert Answer.objects.get().response is None


def test_erasing_the_guest_erases_what_they_answered(quiz, admission, attempt):
    erase_guest(guest=admission.guest, by=quiz.item.owner)
    assert Taker.objects.get().name == ""


def test_a_key_of_another_quiz_or_of_nobody_erases_nothing(quiz, guest, attempt):
    other = published_quiz()
    erase(other, guest.key)
    erase(quiz, "guest:999999")
    assert Taker.objects.get(quiz=quiz).name == guest.name


def test_who_merely_typed_an_address_erases_only_their_own(quiz):
    """A host has merged a guest into the person whose address they typed."""
    account = account_identity()
    theirs = ending.hand_in(attempt=start(quiz, account))
    guest = guest_identity(
        GuestAdmissionFactory(guest__link__item=quiz.item, guest__email=account.email)
    )
    typed = ending.hand_in(attempt=start(quiz, guest))
    person, other = theirs.taker, typed.taker
    lock_quiz(quiz)
    takers.merge(other, into=person)
    assert person.attempts.count() == 2
    erase(quiz, guest.key)
    person.refresh_from_db()
    other.refresh_from_db()
    assert (person.name, person.erased_at) == (account.name, None)
    assert (other.name, other.erased_at is not None) == ("", True)
    assert list(Attempt.objects.filter(taker=person)) == [theirs]
    assert list(Attempt.objects.filter(taker=other)) == [typed]


def test_one_browser_that_erases_its_own_takes_nothing_else_apart(quiz):
    account = account_identity()
    person = ending.hand_in(attempt=start(quiz, account)).taker
    guests = [
        guest_identity(GuestAdmissionFactory(guest__link__item=quiz.item)) for _each in range(3)
    ]
    sources = [ending.hand_in(attempt=start(quiz, one)).taker for one in guests]
    for source in sources:
        lock_quiz(quiz)
        takers.merge(source, into=person)
    gone, *others = sources
    erase(quiz, guests[0].key)
    for one in (person, *sources):
        one.refresh_from_db()
    assert (gone.erased_at is not None, gone.merged_into) == (True, None)
    assert [one.merged_into for one in others] == [person, person]
    assert (person.erased_at, person.attempts.count(), person.finished) == (None, 3, 3)
    # Who is erased by their own proof leaves all others as they were.
    erase(quiz, account.key, email=account.email)
    assert set(Taker.objects.filter(erased_at=None, merged_into=None)) == set(others)


def test_what_was_used_before_erasing_is_known_wherever_somebody_stands(quiz, guest):
    quiz.attempts_allowed, quiz.score_when = 2, ShownWhen.LAST_ATTEMPT
    quiz.save()
    ending.hand_in(attempt=start(quiz, guest))
    erase(quiz, guest.key)
    again = ending.hand_in(attempt=start(quiz, guest))
    assert not standing_of_taker(again.taker).has_attempts_left
    [row] = personal_data.export_of(subject(quiz, guest.key))["quizzes"]
    assert row["attempts"][0]["score"] is not None


def test_everything_under_an_address_is_erased_where_it_is_proven(quiz):
    account = account_identity()
    start(quiz, account)
    guest = guest_identity(
        GuestAdmissionFactory(guest__link__item=quiz.item, guest__email=account.email)
    )
    start(quiz, guest)
    Exemption.objects.create(
        quiz=quiz, email=account.email, person=persons.person_digest(account.email)
    )
    erase(quiz, "invitation:1", email=account.email)
    assert not Taker.objects.filter(erased_at=None).exists()
    assert not Exemption.objects.exists()


# --- its time is over -----------------------------------------------------------------------------


def test_events_go_after_their_days_and_exemptions_that_nobody_used(quiz, guest, settings):
    start(quiz, guest)
    settings.QUIZ_EVENTS_KEPT_DAYS = 90
    now = timezone.now()
    AnswerEvent.objects.update(at=now - timedelta(days=89))
    old = Exemption.objects.create(
        quiz=quiz, email="a@example.org", person="x", made_at=now - timedelta(days=800)
    )
    used = Exemption.objects.create(
        quiz=quiz, taker=Taker.objects.get(), made_at=now - timedelta(days=800)
    )
    cutoff = now - timedelta(days=700)
    quiz.item.ends_at = now + timedelta(days=1)
    quiz.item.save()
    personal_data.erase_older_than(cutoff)
    assert old in Exemption.objects.all()
    quiz.item.ends_at = now - timedelta(days=1)
    quiz.item.save()
    personal_data.erase_older_than(cutoff)
    assert AnswerEvent.objects.exists()
    assert list(Exemption.objects.all()) == [used]
    assert old not in Exemption.objects.all()
    AnswerEvent.objects.update(at=now - timedelta(days=91))
    personal_data.erase_older_than(cutoff)
    assert not AnswerEvent.objects.exists()


def test_an_exemption_of_an_address_that_came_stays_and_none_goes_while_answers_are_saved(
    quiz, time_machine, settings
):
    account = account_identity()
    start(quiz, account)
    moment = timezone.now()
    time_machine.move_to(moment, tick=False)
    quiz.item.ends_at = moment - timedelta(days=1)
    quiz.item.save()
    made = {"made_at": moment - timedelta(days=800), "closes_at": moment}
    came, never = (
        Exemption.objects.create(quiz=quiz, email=one, person=persons.person_digest(one), **made)
        for one in (account.email, "bo@example.org")
    )
    cutoff = moment - timedelta(days=700)
    time_machine.shift(settings.QUIZ_GRACE_SECONDS)
    before = saved_until(quiz)
    personal_data.erase_older_than(cutoff)
    assert (saved_until(quiz), Exemption.objects.count()) == (before, 2)
    time_machine.shift(2)
    personal_data.erase_older_than(cutoff)
    assert list(Exemption.objects.all()) == [came]
    assert never.pk != came.pk


def test_an_exemption_that_nobody_used_goes_from_a_quiz_that_never_closes(quiz):
    now = timezone.now()
    made = now - timedelta(days=800)
    of = {"quiz": quiz, "made_at": made}
    Exemption.objects.create(email="a@example.org", person="x", **of)
    later = {"opens_at": now + timedelta(days=1)}
    to_come = Exemption.objects.create(email="b@example.org", person="y", **later, **of)
    later = {"closes_at": now + timedelta(days=1)}
    open_yet = Exemption.objects.create(email="c@example.org", person="z", **later, **of)
    assert quiz.item.ends_at is None
    personal_data.erase_older_than(now - timedelta(days=801))
    assert Exemption.objects.count() == 3
    personal_data.erase_older_than(now - timedelta(days=700))
    assert set(Exemption.objects.all()) == {to_come, open_yet}


def test_names_go_from_the_trail_when_their_person_is_erased(quiz, admission, attempt):
    naming.rename(taker=attempt.taker, name="Countess Lovelace", by=quiz.item.owner)
    change = QuizChange.objects.get(what="renamed")
    assert change.now == {"name": "Countess Lovelace"}
    erase(quiz, f"guest:{admission.pk}")
    change.refresh_from_db()
    assert (change.was, change.now) == ({}, {})
