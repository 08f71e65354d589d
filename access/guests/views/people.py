"""The guests of an item, for its host: searched, filtered, page by page, removed, blocked, let
back in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.blocks.models import Block
from access.guests.acts import ACTS
from access.guests.found import ONLY, SORTS, GuestFilter, page_of_guests, selectable
from access.guests.models import Guest, GuestLink
from access.guests.services import guests as guest_services
from access.guests.services.places import NoPlaceLeft
from access.guests.views.hosts import managed_item
from access.requests import VisitorRequest, account_of
from media_items.models import MediaItem
from media_items.responses import next_of, reload_or_go_to, render_dialog
from media_items.selections import MOST_AT_ONCE, done_together, number_selectable

UNDO_SECONDS = 60
MOST_LINKS = 100  # to choose from
MOST_UNDOABLE = 5  # lines above the table


@require_GET
def guests(request: VisitorRequest, public_id: str) -> HttpResponse:
    item = managed_item(request, public_id)
    moment, wanted = timezone.now(), GuestFilter.of(request.GET)
    links = list(GuestLink.objects.filter(item=item).order_by("-created_at")[: MOST_LINKS + 1])
    known = [link.pk for link in links] if len(links) <= MOST_LINKS else None
    found = wanted.found_on(item, moment, links=known)
    page = page_of_guests(found, request.GET.get("page"), moment)
    undoable = list(_just_removed(request, item)[:MOST_AT_ONCE])
    _mark_blocked(item, [*page, *undoable])
    context = {
        "item": item,
        "page_obj": page,
        "wanted": wanted,
        "filters": [*ONLY.items()],
        "sorts": [*SORTS.items()],
        "links": links[:MOST_LINKS],
        "undoable": _acts_of(undoable),
        "acts": list(ACTS.values()),
        "has_boxes": any(not one.erased_at for one in page),
        "everything": number_selectable(page, selectable(found)),
        "act_url": reverse("access:guests_act", args=[public_id]),
    }
    return render(request, "access/guests/guests.html", context)


def _just_removed(request: VisitorRequest, item: MediaItem) -> QuerySet[Guest]:
    """By whoever asks, a moment ago: the page offers to undo it."""
    since = timezone.now() - timedelta(seconds=UNDO_SECONDS)
    mine = Guest.objects.on(item).filter(removed_by=account_of(request), erased_at=None)
    return mine.filter(removed_at__gte=since).order_by("-removed_at", "-pk")


def _acts_of(removed: list[Guest]) -> list[list[Guest]]:
    """Those who were removed by one act together, or removed and blocked; all of them where the
    lines would be many."""
    acts = done_together(removed, lambda guest: guest.removed_at or guest.joined_at)
    together = [removed] if len(acts) > MOST_UNDOABLE else acts
    alike = [
        [one for one in act if one.is_blocked == is_blocked]  # type: ignore[attr-defined]
        for act in together
        for is_blocked in (False, True)
    ]
    return [act for act in alike if act]


def _mark_blocked(item: MediaItem, guests: Iterable[Guest]) -> None:
    """`guest.is_blocked` of each. One query."""
    known = Q(email__in=[one.email for one in guests if one.email])
    known |= Q(digest__in=[one.digest for one in guests if one.digest])
    rows = Block.objects.in_force().on(item).filter(known).values_list("email", "digest")
    found = {word for row in rows for word in row if word}
    for guest in guests:
        guest.is_blocked = not found.isdisjoint({guest.email, guest.digest})  # type: ignore[attr-defined]


def _guest(request: VisitorRequest, public_id: str, guest_id: int) -> Guest:
    item = managed_item(request, public_id)
    guest = Guest.objects.on(item).select_related("link").filter(pk=guest_id).first()
    if guest is None:
        raise Http404
    guest.link.item = item
    return guest


@require_http_methods(["GET", "HEAD", "POST"])
def remove_guest(request: VisitorRequest, public_id: str, guest_id: int) -> HttpResponse:
    """Asks, and says what removing and blocking keep out; does the one whose button was pressed."""
    guest = _guest(request, public_id, guest_id)
    if request.method != "POST":
        context = {"item": guest.link.item, "guest": guest}
        return render_dialog(request, "access/guests/remove_guest.html", context)
    act = guest_services.block_guest if "block" in request.POST else guest_services.remove_guest
    act(guest=guest, by=account_of(request))
    return reload_or_go_to(request, _list_of(request, public_id))


@require_POST
def let_guest_back(request: VisitorRequest, public_id: str, guest_id: int) -> HttpResponse:
    """Undoes the removal, or lifts the block of somebody who is not removed: the button says which,
    so that pressed twice it does no more than once."""
    guest = _guest(request, public_id, guest_id)
    is_unblocking = request.POST.get("undo") == "block"
    undo = guest_services.unblock_guest if is_unblocking else guest_services.readmit_guest
    try:
        undo(guest=guest, by=account_of(request))
    except (NoPlaceLeft, guest_services.RemovedSince) as refusal:
        messages.error(request, refusal.message)
    else:
        said = _("You let %(name)s back in.") % {"name": guest}
        messages.success(request, said)
    return redirect(_list_of(request, public_id))


def _list_of(request: VisitorRequest, public_id: str) -> str:
    return next_of(request) or reverse("access:guests", args=[public_id])
