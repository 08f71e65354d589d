"""A proof that was only typed opens what was made by it, and nothing else, whatever was merged."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from access.guests.models import GuestAdmission
from access.guests.services import confirming
from access.guests.services.guests import erase_guest
from access.quiz_reminders import Invitees
from media_items.abilities import Ability
from media_items.catalogue.models import State
from media_items.personal_data import Subject
from media_items.quizzes.attempts import answering, claims, ending, starting, watching
from media_items.quizzes.attempts.persons import person_digest
from media_items.quizzes.attempts.refusals import AttemptOver, NoAttemptsLeft
from media_items.quizzes.attempts.spent import forget_closed
from media_items.quizzes.attempts.takers import attempts_of, find_taker, takers_of
from media_items.quizzes.choices import AttemptState, KeptScore
from media_items.quizzes.models import (
    Answer,
    Attempt,
    Certificate,
    Exemption,
    QuizChange,
    SpentAttempts,
    Taker,
)
from media_items.quizzes.people import erasing
from media_items.quizzes.people.records import records_of
from media_items.quizzes.results import naming, trail
from media_items.quizzes.writing.services.exemptions import save_exemption
from media_items.refusals import NotNow
from media_items.visitors import Certainty, Identity, IdentityKind
from tests import factories
from tests.conftest import client_with_admissions, client_with_proofs
from tests.quiz_factories import guest_identity, published_quiz
from tests.tasks import run_tasks

pytestmark = pytest.mark.django_db

TAKE = frozenset({Ability.VIEW, Ability.TAKE_QUIZ})
EMAIL = "ada@example.org"


@pytest.fixture
def quiz(owner):
    return published_quiz(item__owner=owner)


@pytest.fixture
def page(quiz):
    return quiz.item.get_absolute_url()


@pytest.fixture
def invitation(quiz):
    return factories.InvitationFactory(item=quiz.item, email=EMAIL, role="viewer", accepted=True)


@pytest.fixture
def ada(invitation):
    """The browser of the person invited, who has proven it by a code."""
    return client_with_proofs(
        factories.InvitationProofFactory(invitation=invitation, how="confirmed")
    )


def typed_browser(invitation):
    return client_with_proofs(factories.InvitationProofFactory(invitation=invitation, how="typed"))


def guest_of(quiz, email, name="Ada"):
    return factories.GuestAdmissionFactory(
        guest__link=factories.GuestLinkFactory(item=quiz.item, access_on=True),
        guest__email=email,
        name=name,
    )


def begins(browser, page):
    return browser.post(f"{page}quiz/start/")["Location"]


def writes(browser, attempt, text):
    return browser.post(f"{attempt}answers/open/", {"open": text})


def hands_in(browser, attempt):
    return browser.post(f"{attempt}hand-in/", {"anyway": "1"})


def row(address):
    return Attempt.objects.get(public_id=address.rstrip("/").rsplit("/", 1)[1])


def shut_out(browser, attempt, page):
    """Nothing of the attempt is read, nor changed."""
    assert browser.get(attempt).status_code == 404
    assert browser.get(f"{attempt}result/").status_code == 404
    assert writes(browser, attempt, "overwritten").status_code == 404
    assert hands_in(browser, attempt).status_code == 404
    assert row(attempt).state == AttemptState.OPEN
    assert Answer.objects.get(attempt=row(attempt), question="open").response == {"text": "private"}
    assert "private" not in browser.get(f"{page}my-record/file/").content.decode()
    assert "private" not in browser.get(page).content.decode()


# --- what was typed is a browser's --------------------------------------------------------------


def test_an_invitation_that_was_typed_does_not_open_what_the_person_invited_has(
    quiz, page, ada, invitation
):
    attempt = begins(ada, page)
    writes(ada, attempt, "private")
    shut_out(typed_browser(invitation), attempt, page)


def test_each_browser_that_typed_an_invitation_is_somebody_and_nobody_gets_the_others(
    quiz, page, ada, invitation
):
    one, two = typed_browser(invitation), typed_browser(invitation)
    first = begins(one, page)
    writes(one, first, "private")
    shut_out(two, first, page)
    second, proven = begins(two, page), begins(ada, page)
    assert len({row(address).taker_id for address in (first, second, proven)}) == 3
    assert ada.get(first).status_code == 404
    writes(one, first, "mine")
    assert one.get(first).status_code == 200


def claims_it(browser, attempt):
    where = reverse("media_items:earlier_attempts", args=[row(attempt).quiz.item.public_id])
    browser.post(where, {"person": row(attempt).taker_id})


@pytest.mark.parametrize("came_by", ["the invitation", "a guest link"])
def test_one_that_is_open_when_it_is_claimed_is_nobodys_but_the_claimers(
    quiz, page, ada, invitation, owner, came_by
):
    """An attempt has one writer, also where the host separates the two again."""
    other = client_with_admissions(guest_of(quiz, EMAIL))
    if came_by == "the invitation":
        other = typed_browser(invitation)
    typed = begins(other, page)
    source = row(typed).taker
    claims_it(ada, typed)
    assert begins(ada, page) == typed
    writes(ada, typed, "private")
    shut_out(other, typed, page)
    assert begins(other, page) != typed
    naming.separate(source=source, by=owner)
    shut_out(other, typed, page)
    assert "private" in ada.get(typed).content.decode()
    assert row(typed).taker == find_taker(quiz, proven_ada(invitation))


def proven_ada(invitation):
    return Identity(
        f"invitation:{invitation.pk}", IdentityKind.INVITEE, "Ada", EMAIL, Certainty.CONFIRMED
    )


def test_who_is_writing_when_it_is_claimed_writes_no_more(quiz, page, ada):
    """They had it before them, and the claim comes between reading and saving."""
    typed = begins(client_with_admissions(guest_of(quiz, EMAIL)), page)
    before = row(typed)
    claims_it(ada, typed)
    with pytest.raises(AttemptOver):
        answering.save(
            attempt=before, question_id="open", given={"text": "overwritten"}, revision=9
        )
    assert ending.hand_in(attempt=before).state == AttemptState.OPEN
    assert row(typed).state == AttemptState.OPEN


def test_of_two_under_way_neither_is_claimed_nor_handed_in(quiz, page, ada):
    mine = begins(ada, page)
    typed = begins(client_with_admissions(guest_of(quiz, EMAIL)), page)
    claims_it(ada, typed)
    assert ada.get(typed).status_code == 404
    assert (row(mine).state, row(typed).state) == (AttemptState.OPEN, AttemptState.OPEN)
    assert begins(ada, page) == mine


@pytest.mark.parametrize("how", ["merged", "claimed"])
def test_one_that_was_interrupted_holds_nobody_else_up(quiz, page, ada, owner, how):
    hands_in(ada, begins(ada, page))
    quiz.attempts_allowed = 5
    quiz.save()
    other = client_with_admissions(guest_of(quiz, EMAIL))
    typed = begins(other, page)
    ending.interrupt(takers=[row(typed).taker_id])
    if how == "claimed":
        claims_it(ada, typed)
    else:
        with pytest.raises(NotNow):
            naming.merge(
                source=row(typed).taker,
                into=Taker.objects.get(certainty="confirmed"),
                by=owner,
            )
    mine = begins(ada, page)
    assert row(mine).state == AttemptState.OPEN
    ending.let_go_on(attempt=row(typed))
    assert begins(ada, page) == mine
    assert ada.get(typed).status_code == 404
    assert other.get(typed).status_code == 200


def test_starts_of_a_browser_that_only_typed_are_its_own(quiz, page, ada, invitation, settings):
    settings.START_RATE_PER_PERSON = "2/h"
    other = typed_browser(invitation)
    for _again in range(4):
        begins(other, page)
    assert "quiz/attempts/" in begins(ada, page)


# --- merged ---------------------------------------------------------------------------------------


@pytest.fixture(params=["by the host", "claimed"])
def merged(request, quiz, page, ada, owner):
    """Ada's open attempt, the browser of the other, and what it has handed in."""
    email = EMAIL if request.param == "claimed" else "mallory@example.net"
    other = client_with_admissions(guest_of(quiz, email))
    theirs = begins(other, page)
    hands_in(other, theirs)
    attempt = begins(ada, page)
    writes(ada, attempt, "private")
    source = row(theirs).taker
    if request.param == "claimed":
        claims_it(ada, theirs)
    else:
        naming.merge(source=source, into=row(attempt).taker, by=owner)
    assert row(theirs).taker == row(attempt).taker
    return attempt, other, theirs, request.param == "claimed"


