"""From a door to the session: where a door leads, and that somebody has asked there to come in.

Who has pressed *Join* at a door, or waits for the lobby, has asked by a POST. Their browser's HTTP
session remembers it until they are in, leave, or sign out, and the entrance lets them in by itself
as soon as it may: nobody presses twice, and no clock but the server's decides.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import Kind, MediaItem, Phase
from media_items.live.sessions.models import SessionState
from media_items.live.sessions.services import session_of

_ASKED = "asked_to_come_in"
MOST_KEPT = 20


def lead_in(request: HttpRequest, item: MediaItem) -> HttpResponse:
    """Where a door of the item leads: for a session to its entrance. A door's POST asks to come
    in; a look at a door asks for nothing."""
    if not item.is_live_kind:
        return redirect(item)
    if request.method == "POST":
        ask_to_come_in(request, item)
    return redirect("media_items:session", item.public_id)


def said_at_door(item: MediaItem, moment: datetime) -> str | Promise:
    """Where a scheduled item is, in a word for its door; empty for other kinds. One query at most.
    A room that nobody has opened does not say that it is open, nor does a quiz, which Foyer cannot
    show yet."""
    if item.kind == Kind.QUIZ:
        return _("Can’t be answered yet")
    if not item.is_live_kind:
        return ""
    phase = item.phase_at(moment)
    session = session_of(item)
    if session is not None and session.is_live:
        return SessionState.LIVE.label
    return _("Not open yet") if phase == Phase.OPEN else phase.label


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
