"""The date for the reader's calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from access.invitations.models import MailKind
from access.links import guest_link_token, invitation_token
from media_items.catalogue.models import SCHEDULED_KINDS, Kind
from tests import factories
from tests.conftest import client_with_admissions, client_with_proofs

STARTS = datetime(2031, 10, 12, 12, 0, tzinfo=UTC)


@pytest.fixture
def event(owner):
    return factories.MediaItemFactory(
        owner=owner,
        kind=Kind.LIVE_EVENT,
        title="Questions; answers, and\nmore",
        starts_at=STARTS,
        ends_at=STARTS + timedelta(minutes=90),
        time_zone="Europe/Berlin",
    )


@pytest.fixture
def calendar_of(mail_server, send):
    """`calendar_of(invitation, …)`: the attached part and the one event in it."""

    def act(invitation, **options):
        [mail] = send(invitation, **options)
        assert mail.sent_at, mail.answer
        part = mail_server.arrived[-1].calendar
        calendar = Calendar.from_ical(part.get_payload(decode=True))
        [entry] = calendar.walk("VEVENT")
        return part, calendar, entry

    return act


def test_the_date_is_attached_with_the_clean_address_and_not_the_personal_link(calendar_of, event):
    invitation = factories.InvitationFactory(item=event)
    part, _, entry = calendar_of(invitation)
    raw = part.get_payload(decode=True).decode()
    assert invitation_token(invitation) not in raw.replace("\r\n ", "")
    assert "/i/" not in raw.replace("\r\n ", "")
    assert invitation.email not in raw
    assert entry["URL"] == f"http://testserver/media/{event.public_id}/"
    assert entry.decoded("DTSTART") == STARTS
    assert entry.decoded("DTEND") == STARTS + timedelta(minutes=90)
    assert entry["SUMMARY"] == "Questions; answers, and more"
    assert entry["ORGANIZER"] == "mailto:noa@example.edu"
    assert entry["ORGANIZER"].params["CN"] == "Noa Levi"
    assert part.get_filename() == "invitation.ics"


def test_every_entry_says_by_which_link_its_reader_joins(calendar_of, client_of, owner, event):
    """By mail, at both doors, and inside: the item's own page lets in nobody on another device."""
    by_invitation = "To join, open the link in the email that invited you."
    by_link = "To join, open the link that you were given."
    invitation = factories.InvitationFactory(item=event)
    assert calendar_of(invitation)[2]["DESCRIPTION"] == by_invitation
    link = factories.GuestLinkFactory(item=event, access_on=True)
    accepted = factories.InvitationFactory(item=event, accepted=True)
    invitee = client_with_proofs(factories.InvitationProofFactory(invitation=accepted))
    guest = client_with_admissions(factories.GuestAdmissionFactory(guest__link=link))
    for browser, address, said in (
        (
            Client(),
            reverse("access:invitation_calendar", args=[invitation_token(invitation)]),
            by_invitation,
        ),
        (Client(), reverse("access:join_calendar", args=[guest_link_token(link)]), by_link),
        (invitee, reverse("media_items:calendar", args=[event.public_id]), by_invitation),
        (guest, reverse("media_items:calendar", args=[event.public_id]), by_link),
        (client_of(owner), reverse("media_items:calendar", args=[event.public_id]), None),
    ):
        answer = browser.get(address)
        assert answer.status_code == 200, address
        [entry] = Calendar.from_ical(answer.content).walk("VEVENT")
        assert entry.get("DESCRIPTION") == said


def test_who_opens_an_entry_elsewhere_is_told_to_open_their_link(client_of, event):
    for browser in (Client(), client_of(factories.UserFactory())):
        page = browser.get(event.get_absolute_url())
        assert page.status_code == 404
        assert "If you were invited or sent a link, open that link" in page.text
        assert event.title not in page.text


def test_it_asks_for_no_answer_by_mail(calendar_of, event):
    part, calendar, entry = calendar_of(factories.InvitationFactory(item=event))
    assert calendar["METHOD"] == "PUBLISH"
    assert part.get_param("method") == "PUBLISH"
    assert "ATTENDEE" not in entry


def test_the_file_keeps_the_line_ends_and_lengths_of_the_standard(calendar_of, event):
    type(event).objects.filter(pk=event.pk).update(title="ü" * 190)
    event.refresh_from_db()
    part, _, _ = calendar_of(factories.InvitationFactory(item=event))
    content = part.get_payload(decode=True)
    assert content.replace(b"\r\n", b"").find(b"\n") == -1
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert content.endswith(b"END:VCALENDAR\r\n")


def test_moved_is_the_same_date_with_a_higher_number(calendar_of, event):
    invitation = factories.InvitationFactory(item=event)
    _, _, before = calendar_of(invitation)
    type(event).objects.filter(pk=event.pk).update(starts_at=STARTS - timedelta(hours=1))
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        _, _, moved = calendar_of(invitation, kind=MailKind.MOVED)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        _, _, reminder = calendar_of(invitation, kind=MailKind.REMINDER)
    assert before["UID"] == moved["UID"] == reminder["UID"]
    assert before["SEQUENCE"] < moved["SEQUENCE"] < reminder["SEQUENCE"] < 2**31
    assert moved.decoded("DTSTART") == reminder.decoded("DTSTART") == STARTS - timedelta(hours=1)


def test_called_off_takes_the_date_out_of_the_calendar(calendar_of, event):
    part, calendar, entry = calendar_of(
        factories.InvitationFactory(item=event), kind=MailKind.CANCELLED
    )
    assert calendar["METHOD"] == "CANCEL"
    assert part.get_param("method") == "CANCEL"
    assert entry["STATUS"] == "CANCELLED"


def test_called_off_arrives_though_the_item_is_in_the_bin_by_then(calendar_of, event):
    invitation = factories.InvitationFactory(item=event)
    type(event).objects.filter(pk=event.pk).update(deleted_at=timezone.now())
    _, calendar, _ = calendar_of(invitation, kind=MailKind.CANCELLED)
    assert calendar["METHOD"] == "CANCEL"


@pytest.mark.parametrize("kind", Kind)
def test_only_what_has_a_date_comes_with_one(mail_server, send, owner, kind):
    item = factories.MediaItemFactory(owner=owner, kind=kind, starts_at=STARTS)
    send(factories.InvitationFactory(item=item))
    assert (mail_server.arrived[-1].calendar is not None) is (kind in SCHEDULED_KINDS)


def test_a_scheduled_item_without_a_start_has_no_date(mail_server, send, owner):
    item = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    send(factories.InvitationFactory(item=item))
    assert mail_server.arrived[-1].calendar is None
