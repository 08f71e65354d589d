"""My media, and the bin."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from itertools import groupby
from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from media_items.catalogue.models import MediaItem
from media_items.catalogue.querysets import MediaItemQuerySet
from media_items.library import many
from media_items.library.cards import own_cards
from media_items.library.lists import FindMedia, Sort, layout_of, sorted_by
from media_items.library.pictures import add_pictures, for_cards
from media_items.library.uploads import most_bytes_of_media
from media_items.numbers import page_number
from media_items.pagination import MOST_COUNTED, PER_PAGE, first_page, page_of
from media_items.requests import FoyerRequest
from media_items.responses import page_or_fragment, wants_fragment
from media_items.selections import MOST_AT_ONCE, number_selectable

UNDO_SECONDS = 60
MOST_UNDOABLE = 5  # lines above the list


def own_items(request: FoyerRequest) -> MediaItemQuerySet:
    return cast("MediaItemQuerySet", request.visitor.own_items())


@login_required
@require_safe
def my_media(request: FoyerRequest) -> HttpResponse:
    is_shared = request.GET.get("tab") == "shared"
    find, layout = FindMedia.of(request.GET), layout_of(request.GET)
    page = _page_of_cards(request, find, is_shared=is_shared)
    here = request.get_full_path()
    context = {
        "page_obj": page,
        "cards": own_cards(page, is_shared=is_shared, sort=find.sort, here=here),
        "find": find,
        "is_shared": is_shared,
        "layout": layout,
        "acts": many.offered(is_shared=is_shared),
        "act_url": reverse("media_items:act_on_media"),
        "everything": number_selectable(page),
    }
    if not wants_fragment(request):
        context |= {
            "form": find.form(request.path, is_shared=is_shared, layout=layout),
            "most_bytes": most_bytes_of_media(),
            "just_deleted": _just_deleted(request),
        }
    return page_or_fragment(
        request, "media_items/library/my_media.html", context, fragment="results"
    )


def _page_of_cards(request: FoyerRequest, find: FindMedia, *, is_shared: bool) -> Page[MediaItem]:
    visitor, number = request.visitor, request.GET.get("page")
    if is_shared or find.is_narrowing or page_number(number) > 1:
        items = visitor.shared_items() if is_shared else own_items(request).live()
        return page_of(for_cards(find.found_in(items), with_owner=is_shared), number)
    first = visitor.of_own_items(first_own_cards, sort=find.sort)
    if len(first) <= PER_PAGE:
        return first_page(first)
    return first_page(first, count=len(visitor.of_own_items(first_own_keys)))


def _just_deleted(request: FoyerRequest) -> list[list[MediaItem]]:
    """By whoever asks, a moment ago, the items of each act: the page offers to undo it."""
    since = timezone.now() - timedelta(seconds=UNDO_SECONDS)
    items = request.visitor.of_own_items(own_deleted, since=since, by=request.user.pk)
    acts = [list(act) for _at, act in groupby(items, lambda item: item.deleted_at)]
    return [items] if len(acts) > MOST_UNDOABLE else acts


# What nearly every look at My media asks: `Visitor.of_own_items`.


def first_own_cards(items: QuerySet[MediaItem], /, *, sort: Sort) -> QuerySet[MediaItem]:
    live = cast("MediaItemQuerySet", items).live()
    return for_cards(sorted_by(live, sort), with_owner=False)[: PER_PAGE + 1]


def first_own_keys(items: QuerySet[MediaItem], /) -> QuerySet[MediaItem, int]:
    """Of as many as are counted."""
    live = cast("MediaItemQuerySet", items).live()
    return live.order_by().values_list("pk", flat=True)[: MOST_COUNTED + 1]


def own_deleted(items: QuerySet[MediaItem], /, *, since: datetime, by: int) -> QuerySet[MediaItem]:
    """The last first."""
    gone = cast("MediaItemQuerySet", items).deleted().filter(deleted_at__gte=since, deleted_by=by)
    shown = gone.only("pk", "public_id", "title", "deleted_at")
    return shown.order_by("-deleted_at", "-pk")[:MOST_AT_ONCE]


@login_required
@require_safe
def bin(request: FoyerRequest) -> HttpResponse:  # noqa: A001 (the name of its address)
    items = for_cards(own_items(request).deleted().order_by("-deleted_at", "pk"), with_owner=False)
    page = page_of(items, request.GET.get("page"))
    add_pictures(page)
    now, kept = timezone.now(), timedelta(days=settings.BIN_KEPT_DAYS)
    for item in page:
        item.days_left = max(0, math.ceil((item.deleted_at + kept - now) / timedelta(days=1)))
    context = {"page_obj": page, "kept_days": settings.BIN_KEPT_DAYS}
    return render(request, "media_items/library/bin.html", context)