def test_a_typed_browser_that_was_merged_opens_its_own_and_no_more(merged, page, ada):
    attempt, other, theirs, is_claimed = merged
    shut_out(other, attempt, page)
    assert other.get(f"{theirs}result/").status_code == 200
    assert ada.get(f"{theirs}result/").status_code == (200 if is_claimed else 404)
    [whole] = ada.get(f"{page}my-record/file/").json()["quizzes"]
    assert len(whole["attempts"]) == (2 if is_claimed else 1)
    file = other.get(f"{page}my-record/file/").json()
    [record] = file["quizzes"]
    assert (len(record["attempts"]), record["name"]) == (1, "")


def test_a_typed_browser_that_was_merged_begins_as_somebody_of_its_own(merged, quiz, page):
    attempt, other, theirs, _is_claimed = merged
    quiz.attempts_allowed = None
    quiz.save()
    again = begins(other, page)
    assert row(again).taker != row(attempt).taker
    assert row(attempt).state == AttemptState.OPEN
    assert other.get(f"{theirs}result/").status_code == 200


def test_erasing_a_typed_browser_that_was_merged_erases_its_part(merged, quiz, page, ada):
    attempt, other, theirs, _is_claimed = merged
    quiz.attempts_allowed = None
    quiz.save()
    again = begins(other, page)
    key = row(theirs).by.key
    erasing.erase(Subject(item=quiz.item, keys=frozenset({key})), moment=timezone.now())
    assert row(theirs).taker.erased_at
    assert row(again).taker.erased_at
    assert row(attempt).taker.erased_at is None
    assert "private" in ada.get(attempt).content.decode()


