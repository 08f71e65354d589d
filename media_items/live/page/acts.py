"""What those who run a session do with it: opening, ending, locking."""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.live.page.rendering import after_act
from media_items.live.sessions import services
from media_items.live.sessions.entering import NoIdentity, TurnedAway, enter
from media_items.live.sessions.lookups import (
    NotInside,
    find_me,
    get_live_item,
    get_place,
    get_session,
)
from media_items.live.sessions.services import NotOpenYet
from media_items.requests import FoyerRequest
from media_items.responses import close_dialog, render_dialog


@require_http_methods(["GET", "HEAD", "POST"])
def open_session(request: FoyerRequest, public_id: str) -> HttpResponse:
    """Opens it, and lets the person who did so in. Long before its time the buttons lead to a
    dialog, which says for when it is planned."""
    item = get_live_item(request, public_id, needs=Ability.RUN_SESSION)
    if request.method != "POST":
        return render_dialog(request, "media_items/live/open_session.html", {"item": item})
    services.open_session(item=item)
    # Where they may not come in themselves, the entrance says so.
    with suppress(NoIdentity, NotOpenYet, TurnedAway):
        enter(item=item, identity=request.visitor.identity_on(item), abilities=item.abilities)
    return redirect("media_items:session", item.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def end_session(request: FoyerRequest, public_id: str) -> HttpResponse:
    """A dialog that asks once, because it ends for everybody."""
    item, session = get_session(request, public_id, needs=Ability.RUN_SESSION)
    if request.method == "POST":
        services.end_session(session=session)
        back = reverse("media_items:session", args=[item.public_id])
        return close_dialog(request, "live:session", to=back)
    me = find_me(session, request.visitor.identity_on(item))
    context = {
        "item": item,
        "session": session,
        "here": session.participants.here().count(),
        "is_inside": me is not None and me.is_inside,
    }
    return render_dialog(request, "media_items/live/end_session.html", context)


@require_POST
def lock_session(request: FoyerRequest, public_id: str) -> HttpResponse:
    item, session = get_session(request, public_id, needs=Ability.RUN_SESSION)
    services.lock_session(session=session)
    return _after_run(request, item)


@require_POST
def unlock_session(request: FoyerRequest, public_id: str) -> HttpResponse:
    item, session = get_session(request, public_id, needs=Ability.RUN_SESSION)
    services.unlock_session(session=session)
    return _after_run(request, item)


def _after_run(request: FoyerRequest, item: MediaItem) -> HttpResponse:
    try:
        place = get_place(request, item.public_id)
    except NotInside:
        return redirect("media_items:session", item.public_id)
    return after_act(request, place, panel="participants")
