"""The way back of a guest who has left: the form of the link they came by, while it lets people in.

SECURITY: a link that was given a new address since they left is not shown to them. What is
remembered is which link it was and which of its addresses, never the address itself.
"""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from access.guests.models import GuestAdmission, GuestLink
from access.guests.views.links_behind import refusal_now
from access.links import LinkKey, guest_link_token
from access.requests import VisitorRequest
from media_items.models import MediaItem

_LEFT_BY = "left_by"


def remember_way_back(request: VisitorRequest, admission: GuestAdmission) -> None:
    """Of somebody who is not out by an act of the host."""
    if admission.ended_at is None and admission.guest.removed_at is None:
        link = admission.guest.link
        request.session[_LEFT_BY] = [link.pk, link.key_version]


def link_left(request: VisitorRequest) -> tuple[GuestLink, LinkKey] | None:
    """The link whose guest this browser was last, and its address then. One query."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    pk, key_version = request.session.get(_LEFT_BY) or (0, 0)
    links = GuestLink.objects.select_related("item").filter(item__deleted_at=None)
    link = links.filter(pk=pk).first() if pk else None
    return (link, LinkKey(link.pk, key_version, link.tag)) if link else None


def join_again_url(request: VisitorRequest, item: MediaItem) -> str:
    """Empty where nobody comes in by that link now."""
    found = link_left(request)
    if found is None or found[0].item_id != item.pk or refusal_now(*found, has_place=True):
        return ""
    return reverse("access:join", args=[guest_link_token(found[0])])
