"""The list of my galleries, and the page of one."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from media_items.abilities import GalleryAbility
from media_items.catalogue.models import Gallery, MediaItem, Publication
from media_items.catalogue.querysets import MediaItemQuerySet
from media_items.library.cards import gallery_cards
from media_items.library.lists import FindMedia, layout_of
from media_items.library.pictures import for_cards
from media_items.library.services import publishing
from media_items.lookups import get_gallery
from media_items.numbers import page_number
from media_items.pagination import MOST_COUNTED, PER_PAGE, first_page, page_of
from media_items.requests import FoyerRequest
from media_items.responses import page_or_fragment, wants_fragment

# A gallery has few rooms; more are shown page by page.
ROOMS_SHOWN = 6


@login_required
@require_safe
def galleries(request: FoyerRequest) -> HttpResponse:
    mine = request.visitor.galleries_with(GalleryAbility.VIEW)
    find = FindMedia.of(request.GET, by=())
    if find.words:
        mine = mine.filter(name__icontains=find.words)
    page = page_of(mine, request.GET.get("page"))
    may_make = request.visitor.may_make_galleries()
    context = {
        "page_obj": page,
        "find": find,
        "may_make_galleries": may_make,
    }
    if not wants_fragment(request):
        context["form"] = find.form(request.path)
    return page_or_fragment(
        request, "media_items/library/galleries.html", context, fragment="results"
    )


@login_required
@require_safe
def gallery(request: FoyerRequest, public_id: str) -> HttpResponse:
    here = get_gallery(request, public_id)
    find, layout = FindMedia.of(request.GET, by=("kind",)), layout_of(request.GET)
    page = _page_of_cards(request, find, here)
    may_take_out = GalleryAbility.TAKE_OUT in here.abilities
    token = get_token(request) if may_take_out else ""
    context = {
        "page_obj": page,
        "cards": gallery_cards(page, gallery=here, may_take_out=may_take_out, token=token),
        "find": find,
        "gallery": here,
        "layout": layout,
        "rooms": _page_of_rooms(request, here),
    }
    if not wants_fragment(request):
        context["form"] = find.form(request.path, layout=layout)
    return page_or_fragment(
        request, "media_items/library/gallery.html", context, fragment="results"
    )


def _page_of_cards(request: FoyerRequest, find: FindMedia, here: Gallery) -> Page[MediaItem]:
    visitor, number = request.visitor, request.GET.get("page")
    if find.is_narrowing or page_number(number) > 1:
        items = find.found_in(visitor.visible_items())
        return page_of(_cards(items, gallery=here.pk), number)
    first = visitor.of_visible_items(first_cards, gallery=here.pk)
    if len(first) <= PER_PAGE:
        return first_page(first)
    return first_page(first, count=len(visitor.of_visible_items(first_keys, gallery=here.pk)))


def _page_of_rooms(request: FoyerRequest, here: Gallery) -> Page[MediaItem]:
    visitor, number = request.visitor, request.GET.get("rooms")
    if page_number(number) > 1:
        rooms = visitor.visible_items().filter(room_of=here).order_by("title", "pk")
        return page_of(rooms, number, per_page=ROOMS_SHOWN)
    first = visitor.of_visible_items(first_rooms, gallery=here.pk)
    return first_page(first, per_page=ROOMS_SHOWN)


def _cards(items: QuerySet[MediaItem], *, gallery: int) -> MediaItemQuerySet:
    published = cast("MediaItemQuerySet", items).published_in(gallery)
    return for_cards(published.order_by("-publications__published_at", "pk"))


# What nearly every look at a gallery asks: `Visitor.of_visible_items`.


def first_cards(items: QuerySet[MediaItem], /, *, gallery: int) -> QuerySet[MediaItem]:
    return _cards(items, gallery=gallery)[: PER_PAGE + 1]


def first_keys(items: QuerySet[MediaItem], /, *, gallery: int) -> QuerySet[MediaItem, int]:
    """Of as many as are counted."""
    published = cast("MediaItemQuerySet", items).published_in(gallery)
    return published.order_by().values_list("pk", flat=True)[: MOST_COUNTED + 1]


def first_rooms(items: QuerySet[MediaItem], /, *, gallery: int) -> QuerySet[MediaItem]:
    return items.filter(room_of=gallery).order_by("title", "pk")[: ROOMS_SHOWN + 1]


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
