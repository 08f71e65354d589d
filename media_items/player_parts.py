"""What a page with a player needs beyond all other pages: parts from npm, and their policy."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.csp import CSP

CONTROLS = "npm/media-chrome/index.js"
STREAM = "npm/hls.js/hls.light.min.js"

# SECURITY: the nonce is for the style sheets inside the player's own elements
# (js/player/styles.js); no address of anybody else is let in. An answer whose template does not ask
# for the nonce carries none, and the policy of every other page.
PLAYER_CSP: dict[str, list[str]] = {
    **cast("dict[str, list[str]]", settings.SECURE_CSP),
    "style-src": [CSP.SELF, CSP.NONCE],
}


def player_parts(*names: str) -> list[str]:
    """The addresses of these scripts from npm; none unless all were there when static files were
    collected. Without them the browser's own player does what it can."""
    if not settings.NPM_PARTS:
        return []
    try:
        return [staticfiles_storage.url(name) for name in names]
    except ValueError:  # collected before they came
        return []
