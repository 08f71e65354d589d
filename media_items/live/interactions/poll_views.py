"""The dialog of polls: for those who moderate to write, start and close them; for everybody else
to read the results that are shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from media_items.abilities import Ability
from media_items.live.interactions import polls as services
from media_items.live.interactions.forms import PollForm
from media_items.live.interactions.models import Poll
from media_items.live.interactions.results import polls_for, view_of
from media_items.live.page.rendering import after_act
from media_items.live.sessions.lookups import Place, get_place, panel_page
from media_items.pagination import page_of
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest
from media_items.responses import (
    close_dialog,
    fragment_or_redirect,
    render_dialog,
    status_of,
    with_toast,
)

PER_PAGE = 10


@never_cache
@require_GET
@panel_page
def polls(request: FoyerRequest, public_id: str) -> HttpResponse:
    return _polls_dialog(request, get_place(request, public_id))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_poll(request: FoyerRequest, public_id: str) -> HttpResponse:
    """A draft, or with `start` asked at once; where another is open it stays a draft."""
    place = get_place(request, public_id, needs=Ability.MODERATE)
    form = PollForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _form_dialog(request, place, form)
    poll = services.write_poll(session=place.session, by=place.me, **form.as_arguments())
    return _saved(request, place, poll)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_poll(request: FoyerRequest, public_id: str, poll_id: int) -> HttpResponse:
    """While it is a draft; afterwards there is nothing to edit."""
    place, poll = _moderating(request, public_id, poll_id)
    if not poll.is_draft:
        return _list(request, place, services.CHANGED)
    form = PollForm(request.POST if request.method == "POST" else None, poll=poll)
    if request.method != "POST" or not form.is_valid():
        return _form_dialog(request, place, form, poll=poll)
    refused = _refusal(partial(services.rewrite_poll, poll=poll, **form.as_arguments()))
    return _list(request, place, refused) if refused else _saved(request, place, poll)


@require_POST
def start_poll(request: FoyerRequest, public_id: str, poll_id: int) -> HttpResponse:
    place, poll = _moderating(request, public_id, poll_id)
    refused = _refusal(partial(services.start_poll, poll=poll))
    return _acted(request, place, refused) if refused else _asked(request, place)


@require_POST
def close_poll(request: FoyerRequest, public_id: str, poll_id: int) -> HttpResponse:
    place, poll = _moderating(request, public_id, poll_id)
    return _acted(request, place, _refusal(partial(services.close_poll, poll=poll)))


@require_POST
def show_poll_results(request: FoyerRequest, public_id: str, poll_id: int) -> HttpResponse:
    place, poll = _moderating(request, public_id, poll_id)
    act = partial(services.show_results, poll=poll, to_everybody=True)
    return _acted(request, place, _refusal(act))


@require_POST
def hide_poll_results(request: FoyerRequest, public_id: str, poll_id: int) -> HttpResponse:
    place, poll = _moderating(request, public_id, poll_id)
    act = partial(services.show_results, poll=poll, to_everybody=False)
    return _acted(request, place, _refusal(act))


@require_POST
def delete_poll(request: FoyerRequest, public_id: str, poll_id: int) -> HttpResponse:
    place, poll = _moderating(request, public_id, poll_id)
    return _acted(request, place, _refusal(partial(services.delete_poll, poll=poll)))


def _moderating(request: FoyerRequest, public_id: str, poll_id: int) -> tuple[Place, Poll]:
    place = get_place(request, public_id, needs=Ability.MODERATE)
    poll: Poll | None = place.session.polls.filter(pk=poll_id).first()
    if poll is None:
        raise Http404
    poll.session = place.session
    return place, poll


def _refusal(act: Callable[[], None]) -> str:
    """Does it, or says why not."""
    try:
        act()
    except Refusal as refusal:
        return str(refusal)
    return ""


def _saved(request: FoyerRequest, place: Place, poll: Poll) -> HttpResponse:
    """From the form: back to the list, or asked at once."""
    if "start" not in request.POST:
        return _list(request, place)
    refused = _refusal(partial(services.start_poll, poll=poll))
    return _list(request, place, refused) if refused else _asked(request, place)


def _asked(request: FoyerRequest, place: Place) -> HttpResponse:
    """The dialog closes: the poll is on the page behind it."""
    here = reverse("media_items:session", args=[place.item.public_id])
    return close_dialog(request, "live:polls", to=here)


def _acted(request: FoyerRequest, place: Place, said: str) -> HttpResponse:
    """The list and the card load themselves again."""
    response = after_act(request, place, panel="polls")
    return with_toast(request, response, said) if said else response


def _list(request: FoyerRequest, place: Place, said: str | Promise = "") -> HttpResponse:
    """In the dialog instead of the form, or on its page."""
    response = fragment_or_redirect(
        request,
        lambda: _polls_dialog(request, place, events=("live:polls",)),
        to=reverse("media_items:polls", args=[place.item.public_id]),
    )
    return with_toast(request, response, str(said)) if said else response


def _polls_dialog(
    request: FoyerRequest, place: Place, *, events: tuple[str, ...] = ()
) -> HttpResponse:
    page = page_of(polls_for(place), request.GET.get("page"), per_page=PER_PAGE)
    page.object_list = view_of(page.object_list, place)
    context = {"item": place.item, "page_obj": page}
    template = "media_items/live/interactions/polls.html"
    return render_dialog(request, template, context, events=events)


def _form_dialog(
    request: FoyerRequest, place: Place, form: PollForm, *, poll: Poll | None = None
) -> HttpResponse:
    context = {"item": place.item, "form": form, "poll": poll}
    template = "media_items/live/interactions/write_poll.html"
    return render_dialog(request, template, context, status=status_of(form))
