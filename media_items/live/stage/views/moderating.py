"""What moderators do with people on stage, and with those who should come there."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from media_items.abilities import Ability
from media_items.live.sessions.lookups import get_person
from media_items.live.sessions.models import level_of
from media_items.live.stage import services
from media_items.live.stage.views.common import after_stage, get_stage
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest


@require_POST
def bring_on_stage(request: FoyerRequest, public_id: str, participant_id: int) -> HttpResponse:
    """They are asked; nobody is put on stage without saying yes."""
    place = get_stage(request, public_id, needs=Ability.MODERATE)
    person = get_person(place, participant_id)
    try:
        services.bring_on_stage(participant=person, by=place.me)
    except Refusal as refusal:
        return after_stage(request, place, warning=str(refusal))
    asked = _("%(name)s was invited on stage.") % {"name": person.name}
    return after_stage(request, place, events={"toast": {"text": asked, "tone": "success"}})


@require_POST
def take_off_stage(request: FoyerRequest, public_id: str, participant_id: int) -> HttpResponse:
    """Oneself always; others by moderators."""
    place = get_stage(request, public_id)
    services.take_off_stage(participant=get_person(place, participant_id, or_me=True))
    return after_stage(request, place)


@require_POST
def mute_participant(request: FoyerRequest, public_id: str, participant_id: int) -> HttpResponse:
    place = get_stage(request, public_id)
    services.mute(participant=get_person(place, participant_id, or_me=True))
    return after_stage(request, place)


@require_POST
def mute_all(request: FoyerRequest, public_id: str) -> HttpResponse:
    """Everybody on stage of a lower level."""
    place = get_stage(request, public_id, needs=Ability.MODERATE)
    level = level_of(place.item.abilities)
    services.mute_all(session=place.session, by=place.me, below=level)
    return after_stage(request, place)
