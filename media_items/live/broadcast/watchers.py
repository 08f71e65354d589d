"""Those who watch without taking part and without a name: how many they are.

The page that watches is given a random token in a cookie of that page's addresses. A browser counts
from its first question for the picture on, so what only follows links is nobody.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from media_items.addresses import address
from media_items.catalogue.models import Kind, State
from media_items.live.broadcast.models import BroadcastWatcher
from media_items.live.events.announcing import announce_throttled
from media_items.live.events.facts import FactKind
from media_items.live.sessions.lookups import Place
from media_items.live.sessions.models import LiveSession
from media_items.public_ids import new_public_id
from media_items.rate_limits import TooManyTries, count_try

# The page asks every five seconds.
HERE = timedelta(seconds=45)
RENEWED_AFTER = timedelta(seconds=15)
_COOKIE = "watches"


def give_token(request: HttpRequest, response: HttpResponse, session: LiveSession) -> None:
    """Twice is once. The salt makes it worth nothing for another session."""
    if _token_of(request, session):
        return
    response.set_signed_cookie(
        _COOKIE,
        new_public_id(),
        salt=_salt(session),
        path=address("media_items:session", session.item.public_id),
        max_age=timedelta(days=1),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def note_watcher(request: HttpRequest, session: LiveSession) -> None:
    """A sign of life of a browser with a token; for others nothing. Most times one query."""
    token = _token_of(request, session)
    if not token:
        return
    moment = timezone.now()
    mine = BroadcastWatcher.objects.filter(session=session, token=token)
    seen_at = mine.values_list("seen_at", flat=True).first()
    if seen_at is None:
        try:
            # SECURITY: somebody who throws the cookie away each time is not a crowd.
            count_try(request, "live:watch", of="", rate=settings.JOIN_RATE_PER_NETWORK)
        except TooManyTries:
            return
        BroadcastWatcher.objects.get_or_create(session=session, token=token)
        announce_throttled(session, FactKind.PARTICIPANTS)
    elif moment - seen_at >= RENEWED_AFTER:
        mine.update(seen_at=moment)


def page_part(place: Place) -> dict[str, Any]:
    """`watchers`: how many watch now, asked where a template asks. `watch_address`: what hosts
    hand out for it, where an address is enough. None of a room."""
    item = place.item
    if item.kind != Kind.LIVE_EVENT:
        return {}
    parts: dict[str, Any] = {"watchers": partial(watching_now, place.session)}
    if item.state == State.UNLISTED:
        path = address("media_items:watch_broadcast", item.public_id)
        parts["watch_address"] = settings.SITE_URL + path
    return parts


def watching_now(session: LiveSession) -> int:
    return session.watchers.filter(seen_at__gte=timezone.now() - HERE).count()


def _salt(session: LiveSession) -> str:
    return f"media_items.live.watcher.{session.public_id}"


def _token_of(request: HttpRequest, session: LiveSession) -> str:
    try:
        return request.get_signed_cookie(_COOKIE, default="", salt=_salt(session)) or ""
    except BadSignature:
        return ""
