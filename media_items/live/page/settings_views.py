"""Dialogs: the settings of an item's live sessions, and who may come on its stage."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from media_items.abilities import Ability
from media_items.catalogue.models import Kind
from media_items.live.page.forms import LiveSettingsForm, StageAccessForm
from media_items.live.sessions import services
from media_items.live.sessions.lookups import get_live_item, get_place, panel_page
from media_items.live.sessions.models import StageAccess
from media_items.requests import FoyerRequest
from media_items.responses import close_dialog, next_of, render_dialog, status_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def live_settings(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = get_live_item(request, public_id, needs=Ability.EDIT)
    form = LiveSettingsForm(
        request.POST if request.method == "POST" else None, instance=services.settings_of(item)
    )
    if form.is_bound and form.is_valid():
        services.save_settings(live=form.save(commit=False))
        back = next_of(request) or item.get_absolute_url()
        return close_dialog(request, "live-settings-changed", to=back)
    return render_dialog(
        request,
        "media_items/live/live_settings.html",
        {"item": item, "form": form},
        status=status_of(form),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@panel_page
def stage_access(request: FoyerRequest, public_id: str) -> HttpResponse:
    """For those who moderate, in a room."""
    place = get_place(request, public_id, needs=Ability.MODERATE)
    if place.item.kind != Kind.ROOM:
        raise Http404
    live = place.live
    form = StageAccessForm(
        request.POST if request.method == "POST" else None, initial={"access": live.stage_access}
    )
    if form.is_bound and form.is_valid():
        chosen = StageAccess(form.cleaned_data["access"])
        services.set_stage_access(session=place.session, access=chosen)
        back = reverse("media_items:participants", args=[place.item.public_id])
        return close_dialog(request, "live:participants", "live:stage", to=back)
    return render_dialog(
        request,
        "media_items/live/stage_access.html",
        {"item": place.item, "form": form},
        status=status_of(form),
    )
