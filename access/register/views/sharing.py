"""Share: the page's address and the ways to let people in, at a glance."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from access.guests.rows import LinkRow, newest_links
from access.invitations.services.telling import is_told_otherwise
from access.register.summaries import first_galleries, guests_summary, invited_and_came
from access.requests import VisitorRequest
from media_items.abilities import Ability
from media_items.lookups import get_media_item
from media_items.responses import render_dialog


@require_GET
def share(request: VisitorRequest, public_id: str) -> HttpResponse:
    item = get_media_item(request, public_id, needs=Ability.SHARE)
    context: dict[str, Any] = {
        "item": item,
        "page_address": settings.SITE_URL + item.get_absolute_url(),
    }
    if Ability.SEE_REGISTER in item.abilities:
        context["invited"] = invited_and_came(item)[0]
        context["galleries"] = first_galleries(item)
    if Ability.MANAGE_GUEST_ACCESS in item.abilities:
        summary = guests_summary(item)
        newest = newest_links(item)
        context |= {
            "summary": summary,
            "rows": [LinkRow.of(link, access_on=summary.access_on) for link in newest],
        }
    return render_dialog(request, "access/guests/share.html", context)


@require_GET
def access_line(request: VisitorRequest, public_id: str) -> HttpResponse:
    """The state line under the player, refreshed by itself when links or invitations change."""
    item = get_media_item(request, public_id, needs=Ability.SHARE)
    invited, came = invited_and_came(item)
    return render(
        request,
        "access/guests/_access_line.html",
        {
            "item": item,
            "summary": guests_summary(item),
            "invited": invited,
            "came": came,
            "told_otherwise": is_told_otherwise(item),
        },
    )
