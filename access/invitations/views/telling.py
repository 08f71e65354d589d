"""Telling the people invited that a scheduled item has moved or is called off.

Never done automatically: it is offered to the host, after an edit or before deleting.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from access.guests.models import GuestAdmission
from access.invitations.mails.placeholders import session_time
from access.invitations.models import MailKind
from access.invitations.services import telling as services
from access.requests import VisitorRequest, account_of
from media_items.abilities import Ability
from media_items.lookups import get_media_item
from media_items.models import MediaItem
from media_items.responses import fragment_or_redirect, render_dialog

_NEEDS = {MailKind.MOVED: Ability.EDIT, MailKind.CANCELLED: Ability.DELETE}
_CHANGED = ("invitations-changed", "guest-links-changed")


@require_http_methods(["GET", "HEAD", "POST"])
def tell_invited(request: VisitorRequest, public_id: str, kind: MailKind) -> HttpResponse:
    """GET asks, with the number of people; POST mails them. Only accounts may edit or delete."""
    item = get_media_item(request, public_id, needs=_NEEDS[kind])
    if request.method != "POST":
        return _dialog(request, item, kind)
    told = (
        services.tell_invited(item=item, kind=kind, by=account_of(request))
        if services.may_be_told(item)
        else 0
    )
    said = ngettext("We’re emailing %(told)s person.", "We’re emailing %(told)s people.", told) % {
        "told": told
    }
    return fragment_or_redirect(
        request,
        lambda: _dialog(request, item, kind, said=said, events=_CHANGED),
        to=request.path,
        said=said,
    )


@require_GET
def called_off_line(request: VisitorRequest, public_id: str) -> HttpResponse:
    """For the delete dialog: how many people would be told; empty if there are none."""
    item = get_media_item(request, public_id, needs=Ability.DELETE)
    count = _count(item, MailKind.CANCELLED)
    context = {"item": item, "count": count}
    return render(request, "access/invitations/telling/_called_off_line.html", context)


def _dialog(
    request: VisitorRequest,
    item: MediaItem,
    kind: MailKind,
    *,
    said: str = "",
    events: tuple[str, ...] = (),
) -> HttpResponse:
    may_be_told = services.may_be_told(item)
    context: dict[str, Any] = {
        "item": item,
        "is_called_off": kind == MailKind.CANCELLED,
        "when": session_time(item),
        "may_be_told": may_be_told,
        "count": _count(item, kind),
        "guests": _guests(item) if may_be_told else 0,
        "said": said,
        "here": request.path,
    }
    template = "access/invitations/telling/tell_invited.html"
    return render_dialog(request, template, context, events=events)


def _guests(item: MediaItem) -> int:
    """How many would want to know and are written nothing: what a guest typed proves no mailbox.
    Whose email is invited, too, hears of it there."""
    inside = GuestAdmission.objects.on(item).in_force(timezone.now())
    invited = services.people_with_mail(item).values("email")
    return inside.exclude(guest__email__in=invited).count_people()


def _count(item: MediaItem, kind: MailKind) -> int:
    return services.people_to_tell(item, kind=kind).count() if services.may_be_told(item) else 0
