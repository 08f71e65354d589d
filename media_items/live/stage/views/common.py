"""What the views of the stage share: the way in, and the answers to a form's POST."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse

from media_items.abilities import Ability
from media_items.catalogue.models import Kind
from media_items.live.responses import back_to
from media_items.live.sessions.lookups import Place, get_place
from media_items.requests import FoyerRequest
from media_items.responses import act_done, with_toast


def get_stage(request: FoyerRequest, public_id: str, *, needs: Ability = Ability.VIEW) -> Place:
    """A place in a room. A live event has no stage: 404. Raises as `get_place`."""
    place = get_place(request, public_id, needs=needs)
    if place.item.kind != Kind.ROOM:
        raise Http404
    return place


def after_stage(
    request: FoyerRequest,
    place: Place,
    *,
    warning: str = "",
    events: dict[str, Any] | None = None,
) -> HttpResponse:
    """Back to where they were; with htmx the page looks at the stage and its people anew.

    `warning` says that nothing has changed, and why. `events` go to the page's script.
    """
    told = {"live:participants": "", "live:stage": "", **(events or {})}
    response = act_done(request, told, to=back_to(request, place, panel="participants"))
    return with_toast(request, response, warning, tone="warning") if warning else response
