"""The address by which browsers of a mesh find each other."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from media_items.live.sessions.lookups import Place
from media_items.live.stage.mesh import signalling
from media_items.live.stage.mesh.forms import SignalForm, WaitingSignalsForm
from media_items.live.stage.services import own_seat
from media_items.live.stage.views.common import get_stage
from media_items.rate_limits import count_try
from media_items.requests import FoyerRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signal(request: FoyerRequest, public_id: str) -> HttpResponse:
    """GET: what others have said to this seat. POST: what it says to another."""
    place = get_stage(request, public_id)
    if request.method == "POST":
        return _send(request, place)
    form = WaitingSignalsForm(request.GET)
    seat = own_seat(place.me, form.cleaned_data["seat"]) if form.is_valid() else None
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
    # Coming on stage connects to everybody at once, so the rate allows many.
    count_try(request, "stage-signal", of=str(place.me.pk), rate=settings.SIGNAL_RATE_PER_PERSON)
    form = SignalForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    said = form.cleaned_data
    signalling.send_signal(
        me=place.me,
        seat_id=said["seat"],
        to=said["to"],
        kind=said["kind"],
        payload=said["payload"],
    )
    return HttpResponse(status=204)
