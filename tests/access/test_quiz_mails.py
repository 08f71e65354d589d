"""Mails that results can be read: to whom, once, and with no score in them."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from access.guests.models import GuestAdmission
from access.guests.services.guests import erase_guest, remove_guest
from access.invitations.models import Invitation
from access.links import invitation_address, results_address
from access.mail.models import OutgoingMail
from access.quiz_mails import QuizResultsMail
from access.quiz_reminders import Invitees, QuizReminderMail
from media_items import keyed_digests
from media_items.catalogue.models import MediaItem, State
from media_items.personal_data import Subject
from media_items.quizzes.attempts.persons import person_digest
from media_items.quizzes.attempts.spent import remember
from media_items.quizzes.attempts.takers import merge
from media_items.quizzes.choices import ShownWhen
from media_items.quizzes.models import Exemption, Quiz, QuizChange, ResultsMailing, Taker, TakerKey
from media_items.quizzes.results import mailing, people, trail
from media_items.quizzes.writing.services.exemptions import save_exemption
from media_items.visitors import Certainty
from media_items.workers import MOST_STARTS
from tests.factories import (
    GalleryMembershipFactory,
    GuestAdmissionFactory,
    InvitationFactory,
    PublicationFactory,
    UserFactory,
)
from tests.media_items.quizzes.test_results import THREE, take
from tests.quiz_factories import published_quiz
from tests.tasks import run_tasks

pytestmark = pytest.mark.django_db
CONFIRMED = {"certainty": Certainty.CONFIRMED.value}


@pytest.fixture
def quiz(owner):
    return published_quiz(THREE, item__owner=owner, item__state=State.UNLISTED, pass_percent=50)


@pytest.fixture
def address(quiz):
    return reverse("media_items:mail_results", args=[quiz.item.public_id])


@pytest.fixture
def browser(client_of, owner):
    return client_of(owner)


def came(quiz, key, **facts):
    taker = take(quiz, **{"name": "Ada", "right": ["single"], **facts}).taker
    TakerKey.objects.create(quiz=quiz, taker=taker, key=key)
    return taker


@pytest.fixture
def guest(quiz):
    admission = GuestAdmissionFactory(
        guest__link__access_on=True, guest__link__item=quiz.item, guest__email="ada@example.org"
    )
    came(quiz, f"guest:{admission.pk}")
    return admission


def send(browser, address, callbacks):
    with callbacks(execute=True):
        answer = browser.post(address)
    run_tasks()
    assert answer.status_code == 302
    return mail.outbox


def test_each_person_gets_one_mail_by_their_own_door(
    quiz, guest, browser, address, django_capture_on_commit_callbacks
):
    invited = InvitationFactory(item=quiz.item, email="grace@example.org", accepted=True)
    came(quiz, f"invitation:{invited.pk}", name="Grace")
    account = UserFactory(email="linus@example.edu")
    came(quiz, f"account:{account.pk}", name="Linus")
    take(quiz, "Nobody knows", right=["single"])
    page = browser.get(address).content.decode()
    assert "3 people who took the quiz get an email" in page
    assert "1 person has no email address" in page
    assert not OutgoingMail.objects.exists()
    for _twice in range(2):
        sent = send(browser, address, django_capture_on_commit_callbacks)
    found = {one.to[0]: one.body for one in sent}
    assert len(sent) == 3
    assert results_address(guest.guest.link) in found["ada@example.org"]
    assert invitation_address(invited) in found["grace@example.org"]
    assert quiz.item.get_absolute_url() in found["linus@example.edu"]
    change = QuizChange.objects.get()
    assert (change.what, change.now) == ("mailed", {"people": 3})


def test_no_mail_tells_a_score(quiz, guest, browser, address, django_capture_on_commit_callbacks):
    [one] = send(browser, address, django_capture_on_commit_callbacks)
    whole = f"{one.subject} {one.body} {one.alternatives[0][0]}"
    for told in ("33%", "33.3", "Metaphase", "passed", "1 of 3"):
        assert told not in whole
    assert "Noa Levi" in one.from_email


def test_a_name_that_is_markup_stays_a_name(
    quiz, guest, browser, address, django_capture_on_commit_callbacks
):
    Taker.objects.update(renamed="<b>Ada</b>")
    [one] = send(browser, address, django_capture_on_commit_callbacks)
    assert "<b>Ada" not in one.alternatives[0][0]


@pytest.mark.parametrize("end", ["removed", "erased"])
def test_who_has_lost_their_way_in_is_told_nothing(
    quiz, guest, owner, browser, address, django_capture_on_commit_callbacks, end
):
    browser.post(address)  # asked for; not sent yet
    if end == "removed":
        remove_guest(guest=guest.guest, by=owner)
    else:
        erase_guest(guest=guest.guest, by=owner)
    OutgoingMail.objects.update(claimed_at=None)
    assert send(browser, address, django_capture_on_commit_callbacks) == []


def test_editors_and_those_who_have_not_finished_get_none(quiz, browser, address):
    admission = GuestAdmissionFactory(guest__link__access_on=True, guest__link__item=quiz.item)
    came(quiz, f"guest:{admission.pk}", state="open")
    other = GuestAdmissionFactory(guest__link__access_on=True, guest__link__item=quiz.item)
    came(quiz, f"guest:{other.pk}", is_preview=True)
    assert "There is nobody to write to now." in browser.get(address).content.decode()
    browser.post(address)
    assert not OutgoingMail.objects.exists()


def test_an_address_that_several_have_typed_gets_one_mail_of_whoever_has_proven_it(
    quiz, guest, browser, address, django_capture_on_commit_callbacks
):
    for number in range(3):
        admission = GuestAdmissionFactory(guest=guest.guest)
        came(quiz, f"guest:{admission.pk}", name=f"Ada {number}")
    proven = InvitationFactory(item=quiz.item, email="ada@example.org", accepted=True)
    ada = came(quiz, f"invitation:{proven.pk}", name="Ada Lovelace")
    Taker.objects.filter(pk=ada.pk).update(person=person_digest("ada@example.org"), **CONFIRMED)
    TakerKey.objects.filter(taker=ada).update(is_proven=True)
    [one] = send(browser, address, django_capture_on_commit_callbacks)
    assert "Ada Lovelace" in one.body
    later = GuestAdmissionFactory(guest=guest.guest)
    came(quiz, f"guest:{later.pk}", name="Ada again")
    assert len(send(browser, address, django_capture_on_commit_callbacks)) == 1


def proves(taker, email):
    Taker.objects.filter(pk=taker.pk).update(person=person_digest(email), **CONFIRMED)
    TakerKey.objects.filter(taker=taker).update(is_proven=True)


def test_whoever_types_an_address_keeps_nobody_from_their_mail_who_proves_it_later(
    quiz, guest, browser, address, django_capture_on_commit_callbacks
):
    assert len(send(browser, address, django_capture_on_commit_callbacks)) == 1
    invited = InvitationFactory(item=quiz.item, email="ada@example.org", accepted=True)
    ada = came(quiz, f"invitation:{invited.pk}", name="Ada Lovelace")
    proves(ada, "ada@example.org")
    page = browser.get(address).content.decode()
    assert "1 person who took the quiz gets an email" in page
    sent = send(browser, address, django_capture_on_commit_callbacks)
    assert "Ada Lovelace" in sent[-1].body
    assert len(sent) == 2
    assert len(send(browser, address, django_capture_on_commit_callbacks)) == 2


def test_whoever_has_proven_an_address_has_its_mail_though_their_turn_comes_later(
    quiz, guest, many, owner
):
    invited = InvitationFactory(item=quiz.item, email="ada@example.org", accepted=True)
    ada = came(quiz, f"invitation:{invited.pk}", name="Ada Lovelace")
    proves(ada, "ada@example.org")
    row = mailing.mail_results(quiz=quiz, by=owner)
    assert not OutgoingMail.objects.filter(address="ada@example.org").exists()
    mailing.mail_results_on.call(row.pk)
    assert OutgoingMail.objects.get(address="ada@example.org").about_id == ada.pk
    assert OutgoingMail.objects.count() == 6


def test_only_who_is_written_to_is_counted_and_marked(
    quiz, guest, browser, address, django_capture_on_commit_callbacks
):
    other = came(quiz, f"guest:{GuestAdmissionFactory(guest=guest.guest).pk}", name="Ada again")
    page = browser.get(address).content.decode()
    assert "1 person who took the quiz gets an email" in page
    assert "1 person has the same email as somebody else here" in page
    assert len(send(browser, address, django_capture_on_commit_callbacks)) == 1
    row = ResultsMailing.objects.get()
    assert (row.people_done, row.mailed) == (2, 1)
    assert QuizChange.objects.get().now == {"people": 1}
    assert Taker.objects.get(results_mailed_at=None) == other
    OutgoingMail.objects.all().delete()  # after two weeks
    Taker.objects.update(person=person_digest("ada@example.org"))
    page = browser.get(address).content.decode()
    assert "There is nobody to write to now." in page
    assert len(send(browser, address, django_capture_on_commit_callbacks)) == 1


def test_whoever_got_none_can_be_written_to_again(quiz, guest):
    Taker.objects.update(results_mailed_at=timezone.now())
    [taker] = Taker.objects.all()
    QuizResultsMail().not_delivered([taker.pk])
    taker.refresh_from_db()
    assert taker.results_mailed_at is None


def test_an_account_that_may_not_open_the_quiz_any_more_is_told_nothing(
    quiz, browser, address, django_capture_on_commit_callbacks
):
    quiz.item.state = State.PRIVATE
    quiz.item.save()
    account = UserFactory(email="linus@example.edu")
    came(quiz, f"account:{account.pk}", name="Linus")
    assert send(browser, address, django_capture_on_commit_callbacks) == []


@pytest.mark.parametrize("by", ["account", "guest", "none"])
def test_who_came_in_two_ways_is_told_by_the_one_that_is_open(
    quiz, browser, address, django_capture_on_commit_callbacks, by
):
    yesterday = timezone.now() - timedelta(days=1)
    guest = GuestAdmissionFactory(
        guest__link__access_on=True,
        guest__link__item=quiz.item,
        guest__link__expires_at=None if by == "guest" else yesterday,
        guest__email="ada@example.org",
    )
    quiz.item.state = State.PUBLISHED
    quiz.item.save()
    gallery = PublicationFactory(item=quiz.item).gallery
    account = UserFactory(email="ada@example.org")
    if by == "account":
        GalleryMembershipFactory(gallery=gallery, user=account)
    ada = came(quiz, f"guest:{guest.pk}", person=person_digest("ada@example.org"), **CONFIRMED)
    TakerKey.objects.create(quiz=quiz, taker=ada, key=f"account:{account.pk}")
    TakerKey.objects.filter(taker=ada).update(is_proven=True)
    sent = send(browser, address, django_capture_on_commit_callbacks)
    assert [one.to for one in sent] == ([] if by == "none" else [["ada@example.org"]])
    for one in sent:
        assert (quiz.item.get_absolute_url() in one.body) == (by == "account")
        assert (results_address(guest.guest.link) in one.body) == (by == "guest")


# --- many ----------------------------------------------------------------------------------------


@pytest.fixture
def many(quiz, monkeypatch):
    """Five with an address, of whom two are gone through at a time; and one who has none."""
    monkeypatch.setattr(mailing, "AT_ONCE", 2)
    for number in range(5):
        invited = InvitationFactory(item=quiz.item, email=f"p{number}@example.org", accepted=True)
        came(quiz, f"invitation:{invited.pk}", name=f"P{number}")
        if number == 3:
            take(quiz, "Nobody knows", right=["single"])


def results_page(quiz, browser, **headers):
    return browser.get(reverse("media_items:quiz_results", args=[quiz.item.public_id]), **headers)


def test_many_are_written_to_by_a_task_that_says_how_far_it_is(
    quiz, many, browser, address, django_capture_on_commit_callbacks
):
    assert "Then 4 more people are written to." in browser.get(address).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(address)
        browser.post(address)
    assert OutgoingMail.objects.count() == 2
    page = results_page(quiz, browser).content.decode()
    assert "Emailing the results: 2 of 6" in page
    assert "The results are being emailed." in browser.get(address).content.decode()
    asked = {"headers": {"HX-Request": "true"}, "query_params": {"mailing": "1"}}
    assert "2 of 6" in results_page(quiz, browser, **asked).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        run_tasks()
    run_tasks()
    assert sorted(one.to[0] for one in mail.outbox) == [f"p{n}@example.org" for n in range(5)]
    assert "hx-trigger" not in results_page(quiz, browser, **asked).content.decode()
    row = ResultsMailing.objects.get()
    assert (row.people_done, row.mailed, row.finished_at is None) == (6, 5, False)
    assert QuizChange.objects.get().now == {"people": 5}


@pytest.mark.parametrize("dies_at", [1, 2])
def test_what_was_killed_is_taken_up_and_writes_to_nobody_twice(
    quiz, many, owner, monkeypatch, time_machine, dies_at
):
    time_machine.move_to(timezone.now(), tick=False)
    send, calls = mailing._send[0], []

    def dies(mails, by):
        send(mails, by)
        calls.append(mails)
        if len(calls) == dies_at + 1:
            raise SystemExit

    monkeypatch.setattr(mailing, "_send", [dies])
    row = mailing.mail_results(quiz=quiz, by=owner)
    with pytest.raises(SystemExit):
        mailing.mail_results_on.call(row.pk)
    assert OutgoingMail.objects.count() == 2 * dies_at
    assert mailing.take_up() == 0
    time_machine.shift(60)
    assert mailing.take_up() == 1
    assert mailing.take_up() == 0
    run_tasks()
    assert sorted(OutgoingMail.objects.values_list("address", flat=True)) == [
        f"p{number}@example.org" for number in range(5)
    ]
    time_machine.shift(60)
    assert mailing.take_up() == 0


def test_what_ends_again_and_again_waits_for_somebody(quiz, many, browser, address, owner):
    row = mailing.mail_results(quiz=quiz, by=owner)
    ResultsMailing.objects.update(starts=MOST_STARTS)
    mailing.mail_results_on.call(row.pk)
    assert OutgoingMail.objects.count() == 2
    assert "has stopped after 2 of 6" in results_page(quiz, browser).content.decode()
    asked = browser.get(address).content.decode()
    assert "has stopped after 2 of 6" in asked
    assert re.search(r"<button[^>]*>Continue</button>", asked)
    browser.post(address)
    assert not ResultsMailing.objects.get().has_given_up
    mailing.mail_results_on.call(row.pk)
    assert OutgoingMail.objects.count() == 5


# --- those who were invited and have not started --------------------------------------------------


@pytest.fixture
def results(quiz):
    return reverse("media_items:quiz_results", args=[quiz.item.public_id])


@pytest.fixture
def reminding(quiz):
    return reverse("media_items:remind_of_quiz", args=[quiz.item.public_id])


def invite(quiz, name, **facts):
    return InvitationFactory(
        item=quiz.item, email=f"{name.lower()}@example.org", first_name=name, **facts
    )


def test_those_who_have_not_started_are_listed_searched_and_exported(quiz, browser, results):
    invite(quiz, "Linus")
    accepted = invite(quiz, "Grace", accepted=True)
    started = invite(quiz, "Margaret", accepted=True)
    came(quiz, f"invitation:{started.pk}")
    by_account = invite(quiz, "Radia", accepted=True, account=UserFactory())
    came(quiz, f"account:{by_account.account_id}")
    invite(quiz, "Edith", role="collaborator")  # only tries it
    page = browser.get(results, {"show": "not-come"}).content.decode()
    names = ("Linus", "Grace", "Margaret", "Radia", "Edith")
    assert [one for one in names if one in page] == ["Linus", "Grace"]
    assert accepted.email in page
    page = browser.get(results, {"show": "not-come", "q": "lin"}).content.decode()
    assert [one for one in names if one in page] == ["Linus"]
    address = reverse("media_items:quiz_people_export", args=[quiz.item.public_id, "csv"])
    file = b"".join(browser.get(address, {"show": "not-come"}).streaming_content).decode()
    assert [one for one in names if one in file] == ["Linus", "Grace"]


def test_whoever_came_in_another_way_with_the_address_proven_is_not_missing(
    quiz, browser, results, reminding
):
    invite(quiz, "Linus")
    for name, facts in (("Grace", CONFIRMED), ("Radia", {})):  # verified, typed
        email = invite(quiz, name).email
        admission = GuestAdmissionFactory(
            guest__link__access_on=True, guest__link__item=quiz.item, guest__email=email
        )
        taker = came(quiz, f"guest:{admission.pk}", person=person_digest(email), **facts)
        taker.keys.update(is_proven=bool(facts))
    page = browser.get(results, {"show": "not-come"}).content.decode()
    assert [one for one in ("Linus", "Grace", "Radia") if one in page] == ["Linus", "Radia"]
    asked = browser.get(reminding).text
    assert "1 person who was invited" in asked
    assert "Also 1 person under whose email somebody took the quiz" in asked


@pytest.mark.parametrize("by", ["account", "invitation to another item"])
def test_whoever_is_known_by_their_address_is_known_without_a_digest(quiz, by, monkeypatch):
    """As for every letter of a search; also after the server has got another key."""
    invited = invite(quiz, "Grace")
    other = UserFactory(email=invited.email) if by == "account" else None
    other = other or InvitationFactory(email=invited.email)
    key = f"{'account' if by == 'account' else 'invitation'}:{other.pk}"
    came(quiz, key, person=person_digest(invited.email), **CONFIRMED).keys.update(is_proven=True)
    invite(quiz, "Linus")
    made = []
    monkeypatch.setattr(keyed_digests, "salted_hmac", lambda *args, **_more: made.append(args))
    assert [one.first_name for one in Invitees().missing(quiz.item, "n")] == ["Linus"]
    assert not made


def test_mails_to_whom_somebody_was_merged_with_are_not_theirs(quiz, guest):
    typed = Taker.objects.get()
    account = UserFactory()
    other = came(quiz, f"account:{account.pk}", name="Grace", person="x", certainty="signed_in")
    other.keys.update(is_proven=True)
    merge(typed, into=other)
    subject = Subject(item=quiz.item, keys=frozenset({f"guest:{guest.pk}"}))
    assert set(QuizResultsMail().about_person(subject)) == {typed.pk}
    subject = Subject(item=quiz.item, keys=frozenset({f"account:{account.pk}"}))
    assert set(QuizResultsMail().about_person(subject)) == {other.pk}


def test_each_of_them_is_reminded_once_with_their_own_link(
    quiz, browser, reminding, django_capture_on_commit_callbacks
):
    first = invite(quiz, "Linus")
    second = invite(quiz, "Grace", accepted=True)
    invite(quiz, "Edith", declined=True)
    page = browser.get(reminding).content.decode()
    assert "2 people who were invited" in page
    assert "1 person more has had a reminder already" in page
    assert not OutgoingMail.objects.exists()
    for _twice in range(2):
        sent = send(browser, reminding, django_capture_on_commit_callbacks)
    found = {one.to[0]: one.body for one in sent}
    assert len(sent) == 2
    assert [one.what for one in QuizChange.objects.all()] == ["reminded"]
    for one in (first, second):
        assert invitation_address(one) in found[one.email]


@pytest.mark.parametrize("how", ["closed", "not published"])
def test_nobody_is_reminded_of_a_quiz_that_cannot_be_taken(quiz, how):
    InvitationFactory(item=quiz.item, email="grace@example.org", role="viewer")
    assert Invitees().to_remind(quiz.item).count() == 1
    if how == "closed":
        quiz.item.ends_at = timezone.now()
        quiz.item.save()
    else:
        quiz.published = None
        quiz.save()
    item = type(quiz.item).objects.get(pk=quiz.item.pk)
    assert Invitees().to_remind(item).count() == 0


@pytest.mark.parametrize(
    ("ends", "exempt", "is_reminded"),
    [
        (None, None, True),
        (-1, None, False),
        (1, None, True),
        (-1, 1, True),
        (-2, -1, False),
        (1, -1, False),
        (None, -1, False),
        (1, 2, True),
    ],
)
@pytest.mark.parametrize("by", ["invitation", "account"])
def test_reminded_is_who_may_still_take_it_by_their_own_closing_time(
    quiz, owner, ends, exempt, is_reminded, by
):
    now = timezone.now()
    invited = invite(quiz, "Grace")
    if by == "account":
        invited.account = UserFactory(email="grace@example.edu")
        invited.save()
    quiz.item.ends_at = ends and now + timedelta(days=ends)
    quiz.item.save()
    if exempt:
        email = invited.account.email if by == "account" else invited.email
        closes_at = now + timedelta(days=exempt)
        save_exemption(exemption=Exemption(quiz=quiz, email=email, closes_at=closes_at), by=owner)
    asked_for = OutgoingMail(kind="quiz_reminder", address=invited.email, about_id=invited.pk)
    item = type(quiz.item).objects.get(pk=quiz.item.pk)
    assert list(Invitees().to_remind(item)) == ([invited] if is_reminded else [])
    invited = Invitation.objects.select_related("item").get(pk=invited.pk)
    assert bool(QuizReminderMail().stale(asked_for, invited)) is not is_reminded


@pytest.mark.parametrize(("extra", "is_reminded"), [(0, False), (1, True)])
def test_who_was_erased_with_no_attempts_left_is_not_reminded(quiz, owner, extra, is_reminded):
    invited, other = invite(quiz, "Grace"), invite(quiz, "Linus")
    type(quiz).objects.update(attempts_allowed=1)
    theirs = came(quiz, "invitation:99999", person=person_digest(invited.email), **CONFIRMED)
    remember(Taker.objects.get(pk=theirs.pk))
    theirs.delete()
    if extra:
        more = Exemption(quiz=quiz, email=invited.email, extra_attempts=extra)
        save_exemption(exemption=more, by=owner)
    item = type(quiz.item).objects.get(pk=quiz.item.pk)
    found = set(Invitees().to_remind(item))
    assert found == ({invited, other} if is_reminded else {other})


def test_before_a_reminder_goes_out_no_address_is_read_but_its_own(
    quiz, owner, django_assert_max_num_queries
):
    """Where anybody was erased the addresses are read, to see who has used up their attempts."""
    invited, other = invite(quiz, "Grace"), invite(quiz, "Linus")
    type(quiz).objects.update(attempts_allowed=1)
    theirs = came(quiz, "invitation:99999", person=person_digest(other.email), **CONFIRMED)
    remember(Taker.objects.get(pk=theirs.pk))
    theirs.delete()
    for one, is_due in ((invited, True), (other, False)):
        asked_for = OutgoingMail(kind="quiz_reminder", address=one.email, about_id=one.pk)
        row = Invitation.objects.select_related("item").get(pk=one.pk)
        with django_assert_max_num_queries(20) as queries:
            assert (QuizReminderMail().stale(asked_for, row) == "") is is_due
        start = 'SELECT "invitations_invitation"."email"'
        [read] = [one["sql"] for one in queries if one["sql"].startswith(start)]
        assert f'"invitations_invitation"."id" = {one.pk}' in read


def test_who_starts_meanwhile_is_not_reminded(
    quiz, browser, reminding, django_capture_on_commit_callbacks
):
    invited = invite(quiz, "Linus")
    browser.post(reminding)
    came(quiz, f"invitation:{invited.pk}", state="open")
    assert send(browser, reminding, django_capture_on_commit_callbacks) == []


def test_a_page_of_those_who_have_not_started_costs_the_same_for_one_and_eleven(
    quiz, browser, results, django_assert_max_num_queries, django_assert_num_queries
):
    invite(quiz, "Linus")
    browser.get(results, {"show": "not-come"})
    with django_assert_max_num_queries(60) as one:
        browser.get(results, {"show": "not-come"})
    for number in range(10):
        invite(quiz, f"Guest{number}")
    with django_assert_num_queries(len(one)):
        browser.get(results, {"show": "not-come"})


@pytest.mark.parametrize(
    ("facts", "is_named"),
    [({}, False), ({"certainty": Certainty.CONFIRMED.value, "person": "ada"}, True)],
)
def test_a_name_that_was_typed_goes_to_no_address_that_was_typed(
    quiz, browser, address, django_capture_on_commit_callbacks, facts, is_named
):
    admission = GuestAdmissionFactory(
        guest__link__access_on=True, guest__link__item=quiz.item, guest__email="ada@example.org"
    )
    came(quiz, f"guest:{admission.pk}", name="See https://example.net", **facts)
    [sent] = send(browser, address, django_capture_on_commit_callbacks)
    html = sent.alternatives[0].content
    assert ("example.net" in sent.body, "example.net" in html) == (is_named, is_named)
    assert sent.body.startswith("Hello See" if is_named else "Hello,")


# --- what they would see, and once more --------------------------------------------------------


def shown_when(quiz, when, **more):
    Quiz.objects.filter(pk=quiz.pk).update(
        score_when=when, feedback_when=when, answers_when=when, **more
    )


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (ShownWhen.CLOSED, "The quiz must have closed: results are shown from"),
        (ShownWhen.NEVER, "Your settings show no results."),
        (ShownWhen.LAST_ATTEMPT, "Results are shown once somebody can answer no more."),
        (ShownWhen.HANDED_IN, ""),
    ],
)
def test_the_host_is_told_who_would_see_nothing_and_from_when(
    quiz, guest, browser, address, when, said
):
    shown_when(quiz, when)
    MediaItem.objects.filter(pk=quiz.item.pk).update(ends_at=timezone.now() + timedelta(hours=1))
    page = browser.get(address).content.decode()
    assert ("Nobody of them sees a result now." in page) == bool(said)
    assert said in page


def test_the_host_is_told_what_is_not_marked(quiz, guest, browser, address):
    assert "not marked yet" not in browser.get(address).content.decode()
    Taker.objects.update(waiting=2)
    assert "2 of their answers are not marked yet." in browser.get(address).content.decode()


@pytest.mark.parametrize("news", ["closed", "marks", "settings", "none", "renamed"])
def test_everybody_is_written_to_again_once_there_is_something_new(
    quiz, guest, browser, address, django_capture_on_commit_callbacks, time_machine, news
):
    shown_when(quiz, ShownWhen.CLOSED)
    item = MediaItem.objects.filter(pk=quiz.item.pk)
    item.update(ends_at=timezone.now() + timedelta(hours=1))
    assert len(send(browser, address, django_capture_on_commit_callbacks)) == 1
    assert "already got this email, and nothing is new since" in browser.get(address).text
    time_machine.move_to(timezone.now() + timedelta(minutes=5))
    match news:
        case "closed":
            time_machine.shift(timedelta(hours=2))
        case "settings":
            trail.note_change(quiz, trail.SETTINGS, by=None, now={"score_when": "handed_in"})
        case "marks" | "renamed":
            trail.note_change(quiz, news, by=None, taker=Taker.objects.get())
    time_machine.shift(timedelta(minutes=1))
    is_new = news in {"closed", "marks", "settings"}
    assert ("they can get it again" in browser.get(address).text) == is_new
    assert len(send(browser, address, django_capture_on_commit_callbacks)) == 1
    for _twice in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            browser.post(address, {"again": "yes"})
        run_tasks()
    assert len(mail.outbox) == (2 if is_new else 1)


@pytest.mark.parametrize("about", ["taker", "attempt"])
def test_whoever_nothing_is_new_for_is_not_written_to_again(
    quiz, guest, browser, address, django_capture_on_commit_callbacks, time_machine, about
):
    """Marks given to one person are news for that one alone."""
    for name in ("Bo", "Cy"):
        email = f"{name.lower()}@example.org"
        other = GuestAdmissionFactory(guest__link=guest.guest.link, guest__email=email)
        came(quiz, f"guest:{other.pk}", name=name)
    twin = GuestAdmissionFactory(guest=guest.guest)
    came(quiz, f"guest:{twin.pk}", name="Ada at the same address")
    assert len(send(browser, address, django_capture_on_commit_callbacks)) == 3
    time_machine.move_to(timezone.now() + timedelta(minutes=5))
    bo = Taker.objects.get(name="Bo")
    which = {"taker": bo} if about == "taker" else {"attempt": bo.attempts.get()}
    trail.note_change(quiz, trail.MARKS, by=None, **which)
    time_machine.shift(timedelta(minutes=1))
    assert "1 person already got this email, and something is new" in browser.get(address).text
    for _twice in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            browser.post(address, {"again": "yes"})
        run_tasks()
    assert [one.to for one in mail.outbox[3:]] == [["bo@example.org"]]


def test_the_link_of_the_mail_leads_whoever_is_not_known_to_their_results(
    quiz, guest, browser, address, client, django_capture_on_commit_callbacks
):
    MediaItem.objects.filter(pk=quiz.item.pk).update(ends_at=timezone.now() - timedelta(hours=1))
    [one] = send(browser, address, django_capture_on_commit_callbacks)
    url = re.search(r"http\S+/g/\S+\?results=1", one.body)[0].removeprefix("http://testserver")
    url = url[url.index("/g/") :]
    page = client.get(url).text
    assert "Your results of “" in page
    for words in ("Take the quiz", "If you missed it", "is closed"):
        assert words not in page
    answer = client.post(url, {"name": "Ada", "email": "ada@example.org"}, follow=True)
    assert answer.redirect_chain == [(f"/media/{quiz.item.public_id}/confirm-email/", 302)]
    assert "Send a code" in answer.text
    inside = client.get(url)
    assert inside["Location"] == f"/media/{quiz.item.public_id}/confirm-email/"
    GuestAdmission.objects.update(confirmed_at=timezone.now())
    assert client.get(url)["Location"] == quiz.item.get_absolute_url()


# --- invited at the address that a guest typed -------------------------------------------------


@pytest.fixture
def finn(quiz):
    return InvitationFactory(
        item=quiz.item, email="ada@example.org", first_name="Finn", last_name="Olsen"
    )


def test_whoever_was_invited_at_the_address_that_a_guest_typed_is_offered_and_becomes_one(
    quiz, guest, finn, browser
):
    [taker] = Taker.objects.all()
    results = reverse("media_items:quiz_results", args=[quiz.item.public_id])
    page = browser.get(results, {"show": "not-come"}).text
    assert "<bdi>Ada</bdi> took the quiz under this email, without verifying it." in page
    merging = reverse("media_items:merge_taker", args=[quiz.item.public_id, taker.pk])
    page = browser.get(merging).text
    assert "Finn Olsen" in page
    assert "the email that was entered here, which nobody has verified" in page
    browser.post(merging, {"into": f"invitation:{finn.pk}"})
    [row] = people.takers_of(quiz)
    assert (row.shown_name, row.certainty, row.attempts.count()) == ("Finn Olsen", "typed", 1)
    assert not Invitees().missing(quiz.item).exists()
    browser.post(reverse("media_items:separate_taker", args=[quiz.item.public_id, taker.pk]))
    [row] = people.takers_of(quiz)
    assert (row.pk, row.shown_name) == (taker.pk, "Ada")
    assert list(Invitees().missing(quiz.item)) == [finn]


def test_nobody_is_merged_with_an_invitation_to_something_else(quiz, guest, browser):
    other = InvitationFactory(email="ada@example.org")
    [taker] = Taker.objects.all()
    merging = reverse("media_items:merge_taker", args=[quiz.item.public_id, taker.pk])
    assert browser.post(merging, {"into": f"invitation:{other.pk}"}).status_code == 404
    assert Taker.objects.count() == 1


def test_nobody_is_reminded_while_a_result_of_their_address_is_undecided(
    quiz, guest, finn, browser
):
    other = InvitationFactory(item=quiz.item, email="new@example.org")
    assert list(Invitees().to_remind(quiz.item)) == [other]
    address = reverse("media_items:remind_of_quiz", args=[quiz.item.public_id])
    page = browser.get(address).text
    assert "1 person who was invited and has not started gets an email" in page
    assert "Also 1 person under whose email somebody took the quiz without verifying it" in page
    browser.post(address)
    assert list(OutgoingMail.objects.values_list("address", flat=True)) == ["new@example.org"]
    browser.post(address, {"undecided": "yes"})
    assert OutgoingMail.objects.filter(address="ada@example.org").count() == 1
