"""For a guest inside: leaving, and whether they still are."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from access.guests.models import GuestAdmission
from access.guests.proofs import GuestProofs, admissions_ever
from access.guests.refusals import Reason
from access.guests.services import joining
from access.guests.views.way_back import (
    knows_how_it_came,
    last_left,
    remember_leaving,
    way_back,
)
from access.requests import VisitorRequest
from media_items.abilities import Ability
from media_items.live.events.tickets import give_page_ticket, take_ticket_away
from media_items.live.sessions.entering import leave as live_leave
from media_items.live.sessions.lookups import participants_with_key
from media_items.live.sessions.models import LiveSession
from media_items.live.sessions.services import session_of
from media_items.models import MediaItem
from media_items.quizzes.attempts.takers import leaves_attempts_behind, open_attempt_on
from media_items.responses import no_content, reload_page, varies_by_cookie


def _own_admissions(request: VisitorRequest, item: MediaItem) -> list[GuestAdmission]:
    """All admissions of this browser to the item, newest first, without erased ones."""
    return [one for one in admissions_ever(request.visitor, item) if one.erased_at is None]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: VisitorRequest, public_id: str) -> HttpResponse:
    """Out of the item, and of its session where one is under way. GET asks first."""
    response = redirect("access:left")
    varies_by_cookie(response)
    if request.method != "POST":
        item = MediaItem.objects.live().filter(public_id=public_id).first()
        if item is None or Ability.VIEW not in request.visitor.abilities_on(item):
            return response
        identity = request.visitor.identity_on(item)
        attempt = open_attempt_on(item, identity)
        context = {
            "item": item,
            "attempt": attempt,
            "is_counted_here": leaves_attempts_behind(item, identity),
        }
        return render(request, "access/guests/leave.html", context)
    # The same answer whether there is such an item or not.
    if item := MediaItem.objects.filter(public_id=public_id).first():
        session = session_of(item) if item.is_live_kind else None
        admissions = _own_admissions(request, item)
        is_inside = bool(admissions) and Ability.VIEW in request.visitor.abilities_on(item)
        for admission in admissions:
            if session is not None:
                _leave_session(session, admission)
            joining.leave(admission=admission)
        remember_leaving(request, admissions)
        if session is not None and is_inside:
            take_ticket_away(response, session=session.public_id)
    return response


def _leave_session(session: LiveSession, admission: GuestAdmission) -> None:
    """By themself: not, as for all others whose right ends, because it has ended."""
    for me in participants_with_key(session=session.pk, key=str(GuestProofs.key_of(admission.pk))):
        live_leave(me=me)


@never_cache
@require_GET
def still_in(request: VisitorRequest, public_id: str) -> HttpResponse:
    """Asked by an open page regularly, and at once when rights on the item have changed: it closes
    if access ends while a film plays. Each answer lets it hear of the next change.

    The answer for an item that does not exist is the same.
    """
    item = MediaItem.objects.live().filter(public_id=public_id).first()
    if item is None or Ability.VIEW not in request.visitor.abilities_on(item):
        response = reload_page()
    else:
        response = no_content()
        give_page_ticket(request, response, item)
    varies_by_cookie(response)
    return response


@never_cache
@require_GET
def left(request: VisitorRequest) -> HttpResponse:
    """What somebody who has just left can do next."""
    mine = last_left(request)
    item = mine.guest.link.item if mine else None
    context: dict[str, object] = {"item": item}
    if mine and item and _own_admissions(request, item):
        back = way_back(request, mine)
        link_now = back.refusal or ""
        context |= {"join_url": back.join_url, "record_of": item, "link_now": str(link_now)}
        may_ask = knows_how_it_came(request, mine) and mine.guest.link.deleted_at is None
        if may_ask and not back.join_url and back.refusal != Reason.SESSION_ENDED:
            context["ask_url"] = reverse("access:ask_host_again", args=[item.public_id])
    return render(request, "access/guests/left.html", context)
