"""The media page, its transcript, and the state of its preparation."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.lookups import get_media_item
from media_items.numbers import page_number
from media_items.playback.player import (
    finish_answer,
    menu_of,
    notes_for_editors,
    player_context,
    preparation_context,
)
from media_items.playback.transcript import read_part
from media_items.player_parts import PLAYER_CSP
from media_items.processing import services as processing
from media_items.processing.models import Purpose
from media_items.requests import FoyerRequest
from media_items.responses import next_of, page_or_fragment, reload_page, render_varied


@require_safe
def home(request: FoyerRequest) -> HttpResponseRedirect:
    """The address of the site itself: redirects to My media, or to the sign-in page."""
    signed_in = request.user.is_authenticated
    return redirect("media_items:my_media" if signed_in else settings.LOGIN_URL)


@require_safe
@cache_control(private=True, no_cache=True)
@csp_override(PLAYER_CSP)
def media_item(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = get_media_item(request, public_id)
    response = media_page(request, item)
    return finish_answer(request, response, item)


def media_page(request: FoyerRequest, item: MediaItem) -> HttpResponse:
    """As the request's visitor sees it, whose `item.abilities` are. The view has `PLAYER_CSP`."""
    shown = player_context(request, item)
    context = {
        "item": item,
        "galleries": request.visitor.galleries_showing(item),
        "identity": request.visitor.identity_on(item),
        "notes": notes_for_editors(item),
        "menu": menu_of(item, has_original=bool(shown.get("original"))),
        **shown,
    }
    return render(request, "media_items/playback/media_item.html", context)


@require_safe
@cache_control(private=True, no_store=True)
def item_menu(request: FoyerRequest, public_id: str) -> HttpResponse:
    """What this person may do to the item, for the three dots of its card: asked for when they are
    pressed, so that a list of items asks nothing for each."""
    item = get_media_item(request, public_id)
    has_original = item.files.filter(purpose=Purpose.ORIGINAL).exists()
    context = {
        "item": item,
        "menu": menu_of(item, has_original=has_original),
        "next": next_of(request),
    }
    template = "media_items/playback/item_menu.html"
    return page_or_fragment(request, template, context, fragment="entries")


@require_safe
@cache_control(private=True, no_cache=True)
def transcript(request: FoyerRequest, public_id: str) -> HttpResponse:
    """The captions as text: a fragment for htmx under the player, else a page."""
    item = get_media_item(request, public_id)
    captions = list(
        item.files.filter(purpose=Purpose.CAPTIONS).defer("text").order_by("language", "pk")
    )
    asked = request.GET.get("language") or get_language()
    chosen = next((one for one in captions if one.language == asked), None)
    chosen = chosen or (captions[0] if captions else None)
    context = {
        "item": item,
        "captions": captions,
        "chosen": chosen,
        "part": read_part(chosen, page_number(request.GET.get("part", ""))),
    }
    template = "media_items/playback/transcript.html"
    return page_or_fragment(request, template, context, fragment="transcript")


@require_safe
@cache_control(private=True, no_cache=True)
def preparation(request: FoyerRequest, public_id: str) -> HttpResponse:
    """The progress, which htmx asks for every two seconds; the page is reloaded when it is done."""
    item = get_media_item(request, public_id)
    if not request.htmx:
        return redirect(item)
    purposes = set(item.files.values_list("purpose", flat=True).distinct())
    if not item.has_files or purposes & {Purpose.PLAYBACK, Purpose.PAGE}:
        return reload_page()
    state = preparation_context(item, has_original=Purpose.ORIGINAL in purposes)
    return render_varied(request, state["player"], {"item": item, **state})


@require_POST
def restart_preparation(request: FoyerRequest, public_id: str) -> HttpResponseRedirect:
    item = get_media_item(request, public_id, needs=Ability.EDIT)
    if item.files.filter(purpose=Purpose.ORIGINAL).exists():
        processing.restart_preparation(item=item)
    else:
        messages.warning(request, _("The uploaded file is missing. Please upload it again."))
    return redirect(item)
