"""My media, and the bin."""

from __future__ import annotations

import math
from datetime import timedelta
from itertools import groupby
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from media_items.catalogue.querysets import MediaItemQuerySet
from media_items.library import many
from media_items.library.cards import own_card
from media_items.library.lists import FindMediaForm, layout_of
from media_items.library.pictures import add_pictures, for_cards
from media_items.library.uploads import most_bytes_of_media
from media_items.pagination import page_of
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
    items = request.visitor.shared_items() if is_shared else own_items(request).live()
    form = FindMediaForm(request.GET)
    found = form.found_in(items)
    page = page_of(for_cards(found), request.GET.get("page"))
    sort = form.cleaned_data.get("sort", "")
    here = request.get_full_path()
    context = {
        "page_obj": page,
        "cards": [own_card(one, is_shared=is_shared, sort=sort, here=here) for one in page],
        "form": form,
        "is_shared": is_shared,
        "layout": layout_of(request.GET),
        "acts": many.offered(is_shared=is_shared),
        "act_url": reverse("media_items:act_on_media"),
        "everything": number_selectable(page, found),
    }
    if not wants_fragment(request):
        context |= {"most_bytes": most_bytes_of_media(), **_just_deleted(request)}
    return page_or_fragment(
        request, "media_items/library/my_media.html", context, fragment="results"
    )


def _just_deleted(request: FoyerRequest) -> dict[str, Any]:
    """By whoever asks, a moment ago: the page offers to undo it."""
    since = timezone.now() - timedelta(seconds=UNDO_SECONDS)
    mine = own_items(request).deleted().filter(deleted_at__gte=since, deleted_by=request.user.pk)
    shown = mine.only("pk", "public_id", "title", "deleted_at")
    items = list(shown.order_by("-deleted_at", "-pk")[:MOST_AT_ONCE])
    acts = [list(act) for _at, act in groupby(items, lambda item: item.deleted_at)]
    return {"just_deleted": [items] if len(acts) > MOST_UNDOABLE else acts}


@login_required
@require_safe
def bin(request: FoyerRequest) -> HttpResponse:  # noqa: A001 (the name of its address)
    items = for_cards(own_items(request).deleted().order_by("-deleted_at", "pk"))
    page = page_of(items, request.GET.get("page"))
    add_pictures(page)
    now, kept = timezone.now(), timedelta(days=settings.BIN_KEPT_DAYS)
    for item in page:
        item.days_left = max(0, math.ceil((item.deleted_at + kept - now) / timedelta(days=1)))
    context = {"page_obj": page, "kept_days": settings.BIN_KEPT_DAYS}
    return render(request, "media_items/library/bin.html", context)
