"""The answers of a session's views: its page, a panel of it, the way back after an act, and what
the item's own page shows of it.

The page has a picture on the left and one panel on the right, each panel with an address. A
panel's view calls `render_panel`: htmx gets the panel alone, everybody else the whole page with
it, so that each tab is a link that works without script. Before it reads what the panel shows it
calls `arrive`, so that whoever comes sees the session with themself in it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from media_items.abilities import Ability
from media_items.addresses import address
from media_items.catalogue.models import MediaItem
from media_items.keyed_digests import keyed_digest
from media_items.live.events.facts import MOMENTS, STATES, edition
from media_items.live.events.tickets import give_ticket, stream_path
from media_items.live.page.panels import page_parts, panels, picture_of
from media_items.live.page.there import HERE, WAITING, look
from media_items.live.sessions import services as sessions
from media_items.live.sessions.entering import (
    is_open_to_all,
    refresh_participant,
    waits_for_host,
)
from media_items.live.sessions.lookups import Place, how_many_here, how_many_wait
from media_items.live.sessions.models import LiveSession, Participant, level_of
from media_items.outlines import Outline
from media_items.playback.player import SESSION_TEMPLATE
from media_items.requests import FoyerRequest
from media_items.responses import act_done, posted_next, render_varied, wants_fragment

TABS = Outline("media_items/live/_tabs.html", "public_id", in_addresses=["public_id"])


def arrive(request: FoyerRequest, place: Place) -> None:
    """Having the page open counts as being there, with or without script: from before anything is
    read, or a host who comes back would be told that the host is away. A panel alone is asked for
    by a page that is open, and looks at nothing else."""
    if not wants_fragment(request):
        refresh_participant(place.me, identity=place.identity, abilities=place.item.abilities)
        look(place)


def render_panel(
    request: FoyerRequest,
    place: Place,
    *,
    panel: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """`templates/media_items/live/<panel>/panel.html` with the context, alone or in its page. The
    caller has called `arrive`."""
    shown = {**page_context(place), **context, "panel": panel}
    shown["panel_template"] = f"media_items/live/{panel}/panel.html"
    alone = wants_fragment(request)
    if not alone:
        shown |= picture_of(place).context(request, place, shown["live"])
        shown["drafts"] = drafts_of(place)
        choices = {"panels": shown["panels"], "panel": panel}
        shown["tabs"] = TABS.drawn(choices, public_id=place.item.public_id)
    template = shown["panel_template"] if alone else "media_items/live/session.html"
    response = render_varied(request, template, shown, status=status)
    if not alone:
        renew_ticket(
            response,
            place.me,
            place.item.abilities,
            read_at=request.began_at,
            ends_at=request.visitor.sure_until(place.item),
        )
    picture_of(place).finish(response)
    return response


def page_context(place: Place) -> dict[str, Any]:
    """What the page around a panel shows. `me` is who looks; rights are `item.abilities`.

    What is counted is counted only where a template asks for it.
    """
    abilities = place.item.abilities
    context: dict[str, Any] = {}
    for part in page_parts():
        context |= part(place)
    return context | {
        "item": place.item,
        "session": place.session,
        "me": place.me,
        "is_late": bool(place.item.starts_at and place.item.starts_at <= timezone.now()),
        "identity": place.identity,
        "live": place.live,
        "is_early": sessions.is_early(place.item, place.live, timezone.now()),
        "here": partial(_number, place, HERE, how_many_here),
        "waiting": partial(_number, place, WAITING, how_many_wait),
        "panels": tuple(one for one in panels() if one.needs in abilities),
        "picture_template": picture_of(place).template,
        **hearing_context(place.session),
    }


def _number(place: Place, name: str, count: Callable[[LiveSession], int]) -> int:
    """As the page has found it, or else counted."""
    found: int | None = place.there.get(name)
    return count(place.session) if found is None else found


def drafts_of(place: Place) -> str:
    """What the browser calls by what is typed here and not sent (js/shared/drafts.js).

    SECURITY: of one person. Whoever comes by another proof in the same window is given back nothing
    of whoever was there before.
    """
    return keyed_digest("media_items.live.drafts", f"{place.item.public_id} {place.me.key}")


def hearing_context(session: LiveSession) -> dict[str, str]:
    """For `live/_hears.html`: where the page's script hears facts, and of which kinds."""
    return {
        "stream": stream_path(session.public_id),
        "state_facts": " ".join(STATES),
        "moment_facts": " ".join(MOMENTS),
    }


def renew_ticket(
    response: HttpResponse,
    me: Participant,
    abilities: frozenset[Ability],
    *,
    read_at: float,
    ends_at: datetime | None,
) -> None:
    """A ticket for what this person may hear now, until their right ends by itself."""
    moderates = Ability.MODERATE in abilities
    give_ticket(
        response,
        session=me.session.public_id,
        participant_id=me.pk,
        inside=me.is_inside,
        crew=Ability.BACKCHANNEL in abilities,
        moderates=moderates,
        edition=edition(get_language(), level_of(abilities), moderates=moderates),
        read_at=read_at,
        ends_at=ends_at,
    )


def after_act(request: FoyerRequest, place: Place, *, panel: str) -> HttpResponse:
    """The answer to a form's POST inside: for htmx the event of the panel, for everybody else the
    way back.

    The event is the one that the stream brings to all others.
    """
    return act_done(request, [f"live:{panel}"], to=back_to(request, place, panel=panel))


def back_to(request: FoyerRequest, place: Place, *, panel: str) -> str:
    """The form's `next` (checked), else the panel."""
    return posted_next(request) or address(f"media_items:{panel}", place.item.public_id)


def item_page_context(_request: FoyerRequest, item: MediaItem) -> dict[str, Any]:
    """What the page of a live event or a room shows of its sessions: their state, and the way in.

    Two queries: newest session, settings.
    """
    live = sessions.settings_of(item)
    newest = sessions.newest_session_of(item)
    under_way = newest if newest is not None and newest.ended_at is None else None
    moment = timezone.now()
    state = sessions.state_of(item, newest, live, moment)
    return {
        "player": SESSION_TEMPLATE,
        "state": state,
        "is_early": sessions.is_early(item, live, moment),
        "live": live,
        "planned": sessions.planned_for(item, live),
        "is_locked": under_way is not None and under_way.locked_at is not None,
        "must_be_let_in": waits_for_host(item.abilities, under_way, lambda: live),
        "is_under_way": under_way is not None,
        "ended": newest if newest is not None and newest.ended_at else None,
        "over_at": sessions.over_at(item, newest, live, state),
        "lobby_opens_at": sessions.lobby_opens_at(item, live),
        "is_open_to_all": is_open_to_all(state),
    }