def test_who_was_merged_while_typed_and_proves_another_address_is_not_the_other(quiz, page, owner):
    """Their address is theirs; the person whom the host took them for keeps theirs."""
    admission = guest_of(quiz, "mallory@example.net")
    other = client_with_admissions(admission)
    theirs = begins(other, page)
    hands_in(other, theirs)
    invitation = factories.InvitationFactory(item=quiz.item, email=EMAIL, accepted=True)
    proof = factories.InvitationProofFactory(invitation=invitation, how="confirmed")
    attempt = begins(client_with_proofs(proof), page)
    writes(client_with_proofs(proof), attempt, "private")
    naming.merge(source=row(theirs).taker, into=row(attempt).taker, by=owner)
    confirming.confirm(admission=admission, item=quiz.item)
    shut_out(other, attempt, page)
    assert row(attempt).taker.person == person_digest(EMAIL)


# --- accounts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_verified", [True, False])
def test_an_account_is_the_person_only_where_its_address_is_verified(
    quiz, page, ada, client_of, is_verified
):
    quiz.item.state = State.UNLISTED
    quiz.item.save()
    attempt = begins(ada, page)
    writes(ada, attempt, "private")
    verified_at = timezone.now() if is_verified else None
    browser = client_of(factories.UserFactory(email=EMAIL, email_verified_at=verified_at))
    if is_verified:
        assert browser.get(attempt).status_code == 200
        return
    shut_out(browser, attempt, page)
    own = begins(browser, page)
    assert row(own).taker != row(attempt).taker
    assert browser.get(own).status_code == 200
    assert row(begins(browser, page)) == row(own)


# --- erased by the host ---------------------------------------------------------------------------


