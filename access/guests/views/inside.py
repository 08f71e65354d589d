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
    """Asked regularly by an open page, which closes if access ends while a film plays.

    The answer for an item that does not exist is the same.
    """
    item = MediaItem.objects.live().filter(public_id=public_id).first()
    if item and Ability.VIEW in request.visitor.abilities_on(item):
        return no_content()
    return reload_page()


@require_GET
def left(request: VisitorRequest) -> HttpResponse:
    return render(request, "access/guests/left.html")
