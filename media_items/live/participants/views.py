"""The Participants tab, and what is done there: hands, and who is let in."""

from __future__ import annotations

from django.contrib import messages
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
from media_items.live.sessions.lookups import get_person, get_place, panel_page
from media_items.live.sessions.models import level_of
from media_items.requests import FoyerRequest


@never_cache
@require_GET
@panel_page
def participants(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.VIEW)
    arrive(request, place)
    people = People(place, search=request.GET.get("q", ""), page_asked=request.GET.get("page", ""))
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


@require_POST
@panel_page
def admit_participant(request: FoyerRequest, public_id: str, participant_id: int) -> HttpResponse:
    """No error for somebody who was let in meanwhile, or has gone: the list says how it is."""
    place = get_place(request, public_id, needs=Ability.MODERATE)
    admitting.admit(session=place.session, participant_id=participant_id, by=place.me)
    return after_act(request, place, panel="participants")


@require_POST
@panel_page
def decline_participant(request: FoyerRequest, public_id: str, participant_id: int) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.MODERATE)
    admitting.decline(session=place.session, participant_id=participant_id)
    return after_act(request, place, panel="participants")


@require_POST
@panel_page
def admit_all(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.MODERATE)
    count = admitting.admit_all(session=place.session, by=place.me)
    if not request.htmx:
        said = ngettext("%(count)d person was let in.", "%(count)d people were let in.", count)
        messages.info(request, said % {"count": count} if count else _("Nobody is waiting."))
    return after_act(request, place, panel="participants")


@require_POST
@panel_page
def decline_all(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.MODERATE)
    admitting.decline_all(session=place.session)
    return after_act(request, place, panel="participants")
