"""A media item in the pages of other sites: the player alone, and the code that embeds it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.lookups import get_media_item
from media_items.playback.player import player_context
from media_items.player_parts import PLAYER_CSP
from media_items.requests import FoyerRequest
from media_items.responses import render_dialog

# SECURITY: only this page may be framed by other sites, so nothing on it changes anything.
_FRAMED_CSP: dict[str, list[str]] = {
    **PLAYER_CSP,
    "frame-ancestors": [CSP.SELF, *settings.EMBED_FRAME_ANCESTORS],
}


@dataclass(frozen=True)
class Size:
    name: str
    label: str | Promise
    width: int
    height: int


SIZES = (
    Size("small", _("Small"), 480, 270),
    Size("medium", _("Medium"), 640, 360),
    Size("large", _("Large"), 960, 540),
)


@require_safe
@cache_control(private=True, no_cache=True)
@csp_override(_FRAMED_CSP)
@xframe_options_exempt
def embed_media_item(request: FoyerRequest, public_id: str) -> HttpResponse:
    """Answers 404 itself, because the usual 404 page may not be framed by other sites."""
    try:
        item = get_media_item(request, public_id)
    except Http404:
        closed = {"public_id": public_id}
        return render(request, "media_items/playback/embed_closed.html", closed, status=404)
    shown = player_context(request, item)
    context = {"item": item, "is_embedded": True, **shown}
    return render(request, "media_items/playback/embed_media_item.html", context)


@require_safe
def embed_code(request: FoyerRequest, public_id: str) -> HttpResponse:
    """A dialog: the code to copy, in the size asked for."""
    item = get_media_item(request, public_id, needs=Ability.EMBED)
    asked = request.GET.get("size")
    size = next((one for one in SIZES if one.name == asked), SIZES[1])
    context = {"item": item, "sizes": SIZES, "size": size, "code": _code(item, size)}
    return render_dialog(request, "media_items/playback/embed_code.html", context)


def _code(item: MediaItem, size: Size) -> str:
    """As plain text: the template escapes it again to show it in a field."""
    address = settings.SITE_URL + reverse("media_items:embed_media_item", args=[item.public_id])
    return str.__str__(
        format_html(
            '<iframe src="{}" width="{}" height="{}" title="{}" '
            'allow="fullscreen; picture-in-picture" allowfullscreen loading="lazy"></iframe>',
            address,
            size.width,
            size.height,
            item.title,
        )
    )
