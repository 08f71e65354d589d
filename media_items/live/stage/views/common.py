"""What the views of the stage share: the way in, and the answers to a form's POST."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from media_items.abilities import Ability
from media_items.catalogue.models import Kind
from media_items.live.lookups import Place, get_place
from media_items.live.pages import after_act
from media_items.live.stage import services
from media_items.live.stage.rates import TooOften
from media_items.requests import FoyerRequest

TOO_MANY_REQUESTS = 429


def get_stage(request: FoyerRequest, public_id: str, *, needs: Ability = Ability.VIEW) -> Place:
    """A place in a room. A live event has no stage: 404. Raises as `get_place`."""
    place = get_place(request, public_id, needs=needs)
    if place.item.kind != Kind.ROOM:
        raise Http404
    return place


def not_too_often[**P](
    view: Callable[Concatenate[FoyerRequest, str, P], HttpResponse],
) -> Callable[Concatenate[FoyerRequest, str, P], HttpResponse]:
    @wraps(view)
    def wrapped(
        request: FoyerRequest, public_id: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        try:
            return view(request, public_id, *args, **kwargs)
        except TooOften as refusal:
            return HttpResponse(
                str(refusal), status=TOO_MANY_REQUESTS, content_type="text/plain; charset=utf-8"
            )

    return wrapped


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
    htmx = request.htmx
    if warning and not htmx:
        messages.warning(request, warning)
    response = after_act(request, place, panel="participants")
    if htmx:
        told: dict[str, Any] = {"live:participants": "", "live:stage": "", **(events or {})}
        if warning:
            told["toast"] = {"text": warning, "tone": "warning"}
        response["HX-Trigger"] = json.dumps(told)
    return response


def why(refusal: services.StageRefused) -> str:
    """What happened, in a sentence."""
    if isinstance(refusal, services.StageFull):
        return _(
            "All seats on stage are taken. This room needs a media server to seat more people."
        )
    if isinstance(refusal, services.StageClosed):
        return _("The stage opens with the session.")
    if isinstance(refusal, services.NotInvited):
        return _("The invitation on stage was withdrawn. Raise your hand to ask for another.")
    return _("They have left the session.")
