"""The session page: picture on the left, one panel on the right, each panel with an address.

A panel's view calls `render_panel`: htmx gets the panel alone, everybody else the whole page with
it, so that each tab is a link that works without script.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from media_items.abilities import Ability
from media_items.catalogue.models import Kind
from media_items.live.broadcast.player import let_player_play, player_context
from media_items.live.events.tickets import give_ticket, stream_path
from media_items.live.interactions.bar import Bar
from media_items.live.lookups import Place
from media_items.live.people.hands import place_in_line
from media_items.live.people.models import Participant
from media_items.live.sessions.entering import stay_on
from media_items.live.sessions.models import LiveSettings
from media_items.live.sessions.services import settings_of
from media_items.live.stage.showing import stage_context
from media_items.requests import FoyerRequest


@dataclass(frozen=True)
class Panel:
    """`needs` says who has the tab at all."""

    name: str
    label: str | Promise
    needs: Ability = Ability.VIEW

    @property
    def url_name(self) -> str:
        return f"media_items:{self.name}"


# The name is the URL name, the template's word and the fact that refreshes it.
PANELS = (
    Panel("chat", _("Chat")),
    Panel("questions", _("Q&A")),
    Panel("participants", _("Participants")),
    Panel("backchannel", _("Backchannel"), Ability.BACKCHANNEL),
)


def render_panel(
    request: FoyerRequest,
    place: Place,
    *,
    panel: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """`templates/media_items/live/<panel>/panel.html` with the context, alone or in its page."""
    shown = {**page_context(place), **context, "panel": panel}
    shown["panel_template"] = f"media_items/live/{panel}/panel.html"
    htmx = request.htmx
    alone = bool(htmx) and not htmx.history_restore_request  # the browser's Back wants the page
    if not alone:
        shown |= picture_context(request, place, shown["live"])
    template = shown["panel_template"] if alone else "media_items/live/session.html"
    response = render(request, template, shown, status=status)
    patch_vary_headers(response, ["HX-Request"])
    if not alone:
        # Whoever has the page before them is there, with or without script.
        stay_on(place.me, identity=place.identity, abilities=place.item.abilities)
        renew_ticket(response, place.me, place.item.abilities)
    if place.item.kind == Kind.LIVE_EVENT:
        let_player_play(response)
    return response


def page_context(place: Place) -> dict[str, Any]:
    """What the page around a panel shows. `me` is who looks; rights are `item.abilities`.

    What is counted is counted only where a template asks for it.
    """
    abilities = place.item.abilities
    is_room = place.item.kind == Kind.ROOM
    return {
        "item": place.item,
        "session": place.session,
        "me": place.me,
        "identity": place.identity,
        "live": settings_of(place.item),
        "here": place.session.participants.here().count,
        "waiting": place.session.participants.waiting().count,
        "hand_position": partial(place_in_line, place.me),
        "panels": [one for one in PANELS if one.needs in abilities],
        "stream": stream_path(place.session.public_id),
        "bar": Bar(place),
        "picture_template": f"media_items/live/{'stage' if is_room else 'broadcast'}/picture.html",
    }


def picture_context(request: FoyerRequest, place: Place, live: LiveSettings) -> dict[str, Any]:
    """What the picture shows; asked for where the whole page is, not with each panel."""
    if place.item.kind != Kind.ROOM:
        return player_context(request, place.session)
    return stage_context(
        session=place.session, me=place.me, abilities=place.item.abilities, live=live
    )


def renew_ticket(response: HttpResponse, me: Participant, abilities: frozenset[Ability]) -> None:
    """A ticket for what this person may hear now."""
    give_ticket(
        response,
        session=me.session.public_id,
        participant_id=me.pk,
        inside=me.is_inside,
        crew=Ability.BACKCHANNEL in abilities,
        moderates=Ability.MODERATE in abilities,
    )


def after_act(request: FoyerRequest, place: Place, *, panel: str) -> HttpResponse:
    """The answer to a form's POST inside: htmx hears the fact that changed, everybody else goes
    back to where they were (`next`, checked), or to the panel.

    The trigger is the same event that the stream brings to all the others.
    """
    if request.htmx:
        response = HttpResponse(status=204, headers={"HX-Trigger": f"live:{panel}"})
    else:
        response = redirect(back_to(request, place, panel=panel))
    patch_vary_headers(response, ["HX-Request"])
    return response


def back_to(request: FoyerRequest, place: Place, *, panel: str) -> str:
    """SECURITY: `next` leads to our own pages only."""
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return reverse(f"media_items:{panel}", args=[place.item.public_id])
