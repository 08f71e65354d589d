"""How browsers find each other: what holders of a seat need to connect, and what they say."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from media_items.live.lookups import Place
from media_items.live.stage import signalling
from media_items.live.stage.engine import current_engine
from media_items.live.stage.forms import OwnSeatForm, SignalForm, WaitingSignalsForm
from media_items.live.stage.rates import count_signal
from media_items.live.stage.views.common import get_stage, not_too_often
from media_items.requests import FoyerRequest


@never_cache
@require_GET
def stage_configuration(request: FoyerRequest, public_id: str) -> HttpResponse:
    """SECURITY: for whoever holds the seat, and for nobody else: it has a credential in it. A page
    whose seat ended while it asked gets nothing, and learns elsewhere why."""
    place = get_stage(request, public_id)
    form = OwnSeatForm(request.GET)
    seat = signalling.own_seat(place.me, form.cleaned_data["seat"]) if form.is_valid() else None
    if seat is None:
        return JsonResponse({})
    return JsonResponse(current_engine().client_configuration(seat, timezone.now()))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@not_too_often
def signal(request: FoyerRequest, public_id: str) -> HttpResponse:
    """GET: what others have said to this seat. POST: what it says to another."""
    place = get_stage(request, public_id)
    if request.method == "POST":
        return _send(request, place)
    form = WaitingSignalsForm(request.GET)
    seat = signalling.own_seat(place.me, form.cleaned_data["seat"]) if form.is_valid() else None
    if seat is None:
        # SECURITY: as if nobody had said anything. A page learns elsewhere that its seat is gone.
        return JsonResponse({"signals": []})
    waiting = signalling.signals_for(seat, after=form.cleaned_data["after"])
    return JsonResponse(
        {
            "signals": [
                {"id": one.pk, "from": one.sender_id, "kind": one.kind, "payload": one.payload}
                for one in waiting
            ]
        }
    )


def _send(request: FoyerRequest, place: Place) -> HttpResponse:
    count_signal(request, place.me)
    form = SignalForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    said = form.cleaned_data
    try:
        signalling.send_signal(
            me=place.me,
            seat_id=said["seat"],
            to=said["to"],
            kind=said["kind"],
            payload=said["payload"],
        )
    except signalling.SignalRefused:
        raise PermissionDenied(_("You have no seat from which this may be said.")) from None
    return HttpResponse(status=204)
