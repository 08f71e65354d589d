"""The session's page: the entrance, waiting, and being inside."""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_POST

from media_items.abilities import Ability
from media_items.live.events.tickets import give_page_ticket, take_ticket_away
from media_items.live.page.panels import first_panel
from media_items.live.page.rendering import hearing_context, page_context, renew_ticket
from media_items.live.page.visits import Visit, visit_of
from media_items.live.sessions import services
from media_items.live.sessions.entering import (
    NoIdentity,
    TurnedAway,
    enter,
    is_open_to_all,
    leave,
    refresh_participant,
    turned_away_reason,
    waits_for_host,
)
from media_items.live.sessions.lookups import (
    Place,
    get_live_item,
)
from media_items.live.sessions.models import (
    Level,
    LiveSession,
    Participant,
    SessionState,
)
from media_items.live.sessions.services import NotOpenYet
from media_items.live.sessions.upkeep import SILENCE
from media_items.live.sessions.way_in import (
    ask_to_come_in,
    forget_asking,
    has_asked_to_come_in,
    opens_soon,
)
from media_items.rate_limits import TooManyTries, count_try
from media_items.requests import FoyerRequest
from media_items.responses import no_content, reload_page

# SECURITY: shown in a frame of this site only, and nothing but its styles is loaded into it.
_FRAMED_CSP = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
}
# How often a lobby's frame asks whether the session is open.
_LOBBY_SECONDS = 10


@never_cache
@require_GET
def session(request: FoyerRequest, public_id: str) -> HttpResponse:
    """Inside: the page with its first panel. Waiting: so it says. Else: the entrance, which lets
    those in who have asked to come in."""
    visit = visit_of(request, public_id)
    has_asked = has_asked_to_come_in(request, visit.item)
    if has_asked and _is_let_in(visit):
        visit = visit_of(request, public_id)
    if visit.is_inside or visit.is_waiting:
        forget_asking(request, visit.item)
    if visit.is_inside:
        return redirect(first_panel().url_name, visit.item.public_id)
    if visit.is_waiting and visit.session is not None and visit.me is not None:
        return _waiting_page(request, visit, visit.session, visit.me)
    context = {**_entrance(visit), "has_asked": has_asked}
    response = render(request, "media_items/live/entrance.html", context)
    give_page_ticket(request, response, visit.item)
    return response


def entrance_page(request: FoyerRequest, public_id: str) -> HttpResponse:
    """The entrance as the request's visitor finds it who has asked to come in: drawn, nothing else.
    Nobody is let in, and nobody hears anything."""
    context = {**_entrance(visit_of(request, public_id)), "has_asked": True}
    return render(request, "media_items/live/entrance.html", context)


def _is_let_in(visit: Visit) -> bool:
    """Somebody who has asked to come in, and is not in: now that it is open to all."""
    if visit.is_inside or visit.is_waiting or not is_open_to_all(_state_of(visit)):
        return False
    with suppress(NoIdentity, NotOpenYet, TurnedAway):  # the entrance says so
        enter(item=visit.item, identity=visit.identity, abilities=visit.item.abilities)
        return True
    return False


def _waiting_page(
    request: FoyerRequest, visit: Visit, session: LiveSession, me: Participant
) -> HttpResponse:
    """Says what is happening, and never who else is there. Having it open counts as waiting."""
    refresh_participant(me, identity=visit.identity, abilities=visit.item.abilities)
    context = {
        "item": visit.item,
        "session": session,
        "me": me,
        "identity": visit.identity,
        "host_is_here": _host_is_here(session),
        **hearing_context(session),
    }
    response = render(request, "media_items/live/waiting.html", context)
    renew_ticket(
        response,
        me,
        visit.item.abilities,
        read_at=request.began_at,
        ends_at=request.visitor.sure_until(visit.item),
    )
    return response


def _host_is_here(session: LiveSession) -> bool:
    """Somebody who sees those who wait, and may let them in."""
    here = Participant.objects.here().filter(session=session, level__gte=Level.MODERATOR)
    return bool(here.exists())


def _state_of(visit: Visit) -> SessionState:
    return services.state_of(visit.item, visit.newest, visit.live, timezone.now())


def _entrance(visit: Visit) -> dict[str, object]:
    live = visit.live
    state = _state_of(visit)
    turned_away = turned_away_reason(visit.session, visit.identity, visit.item.abilities)
    runs_it = Ability.RUN_SESSION in visit.item.abilities
    opens_at = services.lobby_opens_at(visit.item, live)
    over_at = services.over_at(visit.item, visit.newest, live, state)
    return {
        "item": visit.item,
        "session": visit.session,
        "ended": visit.ended,
        "over_at": over_at,
        "came": visit.came_to_what_ended(over_at),
        "identity": visit.identity,
        "state": state,
        "live": live,
        "is_locked": visit.session is not None and visit.session.locked_at is not None,
        "turned_away": turned_away,
        "lobby_opens_at": opens_at,
        "is_early": services.is_early(visit.item, live, timezone.now()),
        "opens_soon": opens_soon(opens_at, timezone.now()),
        "must_be_let_in": waits_for_host(visit.item.abilities, visit.session, lambda: live),
        "may_enter": bool(visit.identity.key)
        and not turned_away
        and (runs_it or is_open_to_all(state)),
        # What makes the page look again: see session_top.
        "seen": turned_away or state.value,
        "planned": services.planned_for(visit.item, live),
    }


