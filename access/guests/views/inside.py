"""What a guest inside can do about themself: leave, see what is kept, have it erased."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from access.attendance.kept import kept_of
from access.guests.models import GuestAdmission
from access.guests.services.guests import erase_admission
from access.guests.services.joining import leave as let_go
from access.requests import AccessRequest
from access.site_policy.models import current_policy
from media_items.abilities import Ability
from media_items.lookups import find_media_item
from media_items.models import MediaItem
from media_items.responses import no_content, reload_page


def _own_admissions(request: AccessRequest, item: MediaItem) -> list[GuestAdmission]:
    """All that this browser ever proved on the item, erased ones apart, newest first."""
    ids = request.visitor.admission_ids
    return list(
        GuestAdmission.objects.on(item)
        .filter(pk__in=ids, erased_at=None)
        .select_related("guest__link__item")
        .order_by("-admitted_at", "-pk")
        if ids
        else []
    )


@require_POST
def leave(request: AccessRequest, public_id: str) -> HttpResponse:
    # The same answer whether there is such an item or not.
    if item := MediaItem.objects.filter(public_id=public_id).first():
        for admission in _own_admissions(request, item):
            let_go(admission=admission)
    return redirect("access:left")


@never_cache
@require_GET
def still_in(request: AccessRequest, public_id: str) -> HttpResponse:
    """Asked by an open page now and then: ended while a film plays, the page goes at once.

    The answer is the same for an item that is not there.
    """
    item = MediaItem.objects.live().filter(public_id=public_id).first()
    if item and Ability.VIEW in request.visitor.abilities_on(item):
        return no_content()
    return reload_page()


@require_GET
def left(request: AccessRequest) -> HttpResponse:
    return render(request, "access/guests/left.html")


@never_cache
@require_GET
def guest_record(request: AccessRequest, public_id: str) -> HttpResponse:
    """What is kept about this guest, until when. 404 for every other browser."""
    item = find_media_item(public_id)
    admissions = _own_admissions(request, item)
    if not admissions:
        raise Http404
    kept = timedelta(days=current_policy().kept_days)
    records = [(admission, admission.admitted_at + kept) for admission in admissions]
    context = {"item": item, "records": records, "sittings": kept_of(admissions)}
    return render(request, "access/guests/guest_record.html", context)


@require_POST
def erase_guest_record(request: AccessRequest, public_id: str) -> HttpResponse:
    admissions = _own_admissions(request, find_media_item(public_id))
    if not admissions:
        raise Http404
    for admission in admissions:
        erase_admission(admission=admission)
    return redirect("access:erased")


@require_GET
def erased(request: AccessRequest) -> HttpResponse:
    return render(request, "access/guests/erased.html")
