"""The guests of an item, for its host: searched, filtered, page by page, removed, let back."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from access.blocks.models import Block
from access.email_addresses import stored_part
from access.guests.models import Guest, GuestAdmission, GuestLink
from access.guests.services import guests as guest_services
from access.guests.views.hosts import managed_item
from access.requests import VisitorRequest, account_of
from media_items.models import MediaItem
from media_items.numbers import whole_number
from media_items.pagination import page_of

PER_PAGE = 50
FILTERS = ("inside", "removed")


@require_GET
def guests(request: VisitorRequest, public_id: str) -> HttpResponse:
    item = managed_item(request, public_id)
    found = Guest.objects.on(item).select_related("link").order_by("-joined_at", "-pk")
    inside = GuestAdmission.objects.in_force(timezone.now())
    query, only = request.GET.get("q", "").strip()[:100], request.GET.get("only", "")
    link = request.GET.get("link", "")
    if query:
        found = found.filter(Q(name__icontains=query) | Q(email__icontains=stored_part(query)))
    if (link_id := whole_number(link, default=None)) is not None:
        found = found.filter(link_id=link_id)
    if only == "inside":
        found = found.filter(Exists(inside.filter(guest=OuterRef("pk"))))
    elif only == "removed":
        found = found.filter(removed_at__isnull=False)
    page = page_of(found, request.GET.get("page"), per_page=PER_PAGE)
    on_page = [guest.pk for guest in page]
    _set_blocked_by(item, page)
    context = {
        "item": item,
        "page_obj": page,
        "inside_ids": set(inside.filter(guest__in=on_page).values_list("guest", flat=True)),
        "query": query,
        "only": only if only in FILTERS else "",
        "link_id": link,
        "links": GuestLink.objects.filter(item=item).order_by("-created_at")[:100],
    }
    return render(request, "access/guests/guests.html", context)


def _set_blocked_by(item: MediaItem, guests: Iterable[Guest]) -> None:
    """`guest.blocked_by`: the key of the block to lift, or None. One query, for live items only."""
    known = Q(email__in=[one.email for one in guests if one.email])
    known |= Q(digest__in=[one.digest for one in guests if one.digest])
    rows = Block.objects.in_force().on(item).filter(known).order_by("made_at")
    found: dict[str, int] = {}
    for pk, email, digest in rows.values_list("pk", "email", "digest") if item.is_live_kind else ():
        found |= {email: pk, digest: pk}
    found.pop("", None)
    for guest in guests:
        guest.blocked_by = found.get(guest.email or guest.digest)  # type: ignore[attr-defined]


def _guest(request: VisitorRequest, public_id: str, guest_id: int) -> Guest:
    item = managed_item(request, public_id)
    guest = Guest.objects.on(item).filter(pk=guest_id).first()
    if guest is None:
        raise Http404
    return guest


@require_POST
def remove_guest(request: VisitorRequest, public_id: str, guest_id: int) -> HttpResponse:
    guest_services.remove_guest(guest=_guest(request, public_id, guest_id), by=account_of(request))
    return redirect("access:guests", public_id)


@require_POST
def let_guest_back(request: VisitorRequest, public_id: str, guest_id: int) -> HttpResponse:
    guest_services.readmit_guest(guest=_guest(request, public_id, guest_id), by=account_of(request))
    return redirect("access:guests", public_id)
