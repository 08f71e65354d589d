"""The date of a scheduled item as an `.ics` file (RFC 5545), for the reader's calendar.

METHOD is PUBLISH, not REQUEST: with a REQUEST, mail programs answer yes or no by a mail of their
own, without Accept and Decline, and Foyer never learns the answer. A cancelled item is sent as
CANCEL. SECURITY: calendars are forwarded and synchronised to services we do not know, so the file
holds the item's own address and never the personal link.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import MIMEPart
from email.policy import SMTP
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from access.invitations.people import Host
from access.typed_text import one_line
from media_items.models import MediaItem

_FIRST_REVISION = datetime(2020, 1, 1, tzinfo=UTC)


def session_calendar(
    item: MediaItem, *, host: Host, asked_at: datetime, cancelled: bool = False
) -> bytes:
    """The item's start must be set.

    Every mail about the item has the same UID, and a SEQUENCE that grows with the moment the mail
    was asked for: a calendar shows the one that was asked for last.
    """
    assert item.starts_at is not None  # noqa: S101 - callers ask `has_date`
    address = settings.SITE_URL + item.get_absolute_url()
    event = Event()
    event.add("uid", f"{item.public_id}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", max(0, int((asked_at - _FIRST_REVISION).total_seconds())))
    event.add("dtstamp", asked_at.astimezone(UTC))
    event.add("dtstart", item.starts_at.astimezone(UTC))
    if item.ends_at:
        event.add("dtend", item.ends_at.astimezone(UTC))
    event.add("summary", one_line(item.title))
    event.add("url", address)
    event.add("location", address)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    organizer = vCalAddress(f"mailto:{host.email}")
    organizer.params["cn"] = vText(one_line(host.name).replace('"', "'"))
    event.add("organizer", organizer)
    calendar = Calendar()
    calendar.add("prodid", "-//Foyer//Invitations//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def has_date(item: MediaItem) -> bool:
    return item.is_scheduled_kind and item.starts_at is not None


def calendar_part(content: bytes, *, cancelled: bool = False) -> MIMEPart:
    """The attachment. Mail programs read the method from the header of this part."""
    part = MIMEPart(policy=SMTP)
    part.set_content(
        content.decode(),
        subtype="calendar",
        charset="utf-8",
        cte="base64",
        disposition="attachment",
        filename="invitation.ics",
        params={"method": "CANCEL" if cancelled else "PUBLISH"},
    )
    return part
