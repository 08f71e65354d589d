"""What people do for themselves: look, check their devices, come on stage, connect, send, leave."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from media_items.abilities import Ability
from media_items.live.page.rendering import page_context
from media_items.live.sessions.entering import mark_present
from media_items.live.sessions.lookups import Place, panel_page
from media_items.live.stage import services
from media_items.live.stage.engine import current_engine
from media_items.live.stage.forms import MediaStateForm, OwnSeatForm, SeatForm
from media_items.live.stage.models import Seat
from media_items.live.stage.showing import dialog_context, stage_context
from media_items.live.stage.views.common import after_stage, count_change, get_stage
from media_items.lookups import AbilityMissing
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest
from media_items.responses import render_dialog

DEVICE_CHECK = "media_items/live/stage/device_check.html"
INVITED = "media_items/live/stage/invited.html"


@never_cache
@require_GET
@panel_page
def stage(request: FoyerRequest, public_id: str) -> HttpResponse:
    """Who is on stage, and one's own place there. A fragment."""
    place = get_stage(request, public_id)
    shown = page_context(place)
    shown |= stage_context(request, place, shown["live"])
    return render(request, "media_items/live/stage/_state.html", shown)


@never_cache
@require_GET
@panel_page
def device_check(request: FoyerRequest, public_id: str) -> HttpResponse:
    """Camera and microphone, tried before anybody sees or hears them. A dialog."""
    place = get_stage(request, public_id)
    return _device_check(request, place)


@require_POST
def go_on_stage(request: FoyerRequest, public_id: str) -> HttpResponse:
    """For those who may without an invitation, and for those on stage whose page was loaded
    again."""
    place = get_stage(request, public_id)
    count_change(request, place)
    form = SeatForm(request.POST)
    form.is_valid()
    at_will = services.may_go_at_will(place.item.abilities, place.live.stage_access)
    mark_present(place.me, timezone.now())
    try:
        seat = services.go_on_stage(participant=place.me, at_will=at_will, **form.cleaned_data)
    except services.NotInvited:
        raise AbilityMissing(Ability.TAKE_STAGE) from None
    except Refusal as refusal:
        return _device_check(request, place, refusal=str(refusal))
    return _seated(request, place, seat)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept_stage(request: FoyerRequest, public_id: str) -> HttpResponse:
    """A moderator's question, and the yes to it. The question is a dialog."""
    place = get_stage(request, public_id)
    if request.method != "POST":
        context = {"item": place.item, **dialog_context(place.me)}
        return render_dialog(request, INVITED, context)
    count_change(request, place)
    form = MediaStateForm(request.POST)
    form.is_valid()
    mark_present(place.me, timezone.now())
    try:
        seat = services.accept_stage(
            participant=place.me,
            microphone=form.cleaned_data["microphone"],
            camera=form.cleaned_data["camera"],
        )
    except Refusal as refusal:
        return _device_check(request, place, refusal=str(refusal))
    return _seated(request, place, seat)


@require_POST
def decline_stage(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_stage(request, public_id)
    services.decline_stage(participant=place.me)
    return after_stage(request, place, events={"close-dialog": ""})


@require_POST
def leave_stage(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_stage(request, public_id)
    services.leave_stage(participant=place.me)
    return after_stage(request, place, events={"stage-seat": {"seat": None}})


@require_POST
def watch_stage(request: FoyerRequest, public_id: str) -> HttpResponse:
    """Asked by the page's script. No seat is an ordinary answer, not a fault."""
    place = get_stage(request, public_id)
    count_change(request, place)
    mark_present(place.me, timezone.now())
    try:
        seat = services.watch_stage(participant=place.me)
    except Refusal:
        return JsonResponse({"seat": None})
    return JsonResponse({"seat": seat.pk, "kind": seat.kind})


@require_POST
def set_media_state(request: FoyerRequest, public_id: str) -> HttpResponse:
    """What this page sends now: microphone, camera, screen."""
    place = get_stage(request, public_id)
    count_change(request, place)
    form = MediaStateForm(request.POST)
    form.is_valid()
    seat = services.seat_of(place.me)
    if seat is None or not seat.publishes:
        return HttpResponse(_("You are not on stage."), status=409)
    try:
        services.set_media_state(seat=seat, **form.cleaned_data)
    except services.NotThere:
        return HttpResponse(_("You are not on stage."), status=409)
    return HttpResponse(status=204)


@never_cache
@require_GET
def stage_configuration(request: FoyerRequest, public_id: str) -> HttpResponse:
    """SECURITY: for the seat's holder and nobody else: it contains a credential. A page whose seat
    ended while it asked gets nothing, and learns elsewhere why."""
    place = get_stage(request, public_id)
    form = OwnSeatForm(request.GET)
    seat = services.own_seat(place.me, form.cleaned_data["seat"]) if form.is_valid() else None
    if seat is None:
        return JsonResponse({})
    return JsonResponse(current_engine().client_configuration(seat, timezone.now()))


def _device_check(request: FoyerRequest, place: Place, *, refusal: str = "") -> HttpResponse:
    context = {"item": place.item, "refusal": refusal, **dialog_context(place.me)}
    return render_dialog(request, DEVICE_CHECK, context, status=422 if refusal else 200)


def _seated(request: FoyerRequest, place: Place, seat: Seat) -> HttpResponse:
    """The script learns which seat is this page's, and connects."""
    told = {"seat": seat.pk, "kind": seat.kind}
    return after_stage(request, place, events={"close-dialog": "", "stage-seat": told})
