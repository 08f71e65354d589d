"""Who was invited and did not come, and what they are written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from access.guests.models import GuestAdmission
from access.guests.services.guests import erase_admission
from access.invitations.models import Invitation, InvitationRole
from access.invitations.services.limits import RoleNotGrantable
from access.mail.models import OutgoingMail
from access.people_lists.models import Batch
from access.reports.missed import missed, to_write_to, typed_by_guests
from access.reports.writing import write_to_missed
from tests import factories
from tests.access.reports.conftest import at
from tests.live_factories import BroadcastFactory
from tests.tasks import run_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def recording(owner, session):
    """Of `session`."""
    made = factories.MediaItemFactory(owner=owner, title="Office hour, recorded")
    BroadcastFactory(session=session, recording=made)
    return made


@pytest.fixture
def press(host, url, recording, django_capture_on_commit_callbacks):
    """`press()`: the host sends the dialog off; what is to be done after commit is done."""

    def send(browser=host, **data):
        data = {
            "recording": recording.public_id,
            "note": "See you",
            "declined": "on",
            "sure": "1",
        } | data
        with django_capture_on_commit_callbacks(execute=True):
            return browser.post(url("write_to_missed"), data, follow=True)

    return send


def emails(rows):
    return sorted(rows.values_list("email", flat=True))


# --- who missed it ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "is_missed"),
    [
        ({}, True),
        ({"accepted": True}, True),
        ({"declined": True}, True),
        ({"created_at": at(30)}, True),
        ({"created_at": at(61)}, False),
        ({"revoked_at": at(30)}, False),
        ({"revoked_at": at(61)}, True),
        ({"expires_at": at(-30)}, False),
        ({"expires_at": at(30)}, True),
    ],
)
def test_invited_means_invited_while_the_session_was(session, invite, facts, is_missed):
    invite("grace@example.org", **facts)
    assert missed(session, at(60)).exists() == is_missed


def test_whoever_was_taken_back_since_is_shown_and_not_written_to(session, invite):
    invite("grace@example.org", revoked_at=at(100))
    assert emails(missed(session, at(60))) == ["grace@example.org"]
    assert emails(to_write_to(session, at(60))) == []


def test_whoever_came_by_invitation_or_account_did_not_miss_it(
    session, invite, by_invitation, by_account
):
    by_invitation(invite("a@example.org", accepted=True), (0, 10))
    bound = factories.UserFactory(email="other@example.org")
    invite("b@example.org", accepted=True, account=bound)
    by_account(bound, (0, 10))
    verified = factories.UserFactory(email="c@example.org", email_verified_at=timezone.now())
    invite("c@example.org")
    by_account(verified, (0, 10))
    assert emails(missed(session, at(60))) == []


def test_an_account_that_never_proved_its_address_is_not_the_person_invited(
    session, invite, by_account
):
    invite("d@example.org")
    by_account(factories.UserFactory(email="d@example.org"), (0, 10))
    assert emails(missed(session, at(60))) == ["d@example.org"]


def test_whoever_was_refused_at_the_door_did_not_miss_it_and_whoever_waited_in_vain_did(
    session, invite, by_invitation
):
    by_invitation(invite("no@example.org"), admitted_at=None, declined_at=at(1))
    by_invitation(invite("out@example.org"), (0, 5), removed_at=at(5))
    by_invitation(invite("waits@example.org"), (0, 60), admitted_at=None)
    assert emails(missed(session, at(60))) == ["waits@example.org"]


def test_a_guest_who_typed_the_address_proves_nothing_and_the_row_says_so(
    host, url, invite, by_guest_link
):
    invite("ada@example.org")
    invite("bob@example.org")
    by_guest_link((0, 30), email="ada@example.org")
    response = host.get(url("session_report"), {"show": "missed"})
    found = {row.invitation.email: row.by_guest for row in response.context["rows"]}
    assert found == {"ada@example.org": True, "bob@example.org": False}
    assert "A guest joined with this email, which wasn’t verified." in response.content.decode()


def test_other_sessions_and_other_items_do_not_count(session, invite, by_invitation):
    from tests.live_factories import LiveSessionFactory

    later = LiveSessionFactory(
        item=session.item, made_at=at(600), ended_at=at(700), end_reason="by_host"
    )
    by_invitation(invite("a@example.org", accepted=True), (600, 610), session=later)
    factories.InvitationFactory(email="z@example.org", created_at=at(-100))
    assert emails(missed(session, at(60))) == ["a@example.org"]


def test_missed_are_searched_sorted_and_told_their_state(host, url, invite):
    invite("a@example.org", last_name="Alpha", created_at=at(-100))
    invite("z@example.org", last_name="Zulu", created_at=at(-50), declined=True)
    page = url("session_report")

    def names(**query):
        rows = host.get(page, {"show": "missed", **query}).context["rows"]
        return [row.invitation.email for row in rows]

    assert names() == ["a@example.org", "z@example.org"]
    assert names(sort="newest") == ["z@example.org", "a@example.org"]
    assert names(q="zulu") == ["z@example.org"]
    assert names(sort="longest") == ["a@example.org", "z@example.org"]
    body = host.get(page, {"show": "missed"}).content.decode()
    assert "Declined" in body
    assert "Link not emailed" in body


# --- writing to them --------------------------------------------------------------------------


def test_everybody_who_missed_it_is_invited_to_the_recording_with_a_mail(
    press, invite, recording, owner
):
    invite("a@example.org", first_name="Grace", last_name="Hopper")
    invite("b@example.org", declined=True)
    response = press()
    made = Invitation.objects.on(recording).order_by("email")
    assert [(one.email, one.role, one.note, one.invited_by) for one in made] == [
        ("a@example.org", InvitationRole.VIEWER, "See you", owner),
        ("b@example.org", InvitationRole.VIEWER, "See you", owner),
    ]
    assert made[0].get_full_name() == "Grace Hopper"
    run_tasks()
    assert sorted(one.to[0] for one in mail.outbox) == ["a@example.org", "b@example.org"]
    assert "See you" in mail.outbox[0].body
    assert "We’re emailing the recording to 2 people." in response.content.decode()


def test_pressed_twice_nobody_is_written_to_twice(press, invite, recording):
    invite("a@example.org")
    press()
    response = press()
    assert OutgoingMail.objects.filter(invitation__item=recording).count() == 1
    assert "Nobody was emailed" in response.content.decode()


def test_those_with_access_already_are_left_and_counted(press, invite, recording, owner):
    invite("a@example.org")
    invite("invited@example.org")
    invite(owner.email)
    colleague = factories.CoEditorFactory(item=recording).user
    invite(colleague.email)
    factories.InvitationFactory(item=recording, email="invited@example.org", role="collaborator")
    response = press()
    assert "3 others already had access" in response.content.decode()
    assert Invitation.objects.on(recording).count() == 2
    assert Invitation.objects.on(recording).get(email="invited@example.org").role == "collaborator"


def test_whoever_was_blocked_since_is_neither_invited_to_the_recording_nor_written_to(
    press, host, url, invite, recording, room
):
    invite("a@example.org")
    invite("bad@example.org")
    factories.BlockFactory(item=room, email="bad@example.org")
    assert host.get(url("write_to_missed")).context["count"] == 1
    press()
    assert emails(Invitation.objects.on(recording)) == ["a@example.org"]
    press(recording="", note="We missed you")
    run_tasks()
    assert {to for mail_ in mail.outbox for to in mail_.to} == {"a@example.org"}


def test_whoever_is_blocked_on_the_recording_is_not_invited_to_it(press, invite, recording):
    invite("a@example.org")
    invite("bad@example.org")
    factories.BlockFactory(item=recording, email="bad@example.org")
    press()
    assert emails(Invitation.objects.on(recording)) == ["a@example.org"]


def test_whoever_is_blocked_while_the_mail_waits_gets_none(press, invite, room):
    invite("bad@example.org")
    press(recording="", note="We missed you")
    factories.BlockFactory(item=room, email="bad@example.org")
    run_tasks()
    assert mail.outbox == []
    assert "blocked" in OutgoingMail.objects.get().answer


def test_an_invitation_whose_last_day_was_that_of_the_session_is_no_bar(press, invite, recording):
    invite("a@example.org", expires_at=at(90))
    press()
    assert emails(Invitation.objects.on(recording)) == ["a@example.org"]


def test_those_who_declined_can_be_left_out(press, invite, recording):
    invite("a@example.org")
    invite("b@example.org", declined=True)
    press(declined="")
    assert emails(Invitation.objects.on(recording)) == ["a@example.org"]


def test_the_recording_of_the_session_is_offered_and_no_other_film(
    host, url, recording, owner, invite
):
    invite("a@example.org")
    another = factories.MediaItemFactory(owner=owner, title="Another")
    form = host.get(url("write_to_missed")).context["form"]
    assert [key for key, _title in form.fields["recording"].choices] == [
        "",
        recording.public_id,
    ]
    assert form["recording"].value() == recording.public_id
    assert "Office hour" in form["note"].value()
    assert "Here is the recording" in form["note"].value()
    response = host.post(url("write_to_missed"), {"recording": another.public_id, "sure": "1"})
    assert response.status_code == 422
    assert not Invitation.objects.on(another).exists()


def test_without_a_recording_of_its_own_there_are_words_only_and_they_promise_nothing(
    host, url, owner, invite
):
    invite("a@example.org")
    factories.MediaItemFactory(owner=owner, title="Another")
    page = host.get(url("write_to_missed"))
    form = page.context["form"]
    assert "recording" not in form.fields
    assert "access to the recording" not in page.text
    assert "Office hour" in form["note"].value()
    assert "recording" not in form["note"].value()


@pytest.mark.parametrize("press_again", ["sure", "change"])
def test_a_recording_that_is_gone_since_the_dialog_was_opened_sends_nothing(
    host, url, recording, invite, press_again
):
    invite("a@example.org")
    recording.deleted_at = at(60)
    recording.save()
    told = {"recording": recording.public_id, "note": "Here is the recording.", press_again: "1"}
    response = host.post(url("write_to_missed"), told)
    assert response.status_code == 422
    assert "can’t be shared any more" in response.text
    assert response.context["form"]["note"].value() == "Here is the recording."
    assert not OutgoingMail.objects.exists()


def test_what_will_be_sent_to_how_many_is_said_before(host, url, invite, recording):
    invite("a@example.org")
    invite("b@example.org", declined=True)
    words = {"recording": recording.public_id, "note": "See you there"}
    page = host.post(url("write_to_missed"), words | {"declined": "on"}).text
    assert "We’ll invite 2 people to the recording" in page
    assert recording.title in page
    assert "The recording is private" in page
    assert "See you there" in page
    assert "Email 2 people" in page
    page = host.post(url("write_to_missed"), words).text
    assert "Email 1 person" in page
    assert not Invitation.objects.on(recording).exists()
    assert not OutgoingMail.objects.exists()
    again = host.post(url("write_to_missed"), words | {"change": "1"})
    assert again.context["form"]["note"].value() == "See you there"


def test_a_mail_without_a_video_has_the_words_of_whoever_writes_and_goes_once(
    press, host, client_of, room, url, invite, owner
):
    grace = invite("a@example.org", first_name="Grace", note="See you on Friday", expires_at=at(90))
    page = host.post(url("write_to_missed"), {"note": "We missed you"}).text
    assert "We’ll email your message to 1 person, without a recording." in page
    colleague = factories.CoEditorFactory(item=room).user
    response = press(client_of(colleague), recording="", note="We missed you")
    assert "We’re emailing your message to 1 person." in response.text
    run_tasks()
    (sent,) = mail.outbox
    assert sent.to == ["a@example.org"]
    assert "We missed you" in sent.body
    assert "See you on Friday" not in sent.body
    assert "/i/" not in sent.body
    assert colleague.get_full_name() in sent.from_email
    assert sent.reply_to == [colleague.email]
    assert owner.get_full_name() not in sent.body
    assert not grace.item.invitations.exclude(pk=grace.pk).exists()
    assert "Nobody was emailed" in press(recording="", note="Once more").text
    run_tasks()
    assert len(mail.outbox) == 1


def test_without_a_recording_it_needs_words(press, invite):
    invite("a@example.org")
    assert press(recording="", note=" ").status_code == 422
    assert not OutgoingMail.objects.exists()


def test_a_co_editor_of_the_room_is_not_offered_a_recording_they_may_not_invite_to(
    client_of, room, url, recording, invite
):
    invite("a@example.org")
    user = factories.CoEditorFactory(item=room).user
    browser = client_of(user)

    def offered():
        field = browser.get(url("write_to_missed")).context["form"].fields.get("recording")
        return [key for key, _title in field.choices if key] if field else []

    assert offered() == []
    response = browser.post(url("write_to_missed"), {"recording": recording.public_id})
    assert response.status_code == 422
    assert not Invitation.objects.on(recording).exists()
    factories.CoEditorFactory(item=recording, user=user)
    assert offered() == [recording.public_id]


def test_a_video_of_somebody_else_is_refused(host, url, invite):
    invite("a@example.org")
    foreign = factories.MediaItemFactory()
    response = host.post(url("write_to_missed"), {"recording": foreign.public_id})
    assert response.status_code == 422
    assert not Invitation.objects.on(foreign).exists()


def test_the_service_itself_refuses_whoever_may_not_invite(session, recording, stranger, invite):
    invite("a@example.org")
    with pytest.raises(RoleNotGrantable):
        write_to_missed(session=session, recording=recording, by=stranger, note="", moment=at(60))


def test_looking_at_the_dialog_changes_nothing(host, url, invite, recording):
    invite("a@example.org")
    before = Invitation.objects.count()
    assert host.get(url("write_to_missed")).status_code == 200
    assert Invitation.objects.count() == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_dialog_is_for_those_who_see_the_register(outsiders, url, invite, recording, method):
    invite("a@example.org")
    for who, (browser, status) in outsiders.items():
        data = {"recording": recording.public_id}
        response = getattr(browser, method)(url("write_to_missed"), data)
        assert response.status_code == status, who
    assert not Invitation.objects.on(recording).exists()


def test_htmx_is_told_in_the_dialog_and_the_page_hears_of_it(
    host, url, invite, recording, django_capture_on_commit_callbacks
):
    invite("a@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        response = host.post(
            url("write_to_missed"),
            {"recording": recording.public_id, "sure": "1"},
            headers={"HX-Request": "true"},
        )
    assert response.status_code == 200
    assert "We’re emailing the recording to 1 person." in response.content.decode()
    assert "invitations-changed" in response["HX-Trigger"]


def test_nobody_left_is_said_plainly(host, url):
    assert "There is nobody to email" in host.get(url("write_to_missed")).content.decode()


def test_a_great_many_are_invited_by_a_task_as_a_list_would_be(
    press, invite, recording, monkeypatch, owner
):
    monkeypatch.setattr("access.reports.writing.AT_ONCE", 2)
    for n in range(3):
        invite(f"p{n}@example.org")
    response = press()
    batch = Batch.objects.get()
    assert response.redirect_chain[0][0].endswith(f"/{batch.pk}/")
    press()
    assert Batch.objects.count() == 1
    run_tasks()
    assert Invitation.objects.on(recording).filter(invited_by=owner).count() == 3
    press()
    assert Batch.objects.count() == 1
    assert OutgoingMail.objects.filter(invitation__item=recording).count() == 3


def test_writing_to_eleven_costs_as_many_queries_as_to_two(
    session, recording, owner, invite, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def write():
        with CaptureQueriesContext(connection) as captured:
            write_to_missed(session=session, recording=recording, by=owner, note="", moment=at(60))
        return len(captured)

    invite("a0@example.org")
    invite("a1@example.org")
    few = write()
    for n in range(2, 13):
        invite(f"a{n}@example.org")
    assert write() == few
    assert Invitation.objects.on(recording).count() == 13


def test_an_invitation_to_the_recording_has_no_last_day(press, invite, recording):
    invite("a@example.org", expires_at=at(0) + timedelta(days=1))
    press()
    assert Invitation.objects.on(recording).get().expires_at is None


def test_a_browser_that_erased_its_record_is_not_told_of_by_its_address(by_guest_link, session):
    link = factories.GuestLinkFactory(item=session.item, access_on=True)
    row = by_guest_link((0, 30), link=link)
    admissions = GuestAdmission.objects.select_related("guest__link__item")
    came = admissions.get(pk=int(row.key.removeprefix("guest:")))
    factories.GuestAdmissionFactory(guest=came.guest)  # another browser, which keeps the address
    email = came.guest.email
    assert typed_by_guests(session, [email]) == {email}
    erase_admission(admission=came)
    assert typed_by_guests(session, [email]) == set()