def test_erasing_somebody_who_typed_an_address_leaves_whoever_has_proven_it(quiz, page, ada, owner):
    attempt = begins(ada, page)
    writes(ada, attempt, "private")
    hands_in(ada, attempt)
    admission = guest_of(quiz, EMAIL, name="Mallory")
    theirs = begins(client_with_admissions(admission), page)
    Exemption.objects.create(quiz=quiz, email=EMAIL, person=person_digest(EMAIL), extra_attempts=1)
    erase_guest(guest=admission.guest, by=owner)
    assert row(theirs).taker.erased_at
    assert row(attempt).taker.erased_at is None
    assert ada.get(f"{attempt}result/").status_code == 200
    assert Answer.objects.get(question="open").response == {"text": "private"}
    assert Exemption.objects.exists()


def test_erasing_a_guest_who_has_proven_the_address_erases_all_under_it(quiz, page, ada, owner):
    attempt = begins(ada, page)
    admission = guest_of(quiz, EMAIL)
    confirming.confirm(admission=admission, item=quiz.item)
    erase_guest(guest=admission.guest, by=owner)
    assert row(attempt).taker.erased_at


# --- more than allowed, tries of editors, erased and taken again ----------------------------------


def take(quiz, identity, chosen, abilities=TAKE):
    attempt = starting.start(quiz=quiz, identity=identity, abilities=abilities)
    answering.save(attempt=attempt, question_id="single", given={"chosen": chosen}, revision=0)
    return ending.hand_in(attempt=attempt)


def account_of(user):
    return Identity(
        f"account:{user.pk}", IdentityKind.ACCOUNT, "Ada", user.email, Certainty.SIGNED_IN
    )


@pytest.fixture
def three(quiz):
    """Attempts by three browsers in which one address was typed and then proven: the first wrong,
    the others right."""
    quiz.attempts_allowed, quiz.kept_score = 1, KeptScore.BEST
    quiz.save()
    admission = guest_of(quiz, EMAIL)
    made = []
    for chosen in ("b", "a", "a"):
        one = factories.GuestAdmissionFactory(guest=admission.guest)
        made.append(take(quiz, guest_identity(one), chosen))
        confirming.confirm(admission=one, item=quiz.item)
    return made


def test_of_one_person_the_first_attempts_allowed_count(quiz, three):
    taker = Taker.objects.get(finished__gt=0)
    assert (taker.finished, taker.score) == (3, 0)
    assert [one.is_kept for one in Attempt.objects.order_by("pk")] == [True, False, False]


def test_more_attempts_for_one_person_count_more(
    quiz, three, owner, django_capture_on_commit_callbacks
):
    taker = Taker.objects.get(finished__gt=0)
    with django_capture_on_commit_callbacks(execute=True):
        save_exemption(exemption=Exemption(quiz=quiz, taker=taker, extra_attempts=1), by=owner)
    run_tasks()
    taker.refresh_from_db()
    assert taker.score == 1


def test_the_host_reads_which_are_more_than_allowed(quiz, three, owner, client_of):
    where = [quiz.item.public_id, three[-1].public_id]
    found = client_of(owner).get(reverse("media_items:attempt_results", args=where))
    assert found.content.decode().count("· more than allowed") == 2
    assert "more than the attempts allowed" in found.content.decode()


def test_tries_of_editors_never_become_results(quiz):
    quiz.pass_percent, quiz.gives_certificate, quiz.kept_score = 1, True, KeptScore.BEST
    quiz.save()
    person = account_of(factories.UserFactory(email=EMAIL))
    tried = take(quiz, person, "a", TAKE | {Ability.EDIT_QUESTIONS})
    assert Taker.objects.get().is_preview
    taken = take(quiz, person, "b")
    taker = Taker.objects.get()
    assert (taker.is_preview, taker.finished, taker.score) == (False, 1, 0)
    tried.refresh_from_db()
    taken.refresh_from_db()
    assert (tried.is_preview, tried.is_kept) == (True, False)
    assert (taken.is_preview, taken.is_kept) == (False, True)
    assert not Certificate.objects.exists()


