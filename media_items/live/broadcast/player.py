"""What the page with the player of a live event needs beyond all other pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.middleware.csp import get_nonce
from django.utils import timezone
from django.utils.csp import CSP

from media_items.live.broadcast.pictures import Picture as Shown
from media_items.live.broadcast.pictures import showing_in
from media_items.live.page.panels import Picture
from media_items.live.sessions.lookups import Place
from media_items.live.sessions.models import LiveSession, LiveSettings
from media_items.player_parts import CONTROLS, PLAYER_CSP, STREAM, player_parts
from media_items.requests import FoyerRequest

# SECURITY: only the page that plays a live event. `blob:` is how a script hands the bytes it has
# fetched from us to a <video> (Media Source Extensions).
_BROADCAST_CSP = {**PLAYER_CSP, "media-src": [CSP.SELF, "blob:"]}


def allow_player(response: HttpResponse) -> None:
    """Sets the policy as `csp_override` does, where only the answers of one kind of item need
    it."""
    response._csp_config = _BROADCAST_CSP  # type: ignore[attr-defined]


def player_context(request: FoyerRequest, session: LiveSession) -> dict[str, Any]:
    """What `broadcast/picture.html` shows. Two queries at most.

    The nonce is here and not in every page: it would make each answer differ from the one before.
    """
    showing = showing_in(session, timezone.now())
    return {
        "csp_nonce": get_nonce(request),
        "showing": showing,
        "on_air": showing.picture == Shown.ON,
        "player_parts": player_parts(STREAM, CONTROLS),
        "sender_kbits": settings.LIVE_BROADCAST_KBITS,
    }


def _picture_context(request: FoyerRequest, place: Place, live: LiveSettings) -> dict[str, Any]:
    return player_context(request, place.session)


EVENT_PICTURE = Picture(
    "media_items/live/broadcast/picture.html", _picture_context, finish=allow_player
)
