"""What the page with the player of a live event needs beyond all other pages."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse
from django.middleware.csp import get_nonce
from django.utils import timezone
from django.utils.csp import CSP

from media_items.live.broadcast.pictures import showing_in
from media_items.live.page.panels import Picture
from media_items.live.sessions.lookups import Place
from media_items.live.sessions.models import LiveSession, LiveSettings
from media_items.requests import FoyerRequest

# SECURITY: only the page that plays a live event. `blob:` is how a script hands the bytes it has
# fetched from us to a <video> (Media Source Extensions); no address of anybody else is let in. The
# nonce is for the style sheets inside the player's own elements (js/broadcast/player-styles.js).
_PLAYER_CSP = {
    **cast("dict[str, list[str]]", settings.SECURE_CSP),
    "media-src": [CSP.SELF, "blob:"],
    "style-src": [CSP.SELF, CSP.NONCE],
}
# From npm; without them the browser's own player does what it can.
_PARTS = ("npm/hls.js/hls.light.min.js", "npm/media-chrome/index.js")


def allow_player(response: HttpResponse) -> None:
    """Sets the policy as `csp_override` does, where only the answers of one kind of item need
    it."""
    response._csp_config = _PLAYER_CSP  # type: ignore[attr-defined]


def player_context(request: FoyerRequest, session: LiveSession) -> dict[str, Any]:
    """What `broadcast/picture.html` shows. Two queries at most.

    The nonce is here and not in every page: it would make each answer differ from the one before.
    """
    return {
        "csp_nonce": get_nonce(request),
        "showing": showing_in(session, timezone.now()),
        "player_parts": player_parts(),
        "sender_kbits": settings.LIVE_BROADCAST_KBITS,
    }


def _picture_context(request: FoyerRequest, place: Place, live: LiveSettings) -> dict[str, Any]:
    return player_context(request, place.session)


EVENT_PICTURE = Picture(
    "media_items/live/broadcast/picture.html", _picture_context, finish=allow_player
)


def player_parts() -> list[str]:
    """The addresses of the scripts from npm; none unless all were there when static files were
    collected."""
    if not settings.NPM_PARTS:
        return []
    try:
        return [staticfiles_storage.url(name) for name in _PARTS]
    except ValueError:  # collected before they came
        return []
