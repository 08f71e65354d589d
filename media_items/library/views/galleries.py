"""The list of my galleries, and the page of one."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from media_items.abilities import GalleryAbility
from media_items.catalogue.models import Publication
from media_items.catalogue.querysets import MediaItemQuerySet
from media_items.library.cards import gallery_card
from media_items.library.lists import FindMediaForm, layout_of
from media_items.library.pictures import for_cards
from media_items.library.services import publishing
from media_items.lookups import get_gallery
from media_items.pagination import page_of
from media_items.requests import FoyerRequest
from media_items.responses import page_or_fragment

# A gallery has few rooms; more are shown page by page.
ROOMS_SHOWN = 6


@login_required
@require_safe
def galleries(request: FoyerRequest) -> HttpResponse:
    mine = request.visitor.galleries_with(GalleryAbility.VIEW)
    form = FindMediaForm(request.GET, without=("kind", "state", "sort"))
    if words := form.cleaned_data.get("q"):
        mine = mine.filter(name__icontains=words)
    page = page_of(mine, request.GET.get("page"))
    may_make = request.visitor.may_make_galleries()
    context = {"page_obj": page, "form": form, "may_make_galleries": may_make}
    return page_or_fragment(
        request, "media_items/library/galleries.html", context, fragment="results"
    )


@login_required
@require_safe
def gallery(request: FoyerRequest, public_id: str) -> HttpResponse:
    here = get_gallery(request, public_id)
    form = FindMediaForm(request.GET, without=("state", "sort"))
    items = form.found_in(request.visitor.visible_items()).published_in(here)
    rows = for_cards(items.order_by("-publications__published_at", "pk"))
    page = page_of(rows, request.GET.get("page"), often_short=True)
    may_take_out = GalleryAbility.TAKE_OUT in here.abilities
    token = get_token(request) if may_take_out else ""
    rooms = request.visitor.visible_items().filter(room_of=here).order_by("title", "pk")
    context = {
        "page_obj": page,
        "cards": [
            gallery_card(one, gallery=here, may_take_out=may_take_out, token=token) for one in page
        ],
        "form": form,
        "gallery": here,
        "layout": layout_of(request.GET),
        "rooms": page_of(rooms, request.GET.get("rooms"), per_page=ROOMS_SHOWN),
    }
    return page_or_fragment(
        request, "media_items/library/gallery.html", context, fragment="results"
    )


@login_required
@require_POST
def take_out_of_gallery(request: FoyerRequest, public_id: str, item_id: str) -> HttpResponse:
    here = get_gallery(request, public_id, needs=GalleryAbility.TAKE_OUT)
    # SECURITY: only items listed here; one that was made private meanwhile is not named.
    visible = cast("MediaItemQuerySet", request.visitor.visible_items())
    listed = visible.published_in(here)
    publications = Publication.objects.select_related("item").filter(item__in=listed)
    publication = get_object_or_404(publications, gallery=here, item__public_id=item_id)
    publishing.take_out(item=publication.item, gallery=here, by=request.user)
    messages.success(
        request,
        _("“%(title)s” was removed from this gallery.") % {"title": publication.item.title},
    )
    return redirect(here)
