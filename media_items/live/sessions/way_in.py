"""From a door to the session: where a door leads, and that somebody has asked there to come in.

Who has pressed *Join* at a door, or waits for the lobby, has asked by a POST. Their browser's HTTP
session remembers it until they are in, leave, or sign out, and the entrance lets them in by itself
as soon as it may: nobody presses twice, and no clock but the server's decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from media_items.catalogue.models import MediaItem, Phase
from media_items.live.sessions.models import LiveSettings, SessionState
from media_items.live.sessions.services import (
    ended_at,
    newest_session_of,
    settings_of,
    state_of,
)

_ASKED = "asked_to_come_in"
MOST_KEPT = 20
_WORTH_WAITING = timedelta(hours=1)


def lead_in(request: HttpRequest, item: MediaItem) -> HttpResponse:
    """Where a door of the item leads: for a session to its entrance. A door's POST asks to come
    in; a look at a door asks for nothing."""
    if not item.is_live_kind:
        return redirect(item)
    if request.method == "POST":
        ask_to_come_in(request, item)
    return redirect("media_items:session", item.public_id)


@dataclass(frozen=True)
class AtDoor:
    """Where a scheduled item is, for its door: in a word, which is empty for other kinds; and since
    when a session is over that nobody joins any more: held, or by its schedule alone, so that the
    host may still hold it. `closed_at`: since when a quiz is closed, which some come back to."""

    said: str | Promise = ""
    ended_at: datetime | None = None
    was_held: bool = False
    closed_at: datetime | None = None


_PHASE_OF_QUIZ: dict[Phase, Promise] = {
    Phase.NOT_STARTED: pgettext_lazy("phase of a quiz", "Not yet open"),
    Phase.OPEN: pgettext_lazy("phase of a quiz", "Open"),
    Phase.ENDED: pgettext_lazy("phase of a quiz", "Closed"),
}


def at_door(item: MediaItem, moment: datetime) -> AtDoor:
    """A room that nobody has opened does not say that it is open. One query at most; one more where
    its last session has ended."""
    if not item.is_scheduled_kind:
        return AtDoor()
    phase = item.phase_at(moment)
    if not item.is_live_kind:
        closed_at = item.ends_at if phase == Phase.ENDED else None
        return AtDoor(_PHASE_OF_QUIZ[phase], closed_at=closed_at)
    newest = newest_session_of(item)
    if newest is not None and newest.is_live:
        return AtDoor(SessionState.LIVE.label)
    has_settings = newest is not None and newest.ended_at is not None
    live = settings_of(item) if has_settings else LiveSettings(item=item)
    if state_of(item, newest, live, moment) == SessionState.ENDED:
        over = ended_at(item, newest, live)
        return AtDoor(Phase.ENDED.label, over, newest is not None and over == newest.ended_at)
    return AtDoor(phase.label if phase == Phase.NOT_STARTED else _("Not open yet"))


def opens_soon(opens_at: datetime | None, moment: datetime) -> bool:
    """Whether to stay on the page until it opens; else one comes back then."""
    return opens_at is not None and opens_at - moment <= _WORTH_WAITING


def ask_to_come_in(request: HttpRequest, item: MediaItem) -> None:
    """Twice is once."""
    others = [one for one in _asked(request) if one != item.public_id]
    request.session[_ASKED] = [*others, item.public_id][-MOST_KEPT:]


def has_asked_to_come_in(request: HttpRequest, item: MediaItem) -> bool:
    return item.public_id in _asked(request)


def forget_asking(request: HttpRequest, item: MediaItem) -> None:
    """In, or gone."""
    if has_asked_to_come_in(request, item):
        request.session[_ASKED] = [one for one in _asked(request) if one != item.public_id]


def _asked(request: HttpRequest) -> list[str]:
    """A browser without a session cookie has asked for nothing; no HTTP session is looked up."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return []
    return list(request.session.get(_ASKED, []))
