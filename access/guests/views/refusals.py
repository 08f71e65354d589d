"""One page for each reason of a refusal: it says the reason and offers the next step."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from access.blocks.policies import block_of
from access.guests.policies import lost_access_reason
from access.guests.proofs import admissions_ever
from access.guests.refusals import MAY_ASK_HOST, MAY_NAME_ITEM, MAY_TRY_AGAIN, Reason
from access.guests.views.way_back import WayBack, knows_how_it_came, way_back
from access.requests import VisitorRequest
from access.visitors import Visitor
from media_items.drawn_whole import drawn_whole
from media_items.live.sessions.way_in import AtDoor
from media_items.models import MediaItem

# The button that leads on to a form of the door and takes along who somebody is: nothing is done.
FILL = "fill"
_LONGEST_TYPED = 320


def refusal_page(
    request: VisitorRequest,
    reason: Reason,
    *,
    item: MediaItem | None = None,
    ask_url: str = "",
    back: WayBack | None = None,
    now: AtDoor | None = None,
    known: bool = False,
    has_record: bool = False,
) -> HttpResponse:
    """`back`: by the link they came by. `now`: where the item is, as its door says it. `known`:
    this browser was inside already, so the item may be named. `has_record`: it may read what is
    kept about its guest there."""
    template = f"access/guests/refusals/{reason.value}.html"
    if reason == Reason.BAD_LINK:
        return HttpResponse(drawn_whole(template), status=404)
    back, now = back or WayBack(), now or AtDoor()
    may_name = known or reason in MAY_NAME_ITEM
    return render(
        request,
        template,
        {
            "item": item if may_name else None,
            "ask_url": ask_url if reason in MAY_ASK_HOST and not back.join_url else "",
            "join_url": back.join_url,
            "link_now": back.refusal.value if back.refusal else "",
            "again_url": _again_url(request, reason, item, back, now),
            "typed": typed_person(request),
            "fill": FILL,
            "record_of": item if has_record else None,
            "ended_at": now.ended_at,
            "was_held": now.was_held,
        },
        status=403,
    )


def _again_url(
    request: VisitorRequest, reason: Reason, item: MediaItem | None, back: WayBack, now: AtDoor
) -> str:
    """Where there may be another answer later. For whoever was inside that is the item's own page:
    they may have been refused an act, whose address is not opened."""
    if now.was_held or back.join_url:
        return ""
    if reason == Reason.ENDED_BY_HOST:
        return item.get_absolute_url() if item and back.refusal == Reason.SWITCHED_OFF else ""
    return request.path if reason in MAY_TRY_AGAIN else ""


def typed_person(request: VisitorRequest) -> dict[str, str]:
    """The name and the address that a form of the door was sent with."""
    if request.method != "POST":
        return {}
    return {
        name: request.POST[name][:_LONGEST_TYPED]
        for name in ("name", "email")
        if name in request.POST
    }


def explain_lost_access(
    request: VisitorRequest, visitor: Visitor, item: MediaItem
) -> HttpResponse | None:
    """Why somebody whom this browser proves to have been inside is out; None for strangers."""
    admission = next(iter(admissions_ever(visitor, item)), None)
    if admission is None:
        return None
    emails = {admission.guest.email}
    block = block_of(item=item, emails=emails, are_proven=False)
    reason = lost_access_reason(admission, item=item, moment=timezone.now(), block=block)
    has_left = reason == Reason.LEFT
    may_come_back = has_left or reason == Reason.ENDED_BY_HOST
    back = way_back(request, admission) if may_come_back else WayBack()
    may_not_ask = (
        admission.guest.link.deleted_at
        or admission.guest.removed_at
        or (has_left and not knows_how_it_came(request, admission))
        or back.refusal == Reason.SESSION_ENDED
    )
    ask_url = "" if may_not_ask else reverse("access:ask_host_again", args=[item.public_id])
    return refusal_page(
        request,
        reason,
        item=item,
        known=True,
        ask_url=ask_url,
        back=back,
        has_record=admission.erased_at is None,
    )
