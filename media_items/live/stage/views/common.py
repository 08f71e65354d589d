"""What the views of the stage share: the place, the rate of changes, the answers to a POST."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse

from media_items.abilities import Ability
from media_items.catalogue.models import Kind
from media_items.live.page.rendering import back_to
from media_items.live.sessions.lookups import Place, get_place
from media_items.rate_limits import count_try
from media_items.requests import FoyerRequest
from media_items.responses import act_done, with_toast


def get_stage(request: FoyerRequest, public_id: str, *, needs: Ability = Ability.VIEW) -> Place:
    """A place in a room. A live event has no stage: 404. Raises as `get_place`."""
    place = get_place(request, public_id, needs=needs)
    if place.item.kind != Kind.ROOM:
        raise Http404
    return place


def count_change(request: FoyerRequest, place: Place) -> None:
    """Each change of a seat makes every page ask for the stage again. Raises `TooManyTries`."""
    count_try(request, "stage-move", of=str(place.me.pk), rate=settings.STAGE_RATE_PER_PERSON)


def after_stage(
    request: FoyerRequest,
    place: Place,
    *,
    warning: str = "",
    events: dict[str, Any] | None = None,
) -> HttpResponse:
    """Back to where they were; with htmx the page looks at the stage and its people again.

    `warning` says that nothing has changed, and why. `events` go to the page's script.
    """
    told = {"live:participants": "", "live:stage": "", **(events or {})}
    response = act_done(request, told, to=back_to(request, place, panel="participants"))
    return with_toast(request, response, warning, tone="warning") if warning else response
