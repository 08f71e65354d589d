"""What became of the recordings of an event, for those who may edit it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from media_items.abilities import Ability
from media_items.live.broadcast import services
from media_items.live.broadcast.recordings import recordings_of
from media_items.live.sessions.lookups import get_live_item
from media_items.requests import FoyerRequest
from media_items.responses import page_or_fragment


@never_cache
@require_GET
def recordings(request: FoyerRequest, public_id: str) -> HttpResponse:
    """The page, or for htmx its list alone, which the entrance shows and asks for again while one
    is being made."""
    item = get_live_item(request, public_id, needs=Ability.EDIT)
    name = "media_items/live/broadcast/recordings.html"
    context = {"item": item, "recordings": recordings_of(item)}
    return page_or_fragment(request, name, context, fragment="list")


@require_POST
def retry_recording(request: FoyerRequest, public_id: str, broadcast_id: int) -> HttpResponse:
    item = get_live_item(request, public_id, needs=Ability.EDIT)
    for one in recordings_of(item):
        if one.broadcast.pk == broadcast_id:
            services.retry_recording(broadcast=one.broadcast)
    return redirect("media_items:recordings", item.public_id)
