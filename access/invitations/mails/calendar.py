"""The date of a scheduled item, attached to the mails about an invitation."""

from __future__ import annotations

from datetime import datetime
from email.message import MIMEPart
from email.policy import SMTP

from access.invitations.people import Host
from access.typed_text import one_line
from media_items.models import MediaItem
from media_items.playback.calendars import Organizer, calendar_file, how_to_join
from media_items.visitors import IdentityKind


def session_calendar(
    item: MediaItem, *, host: Host, asked_at: datetime, cancelled: bool = False
) -> bytes:
    """The item's start must be set. A calendar shows the mail that was asked for last."""
    return calendar_file(
        item,
        revised_at=asked_at,
        organizer=Organizer(one_line(host.name), host.email),
        how_to_join="" if cancelled else how_to_join(IdentityKind.INVITEE),
        cancelled=cancelled,
    )


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
