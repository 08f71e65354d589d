"""Going live: starting, the recorder's chunks, pausing, stopping."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from media_items.abilities import Ability
from media_items.live.broadcast import services
from media_items.live.broadcast.models import BroadcastRun
from media_items.live.page.panels import first_panel
from media_items.live.page.rendering import back_to
from media_items.live.sessions.lookups import Place, get_place
from media_items.lookups import AbilityMissing
from media_items.numbers import whole_number
from media_items.refusals import Forbidden, Refusal
from media_items.requests import FoyerRequest
from media_items.responses import act_done, close_dialog, render_dialog


class NotTheSender(Forbidden):
    """Somebody else sends, or has paused, and this visitor does not moderate."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody else started this broadcast. Only they and the host can stop it.")
        )


@require_POST
def start_broadcast(request: FoyerRequest, public_id: str) -> HttpResponse:
    """For the sender's script: the address for its chunks, or in a word why there is none."""
    place = get_place(request, public_id, needs=Ability.BROADCAST)
    try:
        run = services.start_run(
            me=place.me,
            mime_type=request.POST.get("type", ""),
            replaces=whole_number(request.POST.get("replaces"), default=None),
            take_over="take_over" in request.POST and _may_take_over(place),
        )
    except services.SomebodySends as refused:
        may = refused.is_me or Ability.MODERATE in place.item.abilities
        said = {"why": refused.reason, "is_me": refused.is_me, "may_take_over": may}
        return JsonResponse(said | {"name": str(refused.run.sender or "")}, status=409)
    except Refusal as refused:
        return JsonResponse({"why": refused.reason}, status=409)
    chunks = reverse("media_items:take_chunk", args=[place.item.public_id, run.pk, 0])
    return JsonResponse({"run": run.pk, "chunks": chunks.removesuffix("0/")})


def _may_take_over(place: Place) -> bool:
    """From oneself in another window, or from anybody for moderators."""
    if Ability.MODERATE in place.item.abilities:
        return True
    return not _runs(place).filter(stopped_at=None).exclude(sender=place.me).exists()


@require_POST
def take_chunk(request: FoyerRequest, public_id: str, run_id: int, number: int) -> HttpResponse:
    """204: the chunk is on the disk, now or already. 409 with the reason: it is of no use."""
    place = get_place(request, public_id, needs=Ability.BROADCAST)
    run = (
        BroadcastRun.objects.select_related("broadcast")
        .filter(pk=run_id, broadcast__session=place.session)
        .first()
    )
    if run is None:
        raise Http404
    if run.sender_id != place.me.pk:
        raise NotTheSender
    run.broadcast.session = place.session
    try:
        if request.content_type != services.base_type(run.mime_type):
            return HttpResponse(status=415)
        content = _read(request)
        if not isinstance(content, bytes):
            return content
        services.take_chunk(run=run, number=number, content=content)
    except Refusal as refused:
        return JsonResponse({"why": refused.reason}, status=409)
    return HttpResponse(status=204)


def _read(request: HttpRequest) -> bytes | HttpResponse:
    """SECURITY: never more than one chunk in memory, whatever was announced.

    Without a length some servers pass on an empty body: 411 says what is missing.
    """
    announced = request.headers.get("content-length") or ""
    if not announced.isdecimal():
        return HttpResponse(status=411)
    length = whole_number(announced, at_most=services.MOST_BYTES_OF_CHUNK, default=None)
    if length is None:
        return HttpResponse(status=413)
    try:
        content = request.read(services.MOST_BYTES_OF_CHUNK)
    except UnreadablePostError:  # broken off: no fault of the site, and nobody reads the answer
        return HttpResponse(status=400)
    return content if len(content) == length else HttpResponse(status=400)


@require_POST
def pause_broadcast(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = _place_to_stop(request, public_id)
    services.pause(session=place.session)
    return act_done(
        request, ["live:broadcast"], to=back_to(request, place, panel=first_panel().name)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def stop_broadcast(request: FoyerRequest, public_id: str) -> HttpResponse:
    """A dialog that asks once: there is no going on after it."""
    place = _place_to_stop(request, public_id)
    if request.method == "POST":
        services.stop(session=place.session)
        to = reverse("media_items:session", args=[place.item.public_id])
        return close_dialog(request, "live:broadcast", to=to)
    context = {"item": place.item, "session": place.session}
    return render_dialog(request, "media_items/live/broadcast/stop_broadcast.html", context)


def _place_to_stop(request: FoyerRequest, public_id: str) -> Place:
    """For moderators; else for those who may send, unless the last run is somebody else's: a pause
    of theirs is not the end."""
    place = get_place(request, public_id)
    if Ability.MODERATE in place.item.abilities:
        return place
    if Ability.BROADCAST not in place.item.abilities:
        raise AbilityMissing(Ability.BROADCAST)
    last = _runs(place).order_by("-pk").first()
    if last is not None and last.sender_id != place.me.pk:
        raise NotTheSender
    return place


def _runs(place: Place) -> QuerySet[BroadcastRun]:
    return BroadcastRun.objects.filter(broadcast__session=place.session)
