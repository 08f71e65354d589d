"""What a guest inside can do about themself: leave, see what is kept, have it erased."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from access.guests.models import GuestAdmission
from access.guests.proofs import GuestProofs, admissions_ever
from access.guests.services.guests import erase_admission
from access.guests.services.joining import leave as let_go
from access.site_policy.models import current_policy
from media_items.abilities import Ability
from media_items.live.kept import kept_of
from media_items.lookups import find_media_item
from media_items.models import MediaItem


def _own_admissions(request: HttpRequest, item: MediaItem) -> list[GuestAdmission]:
    """All that this browser ever proved on the item, erased ones apart, newest first."""
    ever = admissions_ever(request.visitor, item)  # type: ignore[attr-defined]
    return [one for one in ever if one.erased_at is None]


@require_POST
def leave(request: HttpRequest, public_id: str) -> HttpResponse:
    # The same answer whether there is such an item or not.
    if item := MediaItem.objects.filter(public_id=public_id).first():
        for admission in _own_admissions(request, item):
            let_go(admission=admission)
    return redirect("access:left")


@never_cache
@require_GET
def still_in(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asked by an open page now and then: ended while a film plays, the page goes at once.

    The answer is the same for an item that is not there.
    """
    item = MediaItem.objects.live().filter(public_id=public_id).first()
    if item and Ability.VIEW in request.visitor.abilities_on(item):  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


@require_GET
def left(request: HttpRequest) -> HttpResponse:
    return render(request, "access/guests/left.html")


@never_cache
@require_GET
def guest_record(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is kept about this guest, until when. 404 for every other browser."""
    item = find_media_item(public_id)
    admissions = _own_admissions(request, item)
    if not admissions:
        raise Http404
    kept = timedelta(days=current_policy().kept_days)
    records = [(admission, admission.admitted_at + kept) for admission in admissions]
    keys = [str(GuestProofs.key_of(one.pk)) for one in admissions]
    context = {"item": item, "records": records, "sittings": kept_of(keys)}
    return render(request, "access/guests/guest_record.html", context)


@require_POST
def erase_guest_record(request: HttpRequest, public_id: str) -> HttpResponse:
    admissions = _own_admissions(request, find_media_item(public_id))
    if not admissions:
        raise Http404
    for admission in admissions:
        erase_admission(admission=admission)
    return redirect("access:erased")


@require_GET
def erased(request: HttpRequest) -> HttpResponse:
    return render(request, "access/guests/erased.html")
