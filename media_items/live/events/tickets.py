"""Tickets: what one browser may hear, signed, in a cookie that only the stream's address gets.

A ticket is short-lived and given out again with every heartbeat, which asks for the right it comes
from. So a stream ends with its right: at once by a `close` fact, at the latest with the ticket.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from math import inf
from zlib import crc32

from django.conf import settings
from django.core import signing
from django.http import HttpResponse

from media_items.catalogue.models import MediaItem
from media_items.live.events.facts import CREW, EVERYBODY, MODERATORS, only
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest
from media_items.visitors import IdentityKind

# SECURITY: a salt of its own; no other signed value of the site is ever a ticket.
_SALT = "media_items.live.ticket"
COOKIE_NAME = "foyer_live"


class BadTicket(Refusal):
    """Forged, of another session, too old, or of somebody whose streams were cut since."""

    status = 403
    reason = "bad-ticket"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Times are seconds since the epoch."""

    session: str
    participant_id: int
    recipients: frozenset[str]
    issued_at: float
    # When the page that brings it began to be read from the database: what is told from then on it
    # may not show.
    read_at: float
    # When the first of what it rests on ends by the clock.
    ends_at: float = inf

    @property
    def expires_at(self) -> float:
        return min(self.issued_at + settings.LIVE_TICKET_SECONDS, self.ends_at)


def stream_path(session: str) -> str:
    return f"/events/{session}/"


def give_ticket(
    response: HttpResponse,
    *,
    session: str,
    participant_id: int,
    inside: bool,
    crew: bool = False,
    moderates: bool = False,
    edition: str = "",
    read_at: float | None = None,
    ends_at: datetime | None = None,
) -> None:
    """`inside` is false for somebody who waits: they hear of themself and of nobody else. `edition`
    is how they read messages; without one they are told of none. The page was read from `read_at`
    on, or is read from now on; `ends_at` is `Visitor.sure_until`."""
    now = time.time()
    recipients = [only(participant_id)]
    recipients += [EVERYBODY] if inside else []
    recipients += [CREW] if inside and crew else []
    recipients += [MODERATORS] if inside and moderates else []
    recipients += [edition] if inside and edition else []
    ends = ends_at.timestamp() if ends_at else None
    response.set_cookie(
        COOKIE_NAME,
        signing.dumps([session, participant_id, recipients, now, read_at or now, ends], salt=_SALT),
        max_age=settings.LIVE_TICKET_SECONDS,
        path=stream_path(session),
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Strict",
    )


def give_page_ticket(request: FoyerRequest, response: HttpResponse, item: MediaItem) -> None:
    """For the page of an item, outside any session: it hears that rights on the item have changed,
    and asks for its own. Only where the reader is here by a link does the page ask; nobody else
    gets a ticket."""
    reader = request.visitor.identity_on(item)
    if reader.kind in (IdentityKind.GUEST, IdentityKind.INVITEE):
        give_ticket(
            response,
            session=item.public_id,
            participant_id=reader_number(reader.key),
            inside=True,
            read_at=request.began_at,
            ends_at=request.visitor.sure_until(item),
        )


def reader_number(reader: str) -> int:
    """For the limit of windows of one person. Below zero, where no participant is."""
    return -1 - crc32(reader.encode())


def take_ticket_away(response: HttpResponse, *, session: str) -> None:
    response.delete_cookie(COOKIE_NAME, path=stream_path(session), samesite="Strict")


def read_ticket(value: str, *, session: str) -> Ticket:
    """Without a query. Raises `BadTicket`."""
    try:
        named, participant_id, recipients, issued, read, *ends = signing.loads(value, salt=_SALT)
        issued_at, read_at = float(issued), float(read)
        # The release before told no end, and no edition.
        ends_at = inf if ends in ([], [None]) else float(*ends)
        ticket = Ticket(named, participant_id, frozenset(recipients), issued_at, read_at, ends_at)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadTicket from error
    if ticket.session != session or ticket.expires_at <= time.time():
        raise BadTicket
    return ticket
