"""A guest verifies their email: by a code, for one browser; what they took opens from then on in
each browser that has verified it, and nobody else learns anything."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.guests.models import GuestAdmission, GuestCode
from access.guests.services import confirming
from access.links import guest_link_token
from access.mailed_codes import TRIES, WrongCode, make_digits
from access.visitors import Visitor
from media_items.catalogue.models import Kind
from media_items.quizzes.attempts import answering, claims, ending, starting
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Attempt, QuizChange, Taker
from media_items.quizzes.results import naming
from media_items.visitors import Certainty
from tests import factories
from tests.conftest import client_with_admissions
from tests.quiz_factories import published_quiz
from tests.reading import text_of
from tests.tasks import run_tasks

pytestmark = pytest.mark.django_db

EMAIL = "ada@example.org"


@pytest.fixture
def quiz(owner):
    return published_quiz(item=factories.MediaItemFactory(owner=owner, kind=Kind.QUIZ))


@pytest.fixture
def link(quiz):
    return factories.GuestLinkFactory(item=quiz.item, access_on=True)


@pytest.fixture
def guest(link):
    return factories.GuestFactory(link=link, email=EMAIL)


def comes(guest, name="Ada"):
    """Another browser of that guest."""
    return factories.GuestAdmissionFactory(guest=guest, name=name)


def visitor_of(admission):
    item = admission.guest.link.item
    return Visitor.of_keys({1: f"guest:{admission.pk}"}, item=item)[1]


def identity_of(admission):
    return visitor_of(admission).identity_on(admission.guest.link.item)


def take(quiz, admission, *, hand_in=True):
    visitor = visitor_of(admission)
    attempt = starting.start(
        quiz=quiz,
        identity=visitor.identity_on(quiz.item),
        abilities=visitor.abilities_on(quiz.item),
    )
    answering.save(attempt=attempt, question_id="single", given={"chosen": "a"}, revision=0)
    return ending.hand_in(attempt=attempt) if hand_in else attempt


def page(name, quiz):
    prefix = "media_items" if name == "earlier_attempts" else "access"
    return reverse(f"{prefix}:{name}", args=[quiz.item.public_id])


def mailed_digits():
    return make_digits(GuestCode.objects.latest("pk"))


def verify(browser, quiz):
    browser.post(page("send_guest_code", quiz))
    return browser.post(page("confirm_email", quiz), {"code": mailed_digits()})


# --- the code -------------------------------------------------------------------------------------


def test_looking_sends_nothing_and_pressing_sends_one_code(
    quiz, guest, mailoutbox, django_capture_on_commit_callbacks
):
    browser = client_with_admissions(comes(guest))
    assert "a•••@example.org" in text_of(browser.get(page("confirm_email", quiz)))
    assert not GuestCode.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            assert browser.post(page("send_guest_code", quiz)).status_code == 302
    run_tasks()
    [mail] = mailoutbox
    digits = re.search(r"\b(\d{6})\b", mail.subject)[1]
    assert mail.to == [EMAIL]
    assert quiz.item.title in mail.body
    assert "Ada" not in mail.body  # nothing that a guest typed
    assert browser.post(page("confirm_email", quiz), {"code": digits}).status_code == 302


def test_the_right_code_verifies_this_browser_and_no_other(quiz, guest):
    here, there = comes(guest), comes(guest)
    browser = client_with_admissions(here)
    before = browser.session.session_key
    assert verify(browser, quiz).status_code == 302
    assert browser.session.session_key != before
    assert identity_of(here).certainty == Certainty.CONFIRMED
    assert identity_of(there).certainty == Certainty.TYPED
    assert GuestAdmission.objects.get(pk=there.pk).confirmed_at is None


def test_a_code_works_only_in_the_browser_that_asked(quiz, guest):
    here, there = client_with_admissions(comes(guest)), client_with_admissions(comes(guest))
    here.post(page("send_guest_code", quiz))
    digits = mailed_digits()
    answer = there.post(page("confirm_email", quiz), {"code": digits})
    assert answer.status_code == 422
    assert not GuestAdmission.objects.exclude(confirmed_at=None).exists()


def test_five_tries_and_ten_minutes(quiz, guest, time_machine):
    admission = comes(guest)
    code, _new = confirming.code_of_browser(admission=admission, browser="x")
    confirming.mail_code(code)
    digits = mailed_digits()
    wrong = f"{(int(digits) + 1) % 1_000_000:06}"
    for left in range(TRIES - 1, -1, -1):
        with pytest.raises(WrongCode) as refused:
            confirming.check_code(code_id=code.pk, admission=admission, digits=wrong)
        assert refused.value.tries_left == left
    with pytest.raises(WrongCode):
        confirming.check_code(code_id=code.pk, admission=admission, digits=digits)
    time_machine.move_to(timezone.now() + timedelta(minutes=1))
    other, _new = confirming.code_of_browser(admission=admission, browser="x")
    confirming.mail_code(other)
    digits = mailed_digits()
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    with pytest.raises(WrongCode):
        confirming.check_code(code_id=other.pk, admission=admission, digits=digits)


def test_codes_are_limited_for_a_guest_and_for_a_mailbox(quiz, guest, settings, time_machine):
    settings.CODE_RATE_PER_INVITATION = "2/h"
    now = timezone.now()
    statuses = []
    for number in range(3):  # in three browsers of one guest
        time_machine.move_to(now + timedelta(minutes=number))
        browser = client_with_admissions(comes(guest))
        statuses.append(browser.post(page("send_guest_code", quiz)).status_code)
    assert statuses == [302, 302, 429]
    assert GuestCode.objects.count() == 2


@pytest.mark.parametrize("name", ["confirm_email", "send_guest_code", "earlier_attempts"])
def test_nobody_else_has_these_pages(quiz, guest, name, client_of, owner):
    take(quiz, comes(guest))
    video = factories.GuestAdmissionFactory(guest__link__item=factories.MediaItemFactory())
    browsers = [Client(), client_with_admissions(video)]
    if name != "earlier_attempts":
        browsers.append(client_of(owner))
    for browser in browsers:
        assert browser.post(page(name, quiz)).status_code == 404
    on_video = reverse("access:confirm_email", args=[video.guest.link.item.public_id])
    assert client_with_admissions(video).get(on_video).status_code == 404


# --- before the quiz ------------------------------------------------------------------------------


@pytest.fixture
def strict(link):
    type(link).objects.filter(pk=link.pk).update(verify_before_quiz=True)


def start(browser, quiz):
    browser.post(reverse("media_items:start_quiz", args=[quiz.item.public_id]))
    return Attempt.objects.count()


def test_where_the_host_asks_for_it_nobody_starts_before_the_code(quiz, guest, strict):
    browser = client_with_admissions(comes(guest))
    start_page = text_of(browser.get(quiz.item.get_absolute_url()))
    assert "Verify your email before you start." in start_page
    assert "counted in this browser" not in start_page
    assert page("confirm_email", quiz) in start_page
    assert "Start the quiz" not in start_page
    assert start(browser, quiz) == 0
    assert verify(browser, quiz).status_code == 302
    assert "Start the quiz" in text_of(browser.get(quiz.item.get_absolute_url()))
    assert start(browser, quiz) == 1
    assert Taker.objects.get().certainty == Certainty.CONFIRMED


@pytest.mark.parametrize("asks", [True, False])
def test_the_door_says_that_a_code_will_be_asked_for(client, link, asks):
    type(link).objects.update(verify_before_quiz=asks)
    door = text_of(client.get(reverse("access:join", args=[guest_link_token(link)])))
    assert ("Before the quiz you verify this email" in door) == asks


def test_then_the_limit_of_attempts_holds_for_the_person(quiz, guest, strict):
    type(quiz).objects.update(attempts_allowed=1)
    first, second = client_with_admissions(comes(guest)), client_with_admissions(comes(guest))
    for browser in (first, second):
        verify(browser, quiz)
        start(browser, quiz)
        for attempt in Attempt.objects.filter(state=AttemptState.OPEN):
            ending.hand_in(attempt=attempt)
    assert Attempt.objects.count() == 1
    assert "You have no attempts left." in text_of(second.get(quiz.item.get_absolute_url()))


def test_what_was_begun_before_the_host_asked_goes_on(quiz, guest, link):
    admission = comes(guest)
    attempt = take(quiz, admission, hand_in=False)
    type(link).objects.update(verify_before_quiz=True)
    browser = client_with_admissions(admission)
    assert "Continue" in text_of(browser.get(quiz.item.get_absolute_url()))
    address = reverse("media_items:hand_in_quiz", args=[quiz.item.public_id, attempt.public_id])
    browser.post(address, {"anyway": "1"})
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.HANDED_IN


@pytest.mark.parametrize("limit", [None, 2])
def test_how_far_the_limit_holds_is_said_to_the_guest_and_to_the_host(
    quiz, guest, limit, client_of, owner
):
    type(quiz).objects.update(attempts_allowed=limit)
    admission = comes(guest)
    browser = client_with_admissions(admission)
    said = "Your attempts are counted in this browser, until you leave or verify your email."
    assert (said in text_of(browser.get(quiz.item.get_absolute_url()))) == (limit is not None)
    take(quiz, admission)
    results = reverse("media_items:quiz_results", args=[quiz.item.public_id])
    told = "the limit of attempts holds for each browser"
    assert (told in text_of(client_of(owner).get(results))) == (limit is not None)
    verify(browser, quiz)
    assert said not in text_of(browser.get(quiz.item.get_absolute_url()))
    assert told not in text_of(client_of(owner).get(results))


# --- what was taken -------------------------------------------------------------------------------


def test_the_result_opens_in_another_browser_once_both_have_verified(quiz, guest):
    here, there = comes(guest), comes(guest)
    attempt = take(quiz, here)
    result = reverse("media_items:quiz_result", args=[quiz.item.public_id, attempt.public_id])
    first, second = client_with_admissions(here), client_with_admissions(there)
    assert first.get(result).status_code == 200
    assert second.get(result).status_code == 404
    verify(first, quiz)
    assert Taker.objects.get().certainty == Certainty.CONFIRMED
    assert second.get(result).status_code == 404
    verify(second, quiz)
    assert second.get(result).status_code == 200
    assert first.get(result).status_code == 200


def test_who_verifies_is_asked_whether_what_was_typed_elsewhere_was_them(quiz, guest):
    attempt = take(quiz, comes(guest, name="Ada on the phone"))
    laptop = comes(guest)
    browser = client_with_admissions(laptop)
    answer = verify(browser, quiz)
    asked = browser.get(answer["Location"])
    assert "Ada on the phone" in text_of(asked)
    main = asked.content.decode().partition('id="main"')[2]
    primary = re.findall(r"button-primary[^>]*>([^<]+)<", main)
    assert primary[0] == "Yes, these are mine"
    assert not re.search("button-primary[^>]*>Decide later", main)
    assert "Decide later" in text_of(asked)
    # The start page leads back to it, as long as it is not decided.
    start_page = quiz.item.get_absolute_url()
    assert page("earlier_attempts", quiz) in browser.get(start_page).content.decode()
    [other] = Taker.objects.all()
    browser.post(page("earlier_attempts", quiz), {"person": other.pk})
    attempt.refresh_from_db()
    person = Taker.objects.exclude(pk=other.pk).get()
    assert (attempt.taker, attempt.moved_from) == (person, other)
    assert (person.finished, person.certainty) == (1, "confirmed")
    assert QuizChange.objects.get().what == claims.CLAIMED
    result = reverse("media_items:quiz_result", args=[quiz.item.public_id, attempt.public_id])
    assert browser.get(result).status_code == 200
    # Asked no more; pressed twice it is done once.
    browser.post(page("earlier_attempts", quiz), {"person": other.pk})
    assert QuizChange.objects.count() == 1
    assert browser.get(page("earlier_attempts", quiz)).status_code == 302
    assert page("earlier_attempts", quiz) not in browser.get(start_page).content.decode()


def test_who_has_only_typed_it_claims_nothing(quiz, guest):
    taker = take(quiz, comes(guest)).taker
    other = comes(guest)
    assert not claims.unclaimed(quiz, identity_of(other)).exists()
    assert claims.claim(quiz=quiz, identity=identity_of(other), taker_id=taker.pk) is None
    browser = client_with_admissions(other)
    assert browser.post(page("earlier_attempts", quiz), {"person": taker.pk}).status_code == 404


def test_nobody_claims_what_is_under_another_address(quiz, guest, link):
    theirs = take(quiz, comes(factories.GuestFactory(link=link, email="bo@example.org"))).taker
    mine = comes(guest)
    browser = client_with_admissions(mine)
    verify(browser, quiz)
    browser.post(page("earlier_attempts", quiz), {"person": theirs.pk})
    theirs.refresh_from_db()
    assert theirs.attempts.count() == 1


def test_verifying_joins_what_was_taken_under_the_address_proven_elsewhere(quiz, guest):
    """Not while both are in the middle of an attempt: nothing is handed in unsaid."""
    invitation = factories.InvitationFactory(item=quiz.item, email=EMAIL, accepted=True)
    factories.InvitationProofFactory(invitation=invitation)
    invited = Visitor.of_keys({1: f"invitation:{invitation.pk}"}, item=quiz.item)[1]
    proven = starting.start(
        quiz=quiz,
        identity=invited.identity_on(quiz.item),
        abilities=invited.abilities_on(quiz.item),
    )
    admission = comes(guest)
    typed = take(quiz, admission, hand_in=False)
    verify(client_with_admissions(admission), quiz)
    states = dict(Attempt.objects.values_list("pk", "state"))
    assert states == {proven.pk: AttemptState.OPEN, typed.pk: AttemptState.OPEN}
    ending.hand_in(attempt=proven)
    assert take(quiz, admission, hand_in=False) == typed
    assert Attempt.objects.filter(taker=proven.taker).count() == 2


def test_who_is_in_the_middle_of_two_adds_neither_and_is_told_why(quiz, guest):
    there, here = comes(guest, name="Ada on the phone"), comes(guest)
    take(quiz, there, hand_in=False)
    browser = client_with_admissions(here)
    verify(browser, quiz)
    take(quiz, here, hand_in=False)
    other = Taker.objects.get(certainty="typed")
    browser.post(page("earlier_attempts", quiz), {"person": other.pk})
    said = text_of(browser.get(page("earlier_attempts", quiz)))
    assert "Hand in one of them first." in said
    assert "Ada on the phone" in said
    assert set(Attempt.objects.values_list("state", flat=True)) == {AttemptState.OPEN}


def test_behind_a_crowd_ones_own_are_found_and_what_is_not_theirs_is_not_asked_again(quiz, guest):
    """Whoever types an address often hides nothing."""
    crowd = [take(quiz, comes(guest, name=f"Crowd {number}")).taker for number in range(20)]
    own = take(quiz, comes(guest, name="Ada on the phone")).taker
    later = [take(quiz, comes(guest, name=f"Later {number}")).taker for number in range(20)]
    browser = client_with_admissions(comes(guest))
    verify(browser, quiz)
    where = page("earlier_attempts", quiz)
    first, second = (text_of(browser.get(where, {"page": number})) for number in (1, 2))
    assert "Later 19" in first
    assert "Ada on the phone" not in first
    assert "Ada on the phone" in second
    for one in later:
        browser.post(where, {"person": one.pk, "not_mine": "1"})
    first = text_of(browser.get(where))
    assert "Later" not in first
    assert "Ada on the phone" in first
    assert browser.post(where, {"person": later[0].pk}).status_code == 302
    assert Taker.objects.get(pk=later[0].pk).attempts.count() == 1
    browser.post(where, {"person": own.pk})
    for one in crowd:
        browser.post(where, {"person": one.pk, "not_mine": "1"})
    assert browser.get(where)["Location"] == quiz.item.get_absolute_url()


@pytest.mark.parametrize("limit", [None, 1, 2])
def test_who_adds_attempts_is_told_which_count(quiz, guest, limit):
    type(quiz).objects.update(attempts_allowed=limit)
    take(quiz, comes(guest))
    browser = client_with_admissions(comes(guest))
    verify(browser, quiz)
    shown = text_of(browser.get(page("earlier_attempts", quiz)))
    assert ("Only 1 attempt counts here, the one that ended first" in shown) == (limit == 1)
    assert ("Only 2 attempts count here, those that ended first" in shown) == (limit == 2)


def test_nobody_is_promised_results_that_are_not_theirs_to_open(quiz, guest, owner):
    """The host has merged what somebody else took; they are asked whether it was them."""
    type(quiz).objects.update(attempts_allowed=1)
    typed = take(quiz, comes(guest))
    here = comes(guest)
    browser = client_with_admissions(here)
    verify(browser, quiz)
    person = Taker.objects.create(
        quiz=quiz, person=typed.taker.person, certainty="confirmed", name="Ada"
    )
    naming.merge(source=typed.taker, into=person, by=owner)
    start_page = text_of(browser.get(quiz.item.get_absolute_url()))
    assert "You have no attempts left." in start_page
    assert "Your results are below." not in start_page
    asked = text_of(browser.get(page("earlier_attempts", quiz)))
    assert "1 attempt" in asked
    browser.post(page("earlier_attempts", quiz), {"person": typed.taker.pk})
    assert "Your results are below." in text_of(browser.get(quiz.item.get_absolute_url()))


def test_only_who_has_proven_the_address_says_what_is_not_theirs(quiz, guest, link):
    theirs = take(quiz, comes(guest)).taker
    typed = client_with_admissions(comes(guest))
    where = page("earlier_attempts", quiz)
    assert typed.post(where, {"person": theirs.pk, "not_mine": "1"}).status_code == 404
    other = client_with_admissions(comes(factories.GuestFactory(link=link, email="bo@example.org")))
    verify(other, quiz)
    other.post(where, {"person": theirs.pk, "not_mine": "1"})
    assert Taker.objects.get(pk=theirs.pk).claim == ""


def test_an_erased_guest_verifies_nothing(quiz, guest):
    admission = comes(guest)
    GuestAdmission.objects.update(erased_at=timezone.now())
    confirming.confirm(admission=admission, item=quiz.item)
    assert GuestAdmission.objects.get().confirmed_at is None


def test_the_pages_of_the_quiz_show_the_way_until_it_is_gone(quiz, guest):
    admission = comes(guest)
    attempt = take(quiz, admission)
    browser = client_with_admissions(admission)
    result = reverse("media_items:quiz_result", args=[quiz.item.public_id, attempt.public_id])
    way = page("confirm_email", quiz)
    for shown in (result, quiz.item.get_absolute_url()):
        assert way in text_of(browser.get(shown))
    verify(browser, quiz)
    for shown in (result, quiz.item.get_absolute_url()):
        assert way not in text_of(browser.get(shown))
