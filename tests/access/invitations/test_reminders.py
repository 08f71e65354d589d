"""Before something scheduled starts the people invited are reminded: once, and who can come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import TestCase
from icalendar import Calendar

from access.invitations.models import Invitation, MailKind
from access.invitations.services import reminders
from access.invitations.services.managing import erase_invitation, revoke
from access.invitations.services.reminders import remind, remind_due
from access.links import invitation_token
from access.mail.models import OutgoingMail
from config.management.commands.db_worker import DUE
from media_items.catalogue.models import Kind, MediaItem, RemindBefore
from tests import factories
from tests.tasks import run_tasks

pytestmark = pytest.mark.django_db

STARTS = datetime(2031, 10, 12, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(STARTS - timedelta(days=3), tick=True) as traveller:
        yield traveller


@pytest.fixture
def event(clock, owner):
    return factories.MediaItemFactory(
        owner=owner,
        kind=Kind.LIVE_EVENT,
        title="Mitosis",
        starts_at=STARTS,
        ends_at=STARTS + timedelta(hours=1),
        time_zone="Europe/Berlin",
    )


def invited(event, **fields):
    """Invited by an email that went."""
    one = factories.InvitationFactory(item=event, **fields)
    factories.OutgoingMailFactory(about=one, sent=True)
    return one


@pytest.fixture
def grace(event):
    return invited(event, email="grace@example.org")


def look(mail_server):
    """A worker looks, and sends what is due; what has arrived since the last look."""
    before = len(mail_server.arrived)
    with TestCase.captureOnCommitCallbacks(execute=True):
        remind_due()
    run_tasks()
    return mail_server.arrived[before:]


def an_hour_before(clock, starts=STARTS):
    clock.move_to(starts - timedelta(minutes=59))


def test_an_hour_before_each_person_invited_gets_one_mail(clock, mail_server, event, grace):
    clock.move_to(STARTS - timedelta(minutes=62))
    assert look(mail_server) == []
    an_hour_before(clock)
    [mail] = look(mail_server)
    assert mail.recipients == [grace.email]
    assert mail.message["Subject"] == "“Mitosis” starts soon"
    assert "14:00" in mail.part("plain")  # the event's clock: theirs is not known
    assert invitation_token(grace) in mail.part("plain")
    [date] = Calendar.from_ical(mail.calendar.get_payload(decode=True)).walk("VEVENT")
    assert date.decoded("DTSTART") == STARTS
    assert look(mail_server) == []
    assert OutgoingMail.objects.filter(kind=MailKind.STARTS_SOON).count() == 1


def test_it_is_on_the_clock_of_the_account_at_the_address(clock, mail_server, event, grace):
    factories.UserFactory(email=grace.email, time_zone="America/New_York")
    an_hour_before(clock)
    [mail] = look(mail_server)
    assert "08:00" in mail.part("plain")


def test_a_day_before_where_the_host_chose_so(clock, mail_server, event, grace):
    MediaItem.objects.update(reminder=RemindBefore.DAY)
    clock.move_to(STARTS - timedelta(hours=25))
    assert look(mail_server) == []
    clock.move_to(STARTS - timedelta(hours=23))
    assert len(look(mail_server)) == 1
    an_hour_before(clock)
    assert look(mail_server) == []


def test_none_where_the_host_switched_it_off(clock, mail_server, event, grace):
    MediaItem.objects.update(reminder=RemindBefore.NEVER)
    an_hour_before(clock)
    assert look(mail_server) == []


def test_what_has_started_reminds_nobody(clock, mail_server, event, grace):
    clock.move_to(STARTS + timedelta(seconds=1))
    assert look(mail_server) == []


def test_what_moves_reminds_by_its_new_time(clock, mail_server, event, grace):
    an_hour_before(clock)
    assert len(look(mail_server)) == 1
    later = STARTS + timedelta(days=1)
    MediaItem.objects.update(starts_at=later, ends_at=None)
    assert look(mail_server) == []
    an_hour_before(clock, later)
    [mail] = look(mail_server)
    [date] = Calendar.from_ical(mail.calendar.get_payload(decode=True)).walk("VEVENT")
    assert date.decoded("DTSTART") == later


def test_what_moves_while_a_reminder_waits_does_not_send_it(clock, mail_server, event, grace):
    an_hour_before(clock)
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert remind_due() == 1
    MediaItem.objects.update(starts_at=STARTS + timedelta(hours=3), ends_at=None)
    run_tasks()
    assert mail_server.arrived == []
    an_hour_before(clock, STARTS + timedelta(hours=3))
    assert len(look(mail_server)) == 1


@pytest.mark.parametrize(
    "lose",
    [
        lambda one: revoke(invitation=one, by=None),
        lambda one: erase_invitation(invitation=one, by=None),
        lambda one: Invitation.objects.update(declined_at=STARTS, accepted_at=None),
        lambda one: Invitation.objects.update(expires_at=STARTS - timedelta(hours=2)),
        lambda one: factories.BlockFactory(item=one.item, email=one.email),
        lambda one: MediaItem.objects.update(deleted_at=STARTS),
    ],
    ids=["withdrawn", "erased", "declined", "expired", "blocked", "in the bin"],
)
@pytest.mark.parametrize("when", ["before it is due", "while it waits"])
def test_nobody_who_cannot_come_is_reminded(clock, mail_server, event, grace, lose, when):
    if when == "before it is due":
        lose(grace)
    an_hour_before(clock)
    with TestCase.captureOnCommitCallbacks(execute=True):
        remind_due()
    if when == "while it waits":
        lose(grace)
    run_tasks()
    assert mail_server.arrived == []


def test_whose_email_bounced_is_not_written_to_again(clock, mail_server, event, grace):
    factories.OutgoingMailFactory(about=grace, kind=MailKind.AGAIN, refused_at=STARTS)
    an_hour_before(clock)
    assert look(mail_server) == []


def test_who_was_never_emailed_is_not_but_who_accepted_is(clock, mail_server, event):
    factories.InvitationFactory(item=event, email="by-hand@example.org")
    factories.InvitationFactory(item=event, email="came@example.org", accepted=True)
    an_hour_before(clock)
    assert [mail.recipients for mail in look(mail_server)] == [["came@example.org"]]


def test_who_is_invited_in_the_last_hour_has_just_been_told(clock, mail_server, event):
    clock.move_to(STARTS - timedelta(minutes=30))
    invited(event)
    assert look(mail_server) == []


def test_guests_are_not_written_to(clock, mail_server, event):
    """SECURITY: their address was typed, and never proven to be theirs."""
    factories.GuestFactory(link=factories.GuestLinkFactory(item=event, access_on=True))
    an_hour_before(clock)
    assert look(mail_server) == []


def test_a_second_worker_asks_for_none(clock, event, grace):
    an_hour_before(clock)
    moment = STARTS - timedelta(minutes=59)
    assert remind(event.pk, moment) == 1
    assert remind(event.pk, moment) == 0
    assert remind_due() == 0


def test_what_reminds_nobody_keeps_no_reminder_back(clock, mail_server, event, grace, monkeypatch):
    """Not even where as many as are taken in one look start earlier: empty, too late, or done."""
    monkeypatch.setattr(reminders, "MOST_AT_ONCE", 2)
    earlier = {"kind": Kind.QUIZ, "starts_at": STARTS - timedelta(minutes=1)}
    for _number in range(3):
        factories.MediaItemFactory(**earlier)
    an_hour_before(clock, STARTS)
    clock.shift(timedelta(seconds=30))
    for _number in range(3):
        invited(factories.MediaItemFactory(**earlier))  # so late that they have just been told
        reminded = factories.InvitationFactory(
            item=factories.MediaItemFactory(**earlier), created_at=STARTS - timedelta(days=2)
        )
        factories.OutgoingMailFactory(
            about=reminded,
            kind=MailKind.STARTS_SOON,
            sent=True,
            told_starts_at=earlier["starts_at"],
        )
    assert [mail.recipients for mail in look(mail_server)] == [[grace.email]]


def test_of_which_the_reminding_fails_the_others_are_reminded(
    clock, mail_server, event, grace, monkeypatch, caplog
):
    broken = factories.MediaItemFactory(kind=Kind.QUIZ, starts_at=STARTS - timedelta(minutes=1))
    ada = invited(broken, email="ada@example.org")
    an_hour_before(clock)

    def fail(item_id, moment):
        if item_id == broken.pk:
            raise ValueError
        return remind(item_id, moment)

    with monkeypatch.context() as patch:
        patch.setattr(reminders, "remind", fail)
        assert [mail.recipients for mail in look(mail_server)] == [[grace.email]]
    assert f"item {broken.pk} could not be reminded" in caplog.text
    assert [mail.recipients for mail in look(mail_server)] == [[ada.email]]


def test_the_text_is_an_admins_to_change_and_a_worker_looks(db):
    assert remind_due in DUE
    assert MailKind.STARTS_SOON in dict(
        factories.MailTextFactory._meta.model._meta.get_field("kind").flatchoices
    )


def test_a_look_at_nothing_is_one_question(clock, django_assert_num_queries):
    with django_assert_num_queries(1):
        remind_due()


def test_a_reminder_is_chosen_where_the_time_is(owner, event, client_of):
    browser = client_of(owner)
    path = f"{event.get_absolute_url()}edit/"
    page = browser.get(path)
    form = page.context["form"]
    assert form.initial["reminder"] == RemindBefore.HOUR
    answers = {name: form.initial.get(name) or "" for name in form.fields}
    answers |= {
        "reminder": "1440",
        "starts_at": "2031-10-12T14:00",
        "ends_at": "2031-10-12T15:00",
    }
    answers.pop("thumbnail", None)
    assert browser.post(path, answers).status_code == 302
    event.refresh_from_db()
    assert event.reminder == RemindBefore.DAY