def test_results_stay_results_when_somebody_becomes_an_editor(quiz):
    person = account_of(factories.UserFactory(email=EMAIL))
    take(quiz, person, "b")
    take(quiz, person, "a", TAKE | {Ability.EDIT_QUESTIONS})
    taker = Taker.objects.get()
    assert (taker.is_preview, taker.finished, taker.score) == (False, 1, 0)


@pytest.mark.parametrize("act", ["saves", "hands in"])
def test_who_becomes_an_editor_in_the_middle_has_no_result(quiz, page, invitation, ada, act):
    quiz.pass_percent, quiz.gives_certificate = 1, True
    quiz.save()
    attempt = begins(ada, page)
    invitation.role = "collaborator"
    invitation.save()
    assert ada.get(attempt).status_code == 200
    assert not row(attempt).is_preview
    if act == "saves":
        writes(ada, attempt, "read in the key")
        invitation.role = "viewer"
        invitation.save()
    hands_in(ada, attempt)
    taker = row(attempt).taker
    assert (row(attempt).state, row(attempt).is_kept) == (AttemptState.HANDED_IN, False)
    assert (taker.is_preview, taker.finished, taker.score) == (True, 0, None)
    assert not Certificate.objects.exists()


def test_what_was_taken_before_somebody_became_an_editor_stays_a_result(
    quiz, page, ada, invitation
):
    hands_in(ada, begins(ada, page))
    quiz.attempts_allowed = 5
    quiz.save()
    attempt = begins(ada, page)
    invitation.role = "collaborator"
    invitation.save()
    writes(ada, attempt, "read in the key")
    taker = row(attempt).taker
    assert (row(attempt).is_preview, taker.is_preview, taker.finished) == (True, False, 1)


def test_a_try_of_an_editor_uses_no_attempt_up(quiz):
    quiz.attempts_allowed = 1
    quiz.save()
    person = account_of(factories.UserFactory(email=EMAIL))
    take(quiz, person, "a", TAKE | {Ability.EDIT_QUESTIONS})
    take(quiz, person, "b")
    with pytest.raises(NoAttemptsLeft):
        take(quiz, person, "b")


@pytest.mark.parametrize("is_verified", [True, False])
def test_erasing_gives_no_attempts_anew(quiz, is_verified):
    quiz.attempts_allowed = 1
    quiz.save()
    person = replace(
        account_of(factories.UserFactory(email=EMAIL)), is_address_verified=is_verified
    )
    for _again in range(2):
        if not SpentAttempts.objects.exists():
            take(quiz, person, "b")
        keys = frozenset({person.key})
        erasing.erase(Subject(item=quiz.item, keys=keys), moment=timezone.now())
        with pytest.raises(NoAttemptsLeft):
            take(quiz, person, "a")
    spent = SpentAttempts.objects.get()
    assert spent.used == 1
    assert spent.person not in {person.key, person_digest(EMAIL)}
    other = account_of(factories.UserFactory(email="bo@example.org"))
    take(quiz, other, "a")


def test_where_attempts_have_no_end_erasing_leaves_nothing_that_counts_later(quiz):
    """It would keep, on every quiz to practise with, that somebody was there who is forgotten."""
    quiz.attempts_allowed = None
    quiz.save()
    person = account_of(factories.UserFactory(email=EMAIL))
    take(quiz, person, "b")
    erasing.erase(
        Subject(item=quiz.item, keys=frozenset({person.key}), email=EMAIL), moment=timezone.now()
    )
    assert not SpentAttempts.objects.exists()
    quiz.attempts_allowed = 1
    quiz.save()
    take(quiz, person, "a")
    with pytest.raises(NoAttemptsLeft):
        take(quiz, person, "a")


