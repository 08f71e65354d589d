"""The date of a scheduled item as an `.ics` file (RFC 5545), for the reader's calendar.

METHOD is PUBLISH, not REQUEST: with a REQUEST, mail programs answer yes or no by a mail of their
own, and Foyer never learns the answer. A cancelled item is sent as CANCEL. SECURITY: calendars are
forwarded and synchronised to services we do not know, so the file holds the item's own address and
never that of a guest link or an invite link. At the door of an unlisted item, whose address alone
opens it, it holds none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, tzinfo
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from icalendar import Calendar, Event, vCalAddress, vText

from media_items.catalogue.models import MediaItem, State
from media_items.delivery.file_names import exported_name
from media_items.visitors import IdentityKind

# By what somebody got in, and gets in again on another device: an entry's own page knows nobody.
_HOW_TO_JOIN = {
    IdentityKind.INVITEE: _("To join, open the link in the email that invited you."),
    IdentityKind.GUEST: _("To join, open the link that you were given."),
}
_FIRST_REVISION = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Organizer:
    """Who holds it, for those who may know their address; on one line."""

    name: str
    email: str


def calendar_file(
    item: MediaItem,
    *,
    revised_at: datetime,
    organizer: Organizer | None = None,
    how_to_join: str = "",
    cancelled: bool = False,
    names_page: bool = True,
) -> bytes:
    """The item's start must be set.

    All files of one item have the same UID, and a SEQUENCE that grows with `revised_at`: a calendar
    shows the latest. Times are on the event's own clock, with the rules of its zone.
    """
    assert item.starts_at is not None  # noqa: S101 - callers ask `has_date`
    address = settings.SITE_URL + item.get_absolute_url()
    event = Event()
    # SECURITY: the same for all its files, and nobody reads the item's address from it.
    uid = sha256(f"foyer calendar {item.public_id}".encode()).hexdigest()[:32]
    event.add("uid", f"{uid}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", max(0, int((revised_at - _FIRST_REVISION).total_seconds())))
    event.add("dtstamp", revised_at.astimezone(UTC))
    zone = _zone_for_dates_of(item)
    event.add("dtstart", item.starts_at.astimezone(zone))
    if item.ends_at:
        event.add("dtend", item.ends_at.astimezone(zone))
    event.add("summary", " ".join(item.title.split()))
    if how_to_join:
        event.add("description", how_to_join)
    if names_page:
        event.add("url", address)
        event.add("location", address)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if organizer:
        whose = vCalAddress(f"mailto:{organizer.email}")
        whose.params["cn"] = vText(organizer.name.replace('"', "'"))
        event.add("organizer", whose)
    calendar = Calendar()
    calendar.add("prodid", "-//Foyer//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(event)
    if zone is not UTC and item.zone.key != "UTC":
        year = item.starts_at.year
        calendar.add_missing_timezones(
            first_date=item.starts_at.date().replace(year=year - 1, month=1, day=1),
            last_date=item.starts_at.date().replace(year=year + 1, month=12, day=31),
        )
    content: bytes = calendar.to_ical()
    return content


def _zone_for_dates_of(item: MediaItem) -> tzinfo:
    """The item's, with a year on both sides of its dates for the rules; UTC where Python's calendar
    ends before."""
    at = [moment.year for moment in (item.starts_at, item.ends_at) if moment]
    is_inside = min(at) > MINYEAR + 1 and max(at) < MAXYEAR - 1
    return item.zone if is_inside else UTC


def how_to_join(kind: IdentityKind) -> str:
    """For whoever comes by a link of their own; empty for others, whom the item's page lets in."""
    return str(_HOW_TO_JOIN.get(kind, ""))


def calendar_answer(item: MediaItem, *, by: IdentityKind, at_door: bool = False) -> HttpResponse:
    """To be saved, or opened by a calendar, of whoever is or will be there `by`. `at_door`: to
    somebody who is not in yet. Raises `Http404` where there is no date to come."""
    if not item.is_to_come:
        raise Http404
    content = calendar_file(
        item,
        revised_at=item.updated_at,
        how_to_join=how_to_join(by),
        names_page=not (at_door and item.state == State.UNLISTED),
    )
    name = exported_name(item.title, "", extension="ics")
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8; method=PUBLISH",
        headers={"Content-Disposition": content_disposition_header(True, name) or "attachment"},
    )
