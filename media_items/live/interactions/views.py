"""The bar under the picture: reacting, and answering the poll that is open."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from media_items.abilities import Ability
from media_items.live.interactions import polls
from media_items.live.interactions.models import PollOption, ReactionKind
from media_items.live.interactions.reactions import react
from media_items.live.page.rendering import back_to, page_context
from media_items.live.sessions.lookups import Place, get_place, panel_page
from media_items.numbers import whole_number
from media_items.rate_limits import TooManyTries, count_try
from media_items.refusals import NotNow
from media_items.requests import FoyerRequest
from media_items.responses import act_done, with_toast


@never_cache
@require_GET
@panel_page
def reactions(request: FoyerRequest, public_id: str) -> HttpResponse:
    """The buttons and the counts of the last minute, a fragment."""
    place = get_place(request, public_id)
    return render(request, "media_items/live/interactions/_reactions.html", page_context(place))


@require_POST
def send_reaction(request: FoyerRequest, public_id: str) -> HttpResponse:
    """Too many are refused with a toast. With htmx everybody, the sender too, sees it by the event;
    there is nothing to load."""
    place = get_place(request, public_id, needs=Ability.INTERACT)
    kind = request.POST.get("kind", "")
    if kind not in ReactionKind.values:
        raise Http404
    response = _back(request, place)
    try:
        _count(request, place, "reaction")
        react(session=place.session, author=place.me, kind=ReactionKind(kind))
    except TooManyTries:
        return with_toast(request, response, _("That’s a lot of reactions! Wait a moment."))
    except NotNow as refusal:
        return with_toast(request, response, str(refusal))
    return response


@never_cache
@require_GET
@panel_page
def open_poll(request: FoyerRequest, public_id: str) -> HttpResponse:
    """The card of the poll that is open, or of the last one's results; a fragment."""
    place = get_place(request, public_id)
    return render(request, "media_items/live/interactions/_poll_card.html", page_context(place))


@require_POST
def answer_poll(request: FoyerRequest, public_id: str, poll_id: int) -> HttpResponse:
    """May be changed until the poll is closed."""
    place = get_place(request, public_id, needs=Ability.INTERACT)
    option = _find_option(place, poll_id, request.POST.get("option", ""))
    response = _back(request, place, "live:polls")
    try:
        _count(request, place, "poll")
        polls.answer_poll(poll=option.poll, option=option, voter=place.me)
    except TooManyTries:
        return with_toast(
            request, response, _("That was a lot at once. Wait a moment, then try again.")
        )
    except NotNow as refusal:
        return with_toast(request, response, str(refusal))
    return response


def _find_option(place: Place, poll_id: int, typed: str) -> PollOption:
    """Of a poll that has been started; of a draft nobody learns. Raises 404."""
    pk = whole_number(typed, default=None)
    if pk is None:
        raise Http404
    options = PollOption.objects.select_related("poll").filter(
        poll__session=place.session, poll__started_at__isnull=False
    )
    option: PollOption | None = options.filter(poll=poll_id, pk=pk).first()
    if option is None:
        raise Http404
    option.poll.session = place.session
    return option


def _back(request: FoyerRequest, place: Place, *events: str) -> HttpResponse:
    """To the page they are on: the bar is on each, and no panel of its own."""
    return act_done(request, events, to=back_to(request, place, panel="chat"))


def _count(request: FoyerRequest, place: Place, group: str) -> None:
    count_try(request, f"live:{group}", of=str(place.me.pk), rate=settings.REACTION_RATE_PER_PERSON)