def test_each_browser_that_only_typed_an_invited_address_has_used_its_own(
    quiz, invitation, page, settings
):
    settings.START_RATE_PER_PERSON = "1/h"
    quiz.attempts_allowed = 1
    quiz.save()
    first, second = typed_browser(invitation), typed_browser(invitation)
    hands_in(first, begins(first, page))
    key = row_by_key().key
    erasing.erase(Subject(item=quiz.item, keys=frozenset({key})), moment=timezone.now())
    assert "quiz/attempts/" in begins(second, page)
    settings.START_RATE_PER_PERSON = "60/h"
    assert "quiz/attempts/" not in begins(first, page)


def row_by_key():
    return Attempt.objects.get().by


def test_what_was_used_is_forgotten_once_the_quiz_is_over_for_everybody(quiz):
    now = timezone.now()
    SpentAttempts.objects.create(quiz=quiz, person="x", used=1)
    quiz.item.ends_at = now - timedelta(hours=1)
    quiz.item.save()
    later = Exemption.objects.create(
        quiz=quiz, email=EMAIL, person="y", closes_at=now + timedelta(hours=1)
    )
    assert forget_closed(now) == 0
    later.delete()
    assert forget_closed(now) == 1


def test_attempts_without_end_are_not_remembered(quiz):
    quiz.attempts_allowed = None
    quiz.save()
    person = account_of(factories.UserFactory(email=EMAIL))
    take(quiz, person, "b")
    erasing.erase(Subject(item=quiz.item, keys=frozenset({person.key})), moment=timezone.now())
    assert not SpentAttempts.objects.exists()


