"""*Add to calendar*: the date of something scheduled, on its page and at its doors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from access.links import guest_link_token, invitation_token
from media_items.catalogue.models import Kind, MediaItem, State
from media_items.playback.calendars import calendar_file
from tests import factories
from tests.conftest import client_with_admissions

pytestmark = pytest.mark.django_db

STARTS = datetime(2031, 10, 12, 12, 0, tzinfo=UTC)


@pytest.fixture
def event(owner):
    return factories.MediaItemFactory(
        owner=owner,
        kind=Kind.LIVE_EVENT,
        title="Questions; answers",
        starts_at=STARTS,
        ends_at=STARTS + timedelta(minutes=90),
        time_zone="Europe/Berlin",
    )


def address_of(event):
    return reverse("media_items:calendar", args=[event.public_id])


def date_in(response):
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/calendar")
    calendar = Calendar.from_ical(response.content)
    [date] = calendar.walk("VEVENT")
    return calendar, date


def test_it_is_on_the_events_own_clock_with_the_rules_of_its_zone(event, owner, client_of):
    calendar, date = date_in(client_of(owner).get(address_of(event)))
    assert date["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert date["DTSTART"].to_ical() == b"20311012T140000"
    assert date.decoded("DTSTART") == STARTS
    assert date.decoded("DTEND") == STARTS + timedelta(minutes=90)
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]
    assert date["SUMMARY"] == event.title
    assert date["URL"] == date["LOCATION"] == f"http://testserver{event.get_absolute_url()}"
    assert calendar["METHOD"] == "PUBLISH"


def test_a_change_is_the_same_date_with_a_higher_number(event, owner, client_of):
    browser = client_of(owner)
    _, before = date_in(browser.get(address_of(event)))
    _, again = date_in(browser.get(address_of(event)))
    assert before["SEQUENCE"] == again["SEQUENCE"]
    MediaItem.objects.update(updated_at=timezone.now() + timedelta(minutes=1), ends_at=None)
    _, after = date_in(browser.get(address_of(event)))
    assert before["UID"] == after["UID"]
    assert after["UID"].endswith("@testserver")
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_whoever_may_not_open_the_item_gets_no_date(event, stranger, client_of):
    assert Client().get(address_of(event)).status_code == 404
    assert client_of(stranger).get(address_of(event)).status_code == 404


def test_at_a_guest_link_the_file_holds_nothing_that_opens_it(event):
    """SECURITY: calendars are synchronised to services that we do not know."""
    link = factories.GuestLinkFactory(item=event, access_on=True)
    token = guest_link_token(link)
    path = reverse("access:join_calendar", args=[token])
    assert path in Client().get(reverse("access:join", args=[token])).content.decode()
    response = Client().get(path)
    _, date = date_in(response)
    assert token not in response.content.decode().replace("\r\n ", "")
    assert "ORGANIZER" not in date
    assert "the link that you were given" in date["DESCRIPTION"]
    link.paused_at = timezone.now()
    link.save()
    assert Client().get(path).status_code == 404
    assert Client().get(reverse("access:join_calendar", args=["1-1.forged"])).status_code == 404


def test_at_an_invite_link_neither(event):
    invitation = factories.InvitationFactory(item=event)
    token = invitation_token(invitation)
    path = reverse("access:invitation_calendar", args=[token])
    assert path in Client().get(reverse("access:invitation", args=[token])).content.decode()
    response = Client().get(path)
    date_in(response)
    flat = response.content.decode().replace("\r\n ", "")
    assert token not in flat
    assert invitation.email not in flat
    assert event.owner.email not in flat
    invitation.refresh_from_db()
    assert invitation.opened_at is None
    invitation.revoked_at = timezone.now()
    invitation.save()
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("door", ["access:join_calendar", "access:invitation_calendar"])
def test_at_the_door_of_an_unlisted_item_nothing_names_its_page(event, door):
    MediaItem.objects.update(state=State.UNLISTED)
    link = factories.GuestLinkFactory(item=event, access_on=True)
    invitation = factories.InvitationFactory(item=event)
    is_link = door == "access:join_calendar"
    token = guest_link_token(link) if is_link else invitation_token(invitation)
    answer = Client().get(reverse(door, args=[token]))
    _, date = date_in(answer)
    assert date["SUMMARY"] == event.title
    assert event.public_id not in answer.text


def test_at_an_invite_link_it_ends_with_the_page(event):
    invitation = factories.InvitationFactory(item=event)
    MediaItem.objects.update(available_until=timezone.now())
    address = reverse("access:invitation_calendar", args=[invitation_token(invitation)])
    assert Client().get(address).status_code == 404


def test_the_page_offers_it_while_there_is_something_to_come(event, owner, client_of):
    browser = client_of(owner)
    for page in (event.get_absolute_url(), reverse("media_items:session", args=[event.public_id])):
        assert address_of(event) in browser.get(page).content.decode()
    MediaItem.objects.update(
        starts_at=timezone.now() - timedelta(hours=2), ends_at=timezone.now() - timedelta(hours=1)
    )
    assert address_of(event) not in browser.get(event.get_absolute_url()).content.decode()
    assert browser.get(address_of(event)).status_code == 404


def test_in_a_frame_of_another_site_it_is_not_offered(event, owner, client_of):
    embedded = reverse("media_items:embed_media_item", args=[event.public_id])
    assert address_of(event) not in client_of(owner).get(embedded).content.decode()


@pytest.mark.parametrize("fields", [{"kind": Kind.VIDEO}, {"starts_at": None, "ends_at": None}])
def test_what_has_no_date_has_no_file(event, owner, client_of, fields):
    MediaItem.objects.update(**fields)
    assert client_of(owner).get(address_of(event)).status_code == 404


@pytest.mark.parametrize("zone", ["Asia/Jerusalem", "America/New_York", "UTC"])
@pytest.mark.parametrize("year", [1, 2, 3, 9996, 9997, 9998, 9999])
def test_a_date_at_the_end_of_all_calendars_is_a_file(event, year, zone):
    """Whoever mistypes a year gets the date that they have typed, and no error."""
    event.time_zone = zone
    for event.starts_at in (
        datetime(year, 1, 1, 0, 5, tzinfo=UTC),
        datetime(year, 12, 31, 23, 55, tzinfo=UTC),
    ):
        event.ends_at = event.starts_at
        content = calendar_file(event, revised_at=timezone.now())
        [date] = Calendar.from_ical(content).walk("VEVENT")
        assert date.decoded("DTSTART") == event.starts_at


def test_a_full_link_gives_its_date_to_nobody_but_who_has_a_place(event):
    link = factories.GuestLinkFactory(item=event, access_on=True, places=1, places_taken=1)
    admission = factories.GuestAdmissionFactory(guest__link=link, left_at=timezone.now())
    token = guest_link_token(link)
    path = reverse("access:join_calendar", args=[token])
    door = reverse("access:join", args=[token])
    has_place = client_with_admissions(admission)
    for browser, status in ((Client(), 404), (has_place, 200)):
        assert browser.get(path).status_code == status
        assert (path in browser.get(door).text) == (status == 200)
    factories.BlockFactory(item=event, email=admission.guest.email)
    assert has_place.get(path).status_code == 404
    assert has_place.get(reverse("access:join_picture", args=[token])).status_code == 404


@pytest.mark.parametrize("ended", ["paused", "expired", "deleted", "off", "new address"])
def test_a_link_that_lets_nobody_in_gives_no_date(event, ended):
    link = factories.GuestLinkFactory(item=event, access_on=True)
    path = reverse("access:join_calendar", args=[guest_link_token(link)])
    assert Client().get(path).status_code == 200
    now = timezone.now()
    if ended == "off":
        event.guest_access.enabled_at = None
        event.guest_access.save()
    else:
        columns = {
            "paused": {"paused_at": now},
            "expired": {"expires_at": now},
            "deleted": {"deleted_at": now},
            "new address": {"key_version": 2},
        }
        type(link).objects.update(**columns[ended])
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("zone", ["Asia/Jerusalem", "America/New_York"])
@pytest.mark.parametrize(
    "at", [datetime(1, 1, 1, 0, 5, tzinfo=UTC), datetime(9999, 12, 31, 23, 55, tzinfo=UTC)]
)
def test_no_page_fails_of_such_a_date(event, owner, client_of, at, zone):
    """The forms take none; an administrator may have typed it."""
    owner.time_zone = zone
    owner.save()
    MediaItem.objects.update(starts_at=at, ends_at=None, available_until=at, time_zone=zone)
    browser = client_of(owner)
    here = event.get_absolute_url()
    for page in (here, f"{here}session/", f"{here}edit/", "/media/", f"{here}access/"):
        assert browser.get(page).status_code == 200, page
