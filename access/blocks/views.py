"""What those who moderate do about one person in a session, and the list of people removed."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.accounts.models import User
from access.blocks import services
from access.blocks.models import Block
from access.blocks.services import Actor, NotAbove
from access.requests import VisitorRequest
from media_items.abilities import Ability
from media_items.live.sessions.lookups import Place, find_me, get_person, get_place
from media_items.live.sessions.models import (
    ARE_TYPED,
    Participant,
    is_typed,
    level_of,
)
from media_items.live.sessions.services import session_of
from media_items.lookups import get_media_item
from media_items.models import MediaItem
from media_items.pagination import page_of
from media_items.refusals import Refusal
from media_items.responses import close_dialog, fragment_or_redirect, next_of, render_dialog

PER_PAGE = 50
# What the session's page hears; a list of people removed listens to the second.
CHANGED = ("live:participants", "blocks-changed")


# --- one person in a session ----------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_participant(
    request: VisitorRequest, public_id: str, participant_id: int
) -> HttpResponse:
    return _remove(request, public_id, participant_id, lasting=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_and_block_participant(
    request: VisitorRequest, public_id: str, participant_id: int
) -> HttpResponse:
    return _remove(request, public_id, participant_id, lasting=True)


def _remove(
    request: VisitorRequest, public_id: str, participant_id: int, *, lasting: bool
) -> HttpResponse:
    """GET asks once; POST does it."""
    place = get_place(request, public_id, needs=Ability.MODERATE)
    person = get_person(place, participant_id)
    context = {"item": place.item, "person": person, "for_good": lasting}
    template = "access/blocks/remove_participant.html"
    if request.method != "POST":
        context |= _same_address(place, person)
        return render_dialog(request, template, context)
    by = Actor(level_of(place.item.abilities), _account(request), place.me)
    try:
        services.remove(participant=person, by=by, lasting=lasting)
    except NotAbove:
        return render_dialog(request, template, {**context, "sorry": True}, status=422)
    return close_dialog(request, *CHANGED, to=back_to_people(request, place.item))


def _same_address(place: Place, person: Participant) -> dict[str, list[Participant]]:
    """Who is there with the same address: `others` go with them, `staying` do not. Ten of each."""
    if not person.person:
        return {"others": [], "staying": []}
    here = place.session.participants.here().filter(person=person.person).exclude(pk=person.pk)
    here, level = here.order_by("name"), level_of(place.item.abilities)
    going = here.filter(level__lt=level)
    if not is_typed(person):
        return {"others": list(going[:10]), "staying": []}
    return {
        "others": list(going.filter(ARE_TYPED)[:10]),
        "staying": list(here.exclude(ARE_TYPED)[:10]),
    }


def _account(request: VisitorRequest) -> User | None:
    return request.visitor.account


def back_to_people(request: VisitorRequest, item: MediaItem) -> str:
    return next_of(request) or reverse("media_items:participants", args=[item.public_id])


# --- people removed -------------------------------------------------------------------------------


def _moderated_item(request: VisitorRequest, public_id: str) -> MediaItem:
    return get_media_item(request, public_id, needs=Ability.MODERATE)


@never_cache
@require_GET
def blocks(request: VisitorRequest, public_id: str) -> HttpResponse:
    return _list(request, _moderated_item(request, public_id))


def _list(
    request: VisitorRequest, item: MediaItem, *, said: str = "", sorry: str = ""
) -> HttpResponse:
    rows = (
        Block.objects.in_force()
        .on(item)
        .select_related("participant", "made_by", "made_by_participant")
        .order_by("-made_at", "-pk")
    )
    context = {
        "item": item,
        "page_obj": page_of(rows, request.GET.get("page"), per_page=PER_PAGE),
        "level": level_of(item.abilities),
        "sees_addresses": Ability.SEE_REGISTER in item.abilities,
        "said": said,
        "sorry": sorry,
    }
    return render_dialog(
        request,
        "access/blocks/blocks.html",
        context,
        status=422 if sorry else 200,
        events=CHANGED if said else (),
    )


@never_cache
@require_GET
def blocks_entry(request: VisitorRequest, public_id: str) -> HttpResponse:
    """The menu's entry *Removed and blocked (N)*, a request of its own; empty where nobody is
    removed."""
    item = _moderated_item(request, public_id)
    count = Block.objects.in_force().on(item).count()
    context = {"item": item, "count": count, "next": next_of(request)}
    return render(request, "access/blocks/_blocks_entry.html", context)


@require_POST
def let_back(request: VisitorRequest, public_id: str, pk: int) -> HttpResponse:
    item = _moderated_item(request, public_id)
    block = Block.objects.on(item).select_related("participant").filter(pk=pk).first()
    if block is None:
        raise Http404
    block.item = item
    me = find_me(session_of(item), request.visitor.identity_on(item))
    try:
        services.unblock(block=block, by=Actor(level_of(item.abilities), _account(request), me))
    except NotAbove:
        return _list(
            request,
            item,
            sorry=_(
                "Only the person who removed them, or somebody with a higher role, can let "
                "them back in."
            ),
        )
    except Refusal as refusal:
        return _list(request, item, sorry=str(refusal))
    said = _("This person can come back now.")
    return fragment_or_redirect(
        request,
        lambda: _list(request, item, said=said),
        to=next_of(request) or reverse("access:blocks", args=[public_id]),
        said=said,
    )
