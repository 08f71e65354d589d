"""Every refusal is a page of its own that says which case it is and offers the next step."""

from __future__ import annotations

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from access.exclusions.models import Exclusion
from access.guests.models import GuestAdmission
from access.guests.refusals import MAY_ASK_HOST, MAY_NAME_ITEM, Refusal
from access.policies import lost_access_reason
from access.requests import AccessRequest
from media_items.models import MediaItem

_STATUS = {Refusal.BAD_LINK: 404}


def refusal_page(
    request: AccessRequest,
    reason: Refusal,
    *,
    item: MediaItem | None = None,
    ask_url: str = "",
    known: bool = False,
) -> HttpResponse:
    """`known`: this browser was inside already, so the item may be named."""
    may_name = known or reason in MAY_NAME_ITEM
    return render(
        request,
        f"access/guests/refusals/{reason.value}.html",
        {
            "item": item if may_name else None,
            "ask_url": ask_url if reason in MAY_ASK_HOST else "",
        },
        status=_STATUS.get(reason, 403),
    )


def explain_lost_access(request: AccessRequest, item: MediaItem) -> HttpResponse | None:
    """Why somebody whom this browser proves to have been inside is out now; None for strangers."""
    admission = newest_admission(request, item)
    if admission is None:
        return None
    puts_out = Exclusion.objects.in_force().on(item).filter(email=admission.guest.email)
    exclusion = puts_out.order_by(F("session").asc(nulls_first=True), "pk").first()
    reason = lost_access_reason(admission, item=item, moment=timezone.now(), exclusion=exclusion)
    done_with = admission.guest.link.deleted_at or admission.guest.removed_at
    ask_url = "" if done_with else reverse("access:ask_host_again", args=[item.public_id])
    return refusal_page(request, reason, item=item, known=True, ask_url=ask_url)


def newest_admission(request: AccessRequest, item: MediaItem) -> GuestAdmission | None:
    """The newest admission to the item that this browser proves, in force or not."""
    ids = request.visitor.admission_ids
    if not ids:
        return None
    return (
        GuestAdmission.objects.on(item)
        .filter(pk__in=ids)
        .select_related("guest__link")
        .order_by("-admitted_at", "-pk")
        .first()
    )
