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
from access.guests.views.way_back import (
    join_again_url,
    knows_how_it_came,
    link_refusal_now,
)
from access.requests import VisitorRequest
from access.visitors import Visitor
from media_items.live.sessions.way_in import at_door
from media_items.models import MediaItem

# The button that leads on to a form of the door and takes along who somebody is: nothing is done.
FILL = "fill"
_LONGEST_TYPED = 320
_STATUS = {Reason.BAD_LINK: 404}


def refusal_page(
    request: VisitorRequest,
    reason: Reason,
    *,
    item: MediaItem | None = None,
    ask_url: str = "",
    join_url: str = "",
    link_now: Reason | None = None,
    known: bool = False,
    has_record: bool = False,
) -> HttpResponse:
    """`join_url`: the link they came by, where it lets them in again; `link_now`: why it does not.
    `known`: this browser was inside already, so the item may be named. `has_record`: it may read
    what is kept about its guest there."""
    now = timezone.now()
    may_name = known or reason in MAY_NAME_ITEM
    return render(
        request,
        f"access/guests/refusals/{reason.value}.html",
        {
            "item": item if may_name else None,
            "ask_url": ask_url if reason in MAY_ASK_HOST and not join_url else "",
            "join_url": join_url,
            "link_now": link_now.value if link_now else "",
            "again_url": request.path if reason in MAY_TRY_AGAIN and not join_url else "",
            "typed": typed_person(request),
            "fill": FILL,
            "record_of": item if has_record else None,
            "ended_at": at_door(item, now).ended_at
            if item and reason == Reason.SESSION_ENDED
            else None,
        },
        status=_STATUS.get(reason, 403),
    )


def typed_person(request: VisitorRequest) -> dict[str, str]:
    """The name and the address that a form of the door was sent with."""
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
    may_not_ask = (
        admission.guest.link.deleted_at
        or admission.guest.removed_at
        or (has_left and not knows_how_it_came(request, admission))
    )
    ask_url = "" if may_not_ask else reverse("access:ask_host_again", args=[item.public_id])
    return refusal_page(
        request,
        reason,
        item=item,
        known=True,
        ask_url=ask_url,
        join_url=join_again_url(request, admission) if may_come_back else "",
        link_now=link_refusal_now(request, admission) if may_come_back else None,
        has_record=admission.erased_at is None,
    )