@require_POST
def enter_session(request: FoyerRequest, public_id: str) -> HttpResponse:
    item = get_live_item(request, public_id)
    identity = request.visitor.identity_on(item)
    try:
        if identity.key:
            count_try(request, "live:enter", of=identity.key, rate=settings.ENTER_RATE_PER_PERSON)
        enter(item=item, identity=identity, abilities=item.abilities)
    except TooManyTries:
        messages.info(
            request, _("You have joined and left many times. Wait a minute, then try again.")
        )
    except NotOpenYet:
        # The entrance says how it is, and lets them in when it opens. What is over is not awaited.
        if _state_of(visit_of(request, public_id)) == SessionState.SCHEDULED:
            ask_to_come_in(request, item)
    except (NoIdentity, TurnedAway):
        pass  # the entrance says so
    return redirect("media_items:session", item.public_id)


@require_POST
def leave_session(request: FoyerRequest, public_id: str) -> HttpResponse:
    """For somebody who is not inside there is nothing to do."""
    visit = visit_of(request, public_id)
    response = redirect("media_items:left_session", visit.item.public_id)
    forget_asking(request, visit.item)
    if visit.session is not None and visit.me is not None:
        leave(me=visit.me)
        take_ticket_away(response, session=visit.session.public_id)
    return response


@never_cache
@require_GET
def left_session(request: FoyerRequest, public_id: str) -> HttpResponse:
    """What somebody who has just left can do next. To whoever was not there, or may not come back,
    the session's page says what it can."""
    visit = visit_of(request, public_id)
    context = _entrance(visit)
    was_there = visit.me is not None or visit.ended is not None
    if context["turned_away"] or not was_there:
        return redirect("media_items:session", visit.item.public_id)
    return render(request, "media_items/live/left.html", context)


@never_cache
@require_POST
def session_heartbeat(request: FoyerRequest, public_id: str) -> HttpResponse:
    """Asked about once a minute by an open page, and at once when rights may have changed.

    Gives a new ticket as long as the right it comes from is there. Somebody who is out is sent to
    the page that says why.
    """
    visit = visit_of(request, public_id)
    if visit.me is None or not (visit.is_inside or visit.is_waiting):
        return reload_page()
    changed = refresh_participant(visit.me, identity=visit.identity, abilities=visit.item.abilities)
    response = no_content(["live:me"] if changed else [])
    renew_ticket(
        response,
        visit.me,
        visit.item.abilities,
        read_at=request.began_at,
        ends_at=request.visitor.sure_until(visit.item),
    )
    return response


@never_cache
@require_GET
@csp_override(_FRAMED_CSP)
@xframe_options_sameorigin
def session_here(request: FoyerRequest, public_id: str) -> HttpResponse:
    """A page in a frame of the session's page, where there is no script: it loads itself again, so
    that its reader counts as being there, and what they type beside it stays. It is empty, but for
    a `lobby`: there it says when the session has opened."""
    visit = visit_of(request, public_id)
    if visit.is_inside and visit.me is not None:
        refresh_participant(visit.me, identity=visit.identity, abilities=visit.item.abilities)
    is_lobby, state = "lobby" in request.GET, _state_of(visit)
    context = {
        "item": visit.item,
        "is_inside": visit.is_inside,
        "is_lobby": is_lobby,
        "is_open": state == SessionState.LIVE and visit.is_inside,
        "has_changed": is_lobby and not (visit.is_inside and state == SessionState.LOBBY),
        "seconds": _LOBBY_SECONDS if is_lobby else int(SILENCE.total_seconds()) // 3,
    }
    return render(request, "media_items/live/here.html", context)


@never_cache
@require_GET
def session_top(request: FoyerRequest, public_id: str) -> HttpResponse:
    """The line over the picture: state, warnings, and what those who run it do. A fragment.

    Each page of a session asks it, saying what it shows: `inside=lobby`, `waiting=seen`,
    `entrance=scheduled`, and the item's own page `doorway=live`, both with the schedule that they
    show, `planned`. When that is not how things are any more, the page is loaded again.
    """
    visit = visit_of(request, public_id)
    if doorway := request.GET.get("doorway"):
        is_state = doorway == _state_of(visit)
        return _stay_or_reload(is_state and _is_as_planned(request, visit))
    if not visit.is_inside or visit.session is None or visit.me is None:
        is_waiting_page = "waiting" in request.GET
        is_current = _is_waiting_current if is_waiting_page else _is_entrance_current
        return _stay_or_reload(is_current(request, visit))
    if request.GET.get("inside", visit.session.state) != visit.session.state or (
        {"waiting", "entrance"} & request.GET.keys()
    ):
        return _stay_or_reload(False)
    place = Place(visit.item, visit.session, visit.me, visit.identity, visit.live)
    return render(request, "media_items/live/_top.html", page_context(place))


def _is_waiting_current(request: FoyerRequest, visit: Visit) -> bool:
    """Waiting still, and seen by a host as the page says."""
    if not visit.is_waiting or visit.session is None:
        return False
    seen = "seen" if _host_is_here(visit.session) else "unseen"
    return request.GET["waiting"] == seen


def _is_entrance_current(request: FoyerRequest, visit: Visit) -> bool:
    if visit.is_waiting:
        return False
    away = turned_away_reason(visit.session, visit.identity, visit.item.abilities)
    seen = away or _state_of(visit).value
    return request.GET.get("entrance") == seen and _is_as_planned(request, visit)


def _is_as_planned(request: FoyerRequest, visit: Visit) -> bool:
    now = services.planned_for(visit.item, visit.live)
    return request.GET.get("planned", now) == now


def _stay_or_reload(is_as_shown: bool) -> HttpResponse:
    return no_content() if is_as_shown else reload_page()