def test_an_interruption_is_no_time_in_which_the_film_was_watched(quiz, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    identity = guest_identity(guest_of(quiz, EMAIL))
    attempt = starting.start(quiz=quiz, identity=identity, abilities=TAKE)
    ending.interrupt(takers=[attempt.taker_id])
    time_machine.shift(3600)
    attempt.refresh_from_db()
    attempt = ending.let_go_on(attempt=attempt)
    attempt = watching.watch(attempt=attempt, at_ms=3_000_000)
    assert attempt.watched_ms <= watching.SLACK_MS


def test_what_a_typed_identity_finds(quiz, owner):
    """The one rule, of whoever is known: own ones, and for somebody proven the whole person's."""
    typed = guest_identity(guest_of(quiz, EMAIL))
    person = account_of(factories.UserFactory(email=EMAIL))
    first, second = take(quiz, typed, "b"), take(quiz, person, "a")
    naming.merge(source=find_taker(quiz, typed), into=find_taker(quiz, person), by=owner)
    assert list(attempts_of(quiz, typed)) == [first]
    assert not takers_of(quiz, typed).exists()
    assert list(attempts_of(quiz, person)) == [second]
    assert starting.chance_of(quiz, person, TAKE).used == 2
    assert [one.person for one in claims.unclaimed(quiz, person)] == [person_digest(EMAIL)]
    [record] = records_of(Subject(item=quiz.item, keys=frozenset({typed.key})), at_most=None)
    assert [one.attempt for one in record.attempts] == [first]


# --- merged by the host with somebody invited who has not started -------------------------------


@pytest.fixture
def guest(quiz, page, invitation, owner, client_of):
    """The browser of a guest who has taken it once, and is Ada by the word of the host."""
    browser = client_with_admissions(guest_of(quiz, "other@example.org", name="Guest"))
    attempt = begins(browser, page)
    writes(browser, attempt, "private")
    hands_in(browser, attempt)
    where = [quiz.item.public_id, row(attempt).taker_id]
    into = {"into": f"invitation:{invitation.pk}"}
    client_of(owner).post(reverse("media_items:merge_taker", args=where), into)
    browser.attempt = attempt
    return browser


def comes_as_invited(invitation, ada, client_of, by):
    if by == "browser":
        return ada
    if by == "account":
        invitation.account = factories.UserFactory(email_verified_at=timezone.now())
        invitation.save()
        return client_of(invitation.account)
    return client_of(factories.UserFactory(email=EMAIL, email_verified_at=timezone.now()))


@pytest.fixture(params=["browser", "account", "account at the address"])
def invited(request, invitation, ada, client_of):
    """Whoever was invited, before the host merges anybody with them."""
    return comes_as_invited(invitation, ada, client_of, request.param)


def test_what_somebody_invited_takes_counts_with_what_the_host_merged_with_them_before(
    quiz, page, invited, guest
):
    quiz.attempts_allowed, quiz.kept_score = 2, KeptScore.FIRST
    quiz.save()
    theirs = begins(invited, page)
    writes(invited, theirs, "their own")
    assert guest.get(theirs).status_code == 404
    hands_in(invited, theirs)
    assert invited.get(guest.attempt).status_code == 404
    assert invited.get(f"{guest.attempt}result/").status_code == 404
    assert "private" not in invited.get(page).text
    [person] = Taker.objects.filter(merged_into=None)
    assert person.has_proven_address
    assert [one.number for one in person.attempts.order_by("number")] == [1, 2]
    assert [row(one).is_kept for one in (guest.attempt, theirs)] == [True, False]
    assert "quiz/attempts/" not in begins(invited, page)
    assert guest.get(f"{guest.attempt}result/").status_code == 200


def test_the_attempts_that_the_host_merged_with_somebody_invited_are_used_up(
    quiz, page, invited, guest, owner
):
    quiz.attempts_allowed = 1
    quiz.save()
    assert "quiz/start/" not in invited.get(page).text
    assert "quiz/attempts/" not in begins(invited, page)
    assert Attempt.objects.count() == 1
    source = Taker.objects.exclude(merged_into=None).get()
    naming.separate(source=source, by=owner)
    assert list(Taker.objects.all()) == [source]
    assert "quiz/attempts/" in begins(invited, page)


def test_a_guest_merged_with_somebody_invited_begins_the_next_one_as_a_person_of_their_own(
    quiz, page, ada, guest
):
    quiz.attempts_allowed = 3
    quiz.save()
    [made] = Taker.objects.filter(merged_into=None)
    name, attempt = made.name, begins(guest, page)
    made.refresh_from_db()
    assert (made.name, made.kind, made.attempts.count()) == (name, "invitee", 1)
    assert row(attempt).taker_id != made.pk
    theirs = begins(ada, page)
    assert "quiz/attempts/" in theirs
    assert row(theirs).taker_id == made.pk
    assert row(attempt).state == AttemptState.OPEN


@pytest.mark.parametrize("by", ["host", "guest"])
def test_somebody_invited_who_has_not_started_is_nobody_of_the_quiz_without_whom_was_merged(
    quiz, guest, owner, invitation, by
):
    made = Taker.objects.get(merged_into=None)
    source = Taker.objects.exclude(pk=made.pk).get()
    naming.rename(taker=made, name="Finn Olsen", by=owner)
    save_exemption(exemption=Exemption(quiz=quiz, taker=made, time_factor=2), by=owner)
    if by == "host":
        naming.separate(source=source, by=owner)
    else:
        erase_guest(guest=GuestAdmission.objects.get().guest, by=owner)
    assert list(Taker.objects.all()) == [source]
    assert list(Invitees().missing(quiz.item)) == [invitation]
    exemption = Exemption.objects.get()
    assert (exemption.email, exemption.taker, exemption.time_factor) == (EMAIL, None, 2)
    assert exemption.person == person_digest(EMAIL)
    changes = QuizChange.objects.filter(what=trail.RENAMED)
    assert [(one.was, one.now) for one in changes] == [({}, {})]


def test_whoever_is_erased_themselves_leaves_no_exemption_with_their_address(
    quiz, guest, owner, invitation
):
    made = Taker.objects.get(merged_into=None)
    save_exemption(exemption=Exemption(quiz=quiz, taker=made, time_factor=2), by=owner)
    keys = frozenset({f"invitation:{invitation.pk}"})
    erasing.erase(Subject(item=quiz.item, keys=keys), moment=timezone.now())
    assert not Exemption.objects.exists()
    assert Attempt.objects.get().taker.name == "Guest"
