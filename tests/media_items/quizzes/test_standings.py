"""What somebody sees, by all that they have on the quiz: nothing that waits is shown to whoever can
still answer."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings as site
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from access.guests.services import confirming
from media_items import personal_data
from media_items.library.services import editing
from media_items.personal_data import Subject
from media_items.processing.models import Purpose
from media_items.quizzes.attempts import ending
from media_items.quizzes.attempts.persons import person_digest
from media_items.quizzes.choices import AttemptState, KeptScore, Preset, ShownWhen
from media_items.quizzes.content import Content
from media_items.quizzes.models import Attempt, Certificate, Exemption, Taker, TakerKey
from media_items.quizzes.people import erasing
from media_items.quizzes.results import acts, naming
from media_items.quizzes.writing.contradictions import contradictions, settings_of
from media_items.quizzes.writing.presets import PRESETS
from tests import factories
from tests.conftest import client_with_admissions
from tests.quiz_factories import EVERY_KIND, MULTIPLE, SINGLE, TRUE_FALSE, published_quiz

pytestmark = pytest.mark.django_db

KEY = "They line up in the middle."
CERTIFIED = {"pass_percent": 50, "gives_certificate": True}
LAST = ShownWhen.LAST_ATTEMPT
CLOSED = ShownWhen.CLOSED


class Person:
    """A guest with a browser of their own, who takes a quiz of one question."""

    def __init__(self, quiz, *, email="ada@example.org"):
        self.quiz, self.page = quiz, quiz.item.get_absolute_url()
        self.admission = factories.GuestAdmissionFactory(
            guest__link__item=quiz.item, guest__email=email
        )
        self.browser = client_with_admissions(self.admission)

    def start(self):
        return self.browser.post(f"{self.page}quiz/start/")["Location"]

    def hand_in(self, attempt, chosen="a"):
        sent = {"question": ["single"], "single": chosen, "anyway": "1"}
        self.browser.post(f"{attempt}hand-in/", sent)
        return attempt

    def take(self, chosen="a"):
        return self.hand_in(self.start(), chosen)

    def result(self, attempt):
        return self.browser.get(f"{attempt}result/").text

    def later(self, attempt):
        """What the page of the result promises."""
        return [one.what for one in self.browser.get(f"{attempt}result/").context["later"]]

    def file(self):
        keys = frozenset({f"guest:{self.admission.pk}"})
        return personal_data.export_of(Subject(item=self.quiz.item, keys=keys))["quizzes"][0]

    def sees(self, attempt):
        """Whether each place tells the score of their first attempt."""
        return {
            "result": "quiz-score" in self.result(attempt),
            "start page": "quiz-score" in self.browser.get(self.page).text
            or "1 of 1" in self.browser.get(self.page).text,
            "file": self.file()["attempts"][0]["score"] is not None,
            "number": bool(self.file()["attempts"][0]["certificates"]),
            "certificate": self.browser.get(f"{attempt}certificate/").status_code == 200,
            "page of the certificate": "genuine" in public_page(self.browser).text,
        }


def public_page(browser):
    return browser.get(reverse("media_items:certificate", args=[Certificate.objects.get().number]))


def quiz_with(*questions, preset=Preset.CHECK, **more):
    quiz = published_quiz(Content(questions or (SINGLE,)), **(PRESETS[preset] | more))
    quiz.item.ends_at = timezone.now() + timedelta(days=1)
    quiz.item.save()
    return quiz


def closed_since(quiz, time_machine, **ago):
    time_machine.move_to(quiz.item.ends_at + timedelta(**ago), tick=False)


# --- the last attempt -----------------------------------------------------------------------------


def test_the_key_is_not_told_while_the_last_attempt_is_open(time_machine):
    person = Person(quiz_with())
    first = person.take()
    second = person.start()
    assert KEY not in person.result(first)
    ending.interrupt(takers=[Taker.objects.get().pk])
    assert KEY not in person.result(first)
    ending.let_go_on(attempt=Attempt.objects.get(number=2))
    assert KEY not in person.result(first)
    person.hand_in(second)
    assert KEY in person.result(first)


@pytest.mark.parametrize("when", [LAST, CLOSED])
@pytest.mark.parametrize("state", [AttemptState.OPEN, AttemptState.INTERRUPTED])
def test_no_place_tells_the_score_while_an_attempt_is_under_way(when, state, time_machine):
    quiz = quiz_with(score_when=when, feedback_when=when, answers_when=when, **CERTIFIED)
    person = Person(quiz)
    first = person.take()
    person.start()
    if when == CLOSED:
        closed_since(quiz, time_machine, hours=1)
    rest = Attempt.objects.filter(number=2)
    rest.update(state=state, deadline=timezone.now() + timedelta(hours=2))
    # Nobody is let go on once the quiz has closed.
    is_over = when == CLOSED and state == AttemptState.INTERRUPTED
    assert set(person.sees(first).values()) == {is_over}
    rest.update(state=AttemptState.HANDED_IN)
    assert set(person.sees(first).values()) == {True}


# --- the end --------------------------------------------------------------------------------------


def test_the_end_tells_nothing_while_others_can_save(time_machine):
    quiz = quiz_with(preset=Preset.TEST, **CERTIFIED)
    ada, bea = Person(quiz), Person(quiz, email="bea@example.org")
    time_machine.move_to(quiz.item.ends_at - timedelta(milliseconds=100), tick=False)
    theirs = bea.start()
    mine = ada.take()
    grace = site.QUIZ_GRACE_SECONDS
    closed_since(quiz, time_machine, seconds=grace, milliseconds=800)
    assert bea.browser.post(f"{theirs}answers/single/", {"single": "b"}).status_code == 200
    assert KEY not in ada.result(mine)
    assert set(ada.sees(mine).values()) == {False}
    closed_since(quiz, time_machine, seconds=grace + 1, milliseconds=1)
    assert bea.browser.post(f"{theirs}answers/single/", {"single": "a"}).status_code == 409
    assert KEY in ada.result(mine)
    assert set(ada.sees(mine).values()) == {True}


def test_an_end_that_is_moved_into_the_past_tells_nothing_while_somebody_can_save(
    owner, time_machine
):
    quiz = quiz_with(preset=Preset.TEST, **CERTIFIED)
    time_machine.move_to(timezone.now(), tick=False)
    ada, bea = Person(quiz), Person(quiz, email="bea@example.org")
    mine, theirs = ada.take(), bea.start()
    time_machine.shift(timedelta(seconds=15))
    quiz.item.refresh_from_db()
    quiz.item.ends_at = timezone.now() - timedelta(hours=1)
    editing.edit_as_admin(item=quiz.item, changed=["ends_at"], by=owner)
    assert KEY not in ada.result(mine)
    assert bea.browser.post(f"{theirs}answers/single/", {"single": "b"}).status_code == 200
    time_machine.shift(timedelta(seconds=20))
    assert bea.browser.post(f"{theirs}answers/single/", {"single": "a"}).status_code == 409
    assert KEY in ada.result(mine)


# --- the number of a certificate ------------------------------------------------------------------


@pytest.mark.parametrize("when", [CLOSED, ShownWhen.NEVER])
def test_a_certificate_tells_no_score_before_its_time(when):
    person = Person(quiz_with(preset=Preset.TEST, score_when=when, **CERTIFIED))
    attempt = person.take()
    assert Certificate.objects.filter(withdrawn_at=None).count() == 1
    assert set(person.sees(attempt).values()) == {False}


def test_a_valid_number_is_never_refused_for_the_wrong_ones_of_others(settings, client):
    settings.CERTIFICATE_RATE_PER_NETWORK = "1/h"
    Person(quiz_with(**CERTIFIED)).take()
    wrong = reverse("media_items:certificate", args=["nothing"])
    assert [client.get(wrong).status_code for _ in range(2)] == [404, 429]
    assert public_page(client).status_code == 200


# --- what is not finished -------------------------------------------------------------------------


def put_aside(attempt, how, owner):
    ending.interrupt(takers=[attempt.taker_id])
    if how == "voided":
        acts.void(attempt=Attempt.objects.get(), by=owner)


@pytest.mark.parametrize("how", ["interrupted", "voided"])
def test_of_what_is_not_finished_only_the_pages_up_to_the_open_one_are_shown(how):
    quiz = quiz_with(SINGLE, TRUE_FALSE, MULTIPLE, one_at_a_time=True, may_go_back=False)
    person = Person(quiz)
    attempt = person.start()
    person.browser.post(attempt, {"act": "next", "at": "1", "question": "single", "single": "b"})
    put_aside(Attempt.objects.get(), how, quiz.item.owner)
    shown = person.result(attempt)
    assert [one.text in shown for one in (SINGLE, TRUE_FALSE, MULTIPLE)] == [True, True, False]


def test_with_a_way_back_the_page_that_is_open_and_what_is_answered_are_shown():
    quiz = quiz_with(SINGLE, TRUE_FALSE, MULTIPLE, one_at_a_time=True)
    person = Person(quiz)
    attempt = person.start()
    sent = {"question": "single", "single": "b", "at": "1", "act": "page:3"}
    person.browser.post(attempt, sent)
    put_aside(Attempt.objects.get(), "interrupted", quiz.item.owner)
    shown = person.result(attempt)
    assert [one.text in shown for one in (SINGLE, TRUE_FALSE, MULTIPLE)] == [True, False, True]


def test_of_a_film_what_it_has_come_to_is_shown(owner):
    film = factories.MediaItemFactory(owner=owner)
    film.files.create(purpose=Purpose.PLAYBACK, file=ContentFile(b"film", "f.mp4"), size=4)
    later = replace(TRUE_FALSE, at_ms=60_000)
    quiz = quiz_with(replace(SINGLE, at_ms=0), later, film=film, no_seeking=True)
    person = Person(quiz)
    attempt = person.start()
    put_aside(Attempt.objects.get(), "interrupted", owner)
    shown = person.result(attempt)
    assert [one.text in shown for one in (SINGLE, later)] == [True, False]


# --- certificates that stand ----------------------------------------------------------------------


def test_an_attempt_that_does_not_count_has_no_certificate(owner, client):
    person = Person(quiz_with(**CERTIFIED))
    person.take()
    acts.void(attempt=Attempt.objects.get(), by=owner)
    assert Certificate.objects.get().withdrawn_at is not None
    assert "This certificate is genuine." not in public_page(client).text
    acts.count_again(attempt=Attempt.objects.get(), by=owner)
    assert "This certificate is genuine." in public_page(client).text


def test_another_attempt_that_passes_has_one_of_its_own(owner):
    person = Person(quiz_with(kept_score=KeptScore.BEST, **CERTIFIED))
    person.take()
    person.take()
    first, second = Attempt.objects.order_by("number")
    acts.void(attempt=first, by=owner)
    assert Certificate.objects.get(withdrawn_at=None).attempt == second


def test_without_a_pass_mark_it_stands_and_not_of_an_attempt_that_does_not_count(owner, client):
    quiz = quiz_with(**CERTIFIED)
    person = Person(quiz)
    person.take()
    quiz.pass_percent, quiz.gives_certificate = None, False
    quiz.save()
    person.take()
    assert "This certificate is genuine." in public_page(client).text
    acts.void(attempt=Attempt.objects.get(number=1), by=owner)
    assert "was withdrawn on" in public_page(client).text


def test_the_email_of_a_host_without_a_name_is_on_no_certificate(client, owner):
    quiz = quiz_with(item__owner=owner, **CERTIFIED)
    type(owner).objects.filter(pk=owner.pk).update(first_name="", last_name="")
    Person(quiz).take()
    assert owner.email not in public_page(client).text
    owner.refresh_from_db()
    assert Certificate.objects.get().host == owner.get_full_name()


# --- required questions ---------------------------------------------------------------------------


def test_where_there_is_no_way_back_nothing_that_must_be_answered_is_passed():
    must = [replace(one, is_required=True) for one in EVERY_KIND.questions]
    person = Person(quiz_with(*must, one_at_a_time=True, may_go_back=False))
    attempt = person.start()
    for act in ("next", "page:1", "page:2", "page:3", "previous"):
        for at in ("0", "1", "2"):
            person.browser.post(attempt, {"act": act, "at": at})
    assert Attempt.objects.get().position == 0
    person.hand_in(attempt)
    assert Attempt.objects.get().state == AttemptState.OPEN


# --- exemptions -----------------------------------------------------------------------------------


def test_an_exemption_is_not_told_to_whoever_types_its_address():
    quiz = quiz_with(attempts_allowed=1, score_when=LAST)
    email = "victim@example.org"
    Exemption.objects.create(
        quiz=quiz,
        email=email,
        person=person_digest(email),
        time_factor=Decimal("1.5"),
        extra_attempts=3,
    )
    person = Person(quiz, email=email)
    person.take()
    told = person.file()
    assert (told["time_factor"], told["extra_attempts"]) == ("1", 0)
    assert told["attempts"][0]["score"] is not None
    Taker.objects.update(certainty="confirmed", person=person_digest(email))
    TakerKey.objects.update(is_proven=True)
    told = person.file()
    assert (told["time_factor"], told["extra_attempts"]) == ("1.50", 3)
    assert told["attempts"][0]["score"] is None


def test_an_exemption_of_an_address_holds_after_the_key_of_the_site_has_changed(settings):
    quiz = quiz_with(attempts_allowed=1, score_when=LAST)
    email = "ada@example.org"
    Exemption.objects.create(quiz=quiz, email=email, person=person_digest(email), extra_attempts=3)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 9, [settings.SECRET_KEY]
    person = Person(quiz, email=email)
    person.take()
    Taker.objects.update(certainty="confirmed", person=person_digest(email))
    TakerKey.objects.update(is_proven=True)
    assert person.file()["extra_attempts"] == 3


def test_right_answers_after_handing_in_wait_for_an_extra_attempt_that_is_open():
    quiz = quiz_with(attempts_allowed=1, answers_when=ShownWhen.HANDED_IN)
    person = Person(quiz)
    first = person.take()
    assert KEY in person.result(first)
    Exemption.objects.create(quiz=quiz, taker=Taker.objects.get(), extra_attempts=1)
    assert KEY not in person.result(first)
    second = person.start()
    assert KEY not in person.result(first)
    person.hand_in(second)
    assert KEY in person.result(first)


def test_an_exemption_and_a_row_from_before_and_after_a_change_of_the_key_find_each_other(settings):
    quiz = quiz_with(attempts_allowed=1, time_limit_minutes=10)
    email = "ada@example.org"
    person = Person(quiz, email=email)
    person.start()
    Taker.objects.update(certainty="confirmed", person=person_digest(email))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 9, [settings.SECRET_KEY]
    Exemption.objects.create(quiz=quiz, email=email, person=person_digest(email), time_factor=2)
    ending.interrupt(takers=[Taker.objects.get().pk])
    attempt = ending.let_go_on(attempt=Attempt.objects.get())
    assert attempt.deadline >= attempt.started_at + timedelta(minutes=20)


@pytest.mark.parametrize("is_proven", [True, False])
def test_what_was_used_before_somebody_was_erased_is_used_everywhere(is_proven):
    """One of two used and erased, passed with the last one: every place says the same."""
    quiz = quiz_with(score_when=LAST, **CERTIFIED)
    person = Person(quiz)
    key = f"guest:{person.admission.pk}"
    if is_proven:
        confirming.confirm(admission=person.admission, item=quiz.item)
    person.take("b")
    erasing.erase(Subject(item=quiz.item, keys=frozenset({key})), moment=timezone.now())
    mine = person.take("a")
    assert {**person.sees(mine), "file": True} == dict.fromkeys(person.sees(mine), True)
    assert person.file()["attempts"][0]["score"] is not None


def test_whoever_was_merged_by_the_host_sees_nothing_while_a_proof_has_attempts_left(owner):
    quiz = quiz_with(score_when=LAST, **CERTIFIED)
    one, other = Person(quiz), Person(quiz, email="bea@example.org")
    mine, _theirs = one.take(), other.take()
    first, second = Taker.objects.order_by("pk")
    naming.merge(source=second, into=first, by=owner)
    assert "quiz-score" not in one.result(mine)
    for certificate in Certificate.objects.all():
        where = reverse("media_items:certificate", args=[certificate.number])
        told = one.browser.get(where).content.decode()
        assert "can’t be checked at the moment" in told
        assert "genuine" not in told


def test_nothing_is_promised_of_an_attempt_that_is_not_finished(owner):
    person = Person(quiz_with(score_when=LAST, feedback_when=LAST, answers_when=LAST))
    attempt = person.take()
    assert person.later(attempt) == ["score", "feedback", "answers"]
    acts.void(attempt=Attempt.objects.get(), by=owner)
    assert person.later(attempt) == []
    other = person.start()
    ending.interrupt(takers=[Taker.objects.get().pk])
    assert person.later(other) == []


# --- settings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, []),
        ({"pass_percent": 50}, ["answers_when"]),
        (CERTIFIED, ["answers_when"]),
        (CERTIFIED | {"attempts_allowed": 1}, []),
        (CERTIFIED | {"attempts_allowed": 2}, ["answers_when"]),
        (CERTIFIED | {"answers_when": CLOSED}, []),
    ],
)
def test_whoever_can_pass_is_not_told_the_answers_before(change, fields):
    quiz = quiz_with(preset=Preset.PRACTICE, **change)
    assert [field for field, _why in contradictions(settings_of(quiz))] == fields
