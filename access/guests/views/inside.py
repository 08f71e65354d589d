"""For a guest inside: leaving, and whether they still are."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from access.guests.models import GuestAdmission
from access.guests.proofs import admissions_ever
from access.guests.services import joining
from access.requests import VisitorRequest
from media_items.abilities import Ability
from media_items.live.events.tickets import give_page_ticket
from media_items.models import MediaItem
from media_items.responses import no_content, reload_page


def _own_admissions(request: VisitorRequest, item: MediaItem) -> list[GuestAdmission]:
    """All admissions of this browser to the item, newest first, without erased ones."""
    return [one for one in admissions_ever(request.visitor, item) if one.erased_at is None]


@require_POST
def leave(request: VisitorRequest, public_id: str) -> HttpResponse:
    # The same answer whether there is such an item or not.
    if item := MediaItem.objects.filter(public_id=public_id).first():
        for admission in _own_admissions(request, item):
            joining.leave(admission=admission)
    return redirect("access:left")


@never_cache
@require_GET
def still_in(request: VisitorRequest, public_id: str) -> HttpResponse:
    """Asked by an open page regularly, and at once when rights on the item have changed: it closes
    if access ends while a film plays. Each answer lets it hear of the next change.

    The answer for an item that does not exist is the same.
    """
    item = MediaItem.objects.live().filter(public_id=public_id).first()
    if item is None or Ability.VIEW not in request.visitor.abilities_on(item):
        return reload_page()
    response = no_content()
    give_page_ticket(response, item, request.visitor.identity_on(item))
    return response


@require_GET
def left(request: VisitorRequest) -> HttpResponse:
    return render(request, "access/guests/left.html")
