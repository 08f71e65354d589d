"""See as a guest: the door of a link and the page behind it, shown to the host of the item.

SECURITY: these pages let nobody in, count nothing and send nothing; their policy lets no form go
anywhere, whatever is drawn on them.
"""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from access.guests.door_forms import JoinForm
from access.guests.models import GuestLink, LinkState
from access.guests.rows import link_rows
from access.guests.seen_as import see_as_guest
from access.guests.views.door import closed_page, join_page
from access.guests.views.hosts import managed_item, managed_link
from access.guests.views.links_behind import door_of, shown_links
from access.guests.views.refusals import refusal_page
from access.links import LinkKey, guest_link_token
from access.requests import VisitorRequest, account_of
from media_items.abilities import Ability
from media_items.live.page.views import entrance_page
from media_items.lookups import get_media_item
from media_items.playback.views.pages import media_page
from media_items.player_parts import PLAYER_CSP

_NO_FORMS: dict[str, list[str]] = {"form-action": [CSP.NONE]}
_DOOR_CSP = {**cast("dict[str, list[str]]", settings.SECURE_CSP), **_NO_FORMS}
_PAGE_CSP = {**PLAYER_CSP, **_NO_FORMS}


@require_safe
def see_as_a_guest(request: VisitorRequest, public_id: str) -> HttpResponse:
    """Of the item: by its newest link that lets people in, else by its newest; where there is none,
    to making one."""
    item = managed_item(request, public_id)
    links = list(link_rows(item)[:20])
    moment = timezone.now()
    open_ones = (one for one in links if one.state_at(moment, access_on=True) == LinkState.ACTIVE)
    link = next(open_ones, next(iter(links), None))
    if link is None:
        return redirect(reverse("access:guest_links", args=[item.public_id]) + "?new=1")
    return redirect("access:guest_door", item.public_id, link.pk)


@never_cache
@require_safe
@csp_override(_DOOR_CSP)
def guest_door(request: VisitorRequest, public_id: str, link_id: int) -> HttpResponse:
    """What somebody finds who opens the link: the form, or why nobody joins by it now."""
    link = _seen_link(request, public_id, link_id, is_inside=False)
    token = guest_link_token(link)
    key = LinkKey(pk=link.pk, key_version=link.key_version, tag=link.tag)
    door = door_of(link, key, request.visitor)
    if door.refusal:
        ask_url = reverse("access:ask_host", args=[token])
        response = refusal_page(
            request, door.refusal, item=link.item, ask_url=ask_url, now=door.now
        )
        response.status_code = 200  # of the host's page: it is there
        return response
    if door.now.closed_at:
        return closed_page(request, link, token, door.now)
    return join_page(request, link, JoinForm, token, door.now)


@never_cache
@require_safe
@csp_override(_PAGE_CSP)
def guest_page(request: VisitorRequest, public_id: str, link_id: int) -> HttpResponse:
    """What a guest of the link finds inside: the item's page, or the entrance of its session."""
    link = _seen_link(request, public_id, link_id, is_inside=True)
    if Ability.VIEW not in request.visitor.abilities_on(link.item):
        return redirect("access:guest_door", public_id, link.pk)  # which says why
    item = get_media_item(request, public_id)
    return entrance_page(request, public_id) if item.is_live_kind else media_page(request, item)


def _seen_link(
    request: VisitorRequest, public_id: str, link_id: int, *, is_inside: bool
) -> GuestLink:
    """A link of this item, which its host may look through. The request is a guest's then."""
    found = managed_link(managed_item(request, public_id), link_id)
    link = shown_links().get(pk=found.pk)
    see_as_guest(request, link, account=account_of(request), is_inside=is_inside)
    return link
