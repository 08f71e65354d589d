"""The Participants tab, and what is done there: hands, and who is let in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from media_items.abilities import Ability
from media_items.live.page.rendering import after_act, arrive, page_context, render_panel
from media_items.live.participants import hands
from media_items.live.participants.listing import People
from media_items.live.sessions import admitting
from media_items.live.sessions.lookups import Place, get_person, get_place, panel_page
from media_items.live.sessions.models import Participant, level_of
from media_items.requests import FoyerRequest
from media_items.responses import with_events, with_toast
from media_items.searching import searched_words


@never_cache
@require_GET
@panel_page
def participants(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.VIEW)
    arrive(request, place)
    people = People(
        place, search=searched_words(request.GET), page_asked=request.GET.get("page", "")
    )
    context = {"people": people, "page_obj": people.page_obj}
    return render_panel(request, place, panel="participants", context=context)


# --- hands --------------------------------------------------------------------------------------


@never_cache
@require_GET
@panel_page
def hand(request: FoyerRequest, public_id: str) -> HttpResponse:
    """The button under the picture, and one's place in the line. A fragment."""
    place = get_place(request, public_id)
    return render(request, "media_items/live/participants/_hand.html", page_context(place))


@require_POST
@panel_page
def raise_hand(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.RAISE_HAND)
    hands.raise_hand(me=place.me)
    return after_act(request, place, panel="participants")


@require_POST
@panel_page
def lower_hand(request: FoyerRequest, public_id: str) -> HttpResponse:
    """One's own, also for those who may not raise it any more."""
    place = get_place(request, public_id)
    hands.lower_hand(session=place.session, participant_id=place.me.pk)
    return after_act(request, place, panel="participants")


@require_POST
@panel_page
def lower_hand_of(request: FoyerRequest, public_id: str, participant_id: int) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.MODERATE)
    person = get_person(place, participant_id, or_me=True)
    hands.lower_hand(session=place.session, participant_id=person.pk)
    return after_act(request, place, panel="participants")


@require_POST
@panel_page
def lower_all_hands(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.MODERATE)
    level = level_of(place.item.abilities)
    hands.lower_all_hands(session=place.session, by=place.me, below=level)
    return after_act(request, place, panel="participants")


# --- the waiting room ---------------------------------------------------------------------------


@never_cache
@require_GET
@panel_page
def knock(request: FoyerRequest, public_id: str) -> HttpResponse:
    """Who waits at the door, with the answer to the first of them; empty when nobody does. Shown
    over the page by its script."""
    place = get_place(request, public_id, needs=Ability.MODERATE)
    waiting = place.session.participants.waiting().order_by("asked_at", "pk")
    count = waiting.count()
    context = {"item": place.item, "first": waiting.first(), "others": max(0, count - 1)}
    return render(request, "media_items/live/participants/_knock.html", context)


@require_POST
@panel_page
def admit_participant(request: FoyerRequest, public_id: str, participant_id: int) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.MODERATE)
    done = admitting.admit(session=place.session, participant_id=participant_id, by=place.me)
    return _answered(request, place, participant_id, _("%(name)s was let in.") if done else "")


@require_POST
@panel_page
def decline_participant(request: FoyerRequest, public_id: str, participant_id: int) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.MODERATE)
    done = admitting.decline(session=place.session, participant_id=participant_id)
    return _answered(request, place, participant_id, _("%(name)s was declined.") if done else "")


@require_POST
@panel_page
def admit_all(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.MODERATE)
    count = admitting.admit_all(session=place.session, by=place.me)
    said = ngettext("%(count)d person was let in.", "%(count)d people were let in.", count)
    return _answered_all(request, place, said, count)


@require_POST
@panel_page
def decline_all(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.MODERATE)
    count = admitting.decline_all(session=place.session)
    said = ngettext("%(count)d person was declined.", "%(count)d people were declined.", count)
    return _answered_all(request, place, said, count)


def _answered(request: FoyerRequest, place: Place, participant_id: int, said: str) -> HttpResponse:
    """With htmx what was done is said to screen readers; the list shows it. Where somebody else was
    faster, that is said to everybody."""
    response = after_act(request, place, panel="participants")
    them = place.session.participants.filter(pk=participant_id).first()
    if them is None:
        return response
    if not said:
        if them.admitted_by_id == place.me.pk and them.is_inside:
            return response  # pressed twice
        said = _already(them)
        return with_toast(request, response, said % {"name": them}, tone="warning")
    return with_events(response, {"say": said % {"name": them}}) if request.htmx else response


def _already(them: Participant) -> str:
    if them.is_out:
        return _("%(name)s has already been removed from this session.")
    if them.admitted_at:
        return _("%(name)s was already let in.")
    if them.declined_at:
        return _("%(name)s was already declined.")
    return _("%(name)s has left.")


def _answered_all(request: FoyerRequest, place: Place, said: str, count: int) -> HttpResponse:
    response = after_act(request, place, panel="participants")
    if count and request.htmx:
        return with_events(response, {"say": said % {"count": count}})
    words = said % {"count": count} if count else _("Nobody is waiting.")
    return with_toast(request, response, words)
