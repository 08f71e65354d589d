"""The picture as viewers get it: its state, its bytes, and a page with nothing else."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.delivery.files import deliver
from media_items.delivery.grants import give_grant
from media_items.live.broadcast import folders
from media_items.live.broadcast.models import Broadcast
from media_items.live.broadcast.pictures import may_watch, showing_in
from media_items.live.broadcast.player import allow_player, player_context
from media_items.live.broadcast.watchers import give_token, note_watcher
from media_items.live.sessions.lookups import NotInside, get_live_item
from media_items.live.sessions.models import LiveSession
from media_items.live.sessions.services import session_of
from media_items.requests import FoyerRequest
from media_items.responses import reload_page


@never_cache
@require_GET
def broadcast_state(request: FoyerRequest, public_id: str) -> HttpResponse:
    """A fragment: what there is to see now. Asked again at each fact, by everybody who watches."""
    item = get_live_item(request, public_id)
    session = session_of(item)
    if session is None:
        return reload_page()
    _check_may_watch(request, item, session)
    context: dict[str, object] = {"item": item, "session": session}
    context["identity"] = request.visitor.identity_on(item)
    note_watcher(request, session)
    context["showing"] = showing_in(session, timezone.now())
    return render(request, "media_items/live/broadcast/_state.html", context)


@require_safe
def broadcast_file(
    request: FoyerRequest, public_id: str, broadcast_id: int, name: str
) -> HttpResponseBase:
    """The playlist or a segment, by the same door as every byte; over when the session is.

    The answer with the playlist brings a grant for the segments, which are then sent by `granted`.
    """
    item = get_live_item(request, public_id)
    broadcast = (
        Broadcast.objects.select_related("session")
        .filter(pk=broadcast_id, session__item=item, session__ended_at=None)
        .first()
    )
    if broadcast is None:
        raise Http404
    broadcast.session.item = item
    _check_may_watch(request, item, broadcast.session)
    found = folders.find_delivered(item.public_id, broadcast.pk, name)
    if found is None:
        raise Http404
    stored, content_type = found
    response = deliver(request, stored, content_type=content_type)
    if name == folders.PLAYLIST:
        stream = request.path.removesuffix(name)
        give_grant(response, stream=stream, asked_at=request.began_at)
    return response


@never_cache
@require_GET
def watch_broadcast(request: FoyerRequest, public_id: str) -> HttpResponse:
    """For those who see the event and cannot take part, because nothing says who they are: they are
    counted, without a name. The others are sent inside, where they are in the count and the report
    by theirs."""
    item = get_live_item(request, public_id)
    session = session_of(item)
    identity = request.visitor.identity_on(item)
    if session is None or not session.is_live or identity.key:
        return redirect("media_items:session", item.public_id)
    _check_may_watch(request, item, session)
    context = {"item": item, "session": session, "identity": identity}
    context |= player_context(request, session)
    response = render(request, "media_items/live/broadcast/watch_broadcast.html", context)
    allow_player(response)
    give_token(request, response, session)
    return response


def _check_may_watch(request: FoyerRequest, item: MediaItem, session: LiveSession) -> None:
    """Those who edit the item may always look; else raises `NotInside`. Queries as
    `may_watch`."""
    if Ability.EDIT in item.abilities:
        return
    if not may_watch(session, request.visitor.identity_on(item), item.abilities):
        raise NotInside
