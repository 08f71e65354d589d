"""The chat and the backchannel: their panels, and what people do in them."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from media_items.abilities import Ability
from media_items.live.chat import services
from media_items.live.chat.feeds import (
    BACKCHANNEL,
    CHAT,
    Channel,
    Reader,
    Shown,
    news_of,
    number_in,
    panel_of,
)
from media_items.live.chat.forms import MessageForm
from media_items.live.chat.models import ChatMessage
from media_items.live.page.rendering import after_act, arrive, back_to, render_panel
from media_items.live.sessions.lookups import Place, get_place, panel_page
from media_items.rate_limits import TooManyTries, count_try
from media_items.refusals import NotNow
from media_items.requests import FoyerRequest
from media_items.responses import act_done, close_dialog, render_dialog, render_varied, retarget


@never_cache
@require_GET
@panel_page
def chat(request: FoyerRequest, public_id: str) -> HttpResponse:
    return _panel(request, get_place(request, public_id, needs=Ability.VIEW), CHAT)


@never_cache
@require_GET
@panel_page
def backchannel(request: FoyerRequest, public_id: str) -> HttpResponse:
    return _panel(request, get_place(request, public_id, needs=Ability.BACKCHANNEL), BACKCHANNEL)


def _panel(request: FoyerRequest, place: Place, channel: Channel) -> HttpResponse:
    """`?last=…` is asked by a page that shows the panel already; `?before=…` is a page of older
    messages, and for htmx those messages alone."""
    if request.htmx and "last" in request.GET:
        return _news(request, place, channel)
    arrive(request, place)
    chat = panel_of(place, channel, before=number_in(request.GET, "before"))
    if request.htmx and chat.is_old:
        return _piece(request, place, "earlier", chat=chat)
    return render_panel(request, place, panel=channel.name, context={"chat": chat})


def _news(request: FoyerRequest, place: Place, channel: Channel) -> HttpResponse:
    shown = Shown.from_query(request.GET)
    chat = news_of(place, channel, shown)
    if chat is None:
        context = {"chat": panel_of(place, channel)}
        response = render_panel(request, place, panel=channel.name, context=context)
        return retarget(response, f"#{channel.name}")
    if not chat.is_news_to(shown):
        return HttpResponse(status=204)
    return _piece(request, place, "news", chat=chat, before=shown)


def _piece(
    request: FoyerRequest, place: Place, name: str, *, status: int = 200, **context: object
) -> HttpResponse:
    """A part of the panel, without what only the page around it needs."""
    shown = {"item": place.item, "session": place.session, "me": place.me, **context}
    return render_varied(request, f"media_items/live/chat/_{name}.html", shown, status=status)


@require_POST
@panel_page
def send_chat_message(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.CHAT)
    moderates = Ability.MODERATE in place.item.abilities

    def say(text: str) -> None:
        services.say(author=place.me, text=text, through_pause=moderates)

    return _send(request, place, CHAT, say)


@require_POST
@panel_page
def send_backchannel_message(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.BACKCHANNEL)

    def say(text: str) -> None:
        services.say_in_backchannel(author=place.me, text=text)

    return _send(request, place, BACKCHANNEL, say)


def _send(
    request: FoyerRequest, place: Place, channel: Channel, say: Callable[[str], None]
) -> HttpResponse:
    """An answer with an error keeps what was typed, and brings the state it was refused in."""
    form = MessageForm(request.POST)
    if form.is_valid():
        rate = settings.CHAT_RATE_PER_PERSON
        try:
            count_try(request, f"live:{channel.name}", of=str(place.me.pk), rate=rate)
            say(form.cleaned_data["text"])
        except TooManyTries as refusal:
            form.add_error("text", _too_fast(refusal.wait_seconds))
        except NotNow as refusal:
            # Fetched again: the session has changed, or they are out of it, which raises.
            place = get_place(request, public_id=place.item.public_id)
            form.add_error(None, str(refusal))
        else:
            # Without script one goes on writing where one wrote.
            here = f"{back_to(request, place, panel=channel.name)}#{channel.name}-writer"
            return act_done(request, [f"live:{channel.name}"], to=here)
    return _not_sent(request, place, channel, form)


def _too_fast(seconds: int) -> str:
    return ngettext(
        "You are sending messages very fast. Wait %(seconds)s second, then send this again.",
        "You are sending messages very fast. Wait %(seconds)s seconds, then send this again.",
        seconds,
    ) % {"seconds": seconds}


def _not_sent(
    request: FoyerRequest, place: Place, channel: Channel, form: MessageForm
) -> HttpResponse:
    arrive(request, place)
    chat = panel_of(place, channel)
    context: dict[str, object] = {"chat": chat, "form": form}
    if request.htmx:
        context["before"] = Shown.from_query(request.POST)
        return _piece(request, place, "not_sent", status=422, **context)
    return render_panel(request, place, panel=channel.name, context=context, status=422)


@require_POST
@panel_page
def remove_chat_message(request: FoyerRequest, public_id: str, message_id: int) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.VIEW)
    message = _chat_message(place, message_id)
    if not Reader.of(place.me, place.item.abilities).row_of(message).may_remove:
        raise PermissionDenied(_("You can delete only your own messages."))
    services.remove(message=message, by=place.me)
    return after_act(request, place, panel=CHAT.name)


@require_POST
@panel_page
def remove_backchannel_message(
    request: FoyerRequest, public_id: str, message_id: int
) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.BACKCHANNEL)
    messages = place.session.backchannel.select_related("author", "session")
    message = get_object_or_404(messages, pk=message_id)
    if not Reader.of(place.me, place.item.abilities).row_of(message).may_remove:
        raise PermissionDenied(_("You can delete only your own messages."))
    services.remove_from_backchannel(message=message)
    return after_act(request, place, panel=BACKCHANNEL.name)


def _chat_message(place: Place, message_id: int) -> ChatMessage:
    messages = place.session.messages.select_related("author", "session")
    message: ChatMessage = get_object_or_404(messages, pk=message_id)
    return message


@require_POST
@panel_page
def pin_chat_message(request: FoyerRequest, public_id: str, message_id: int) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.MODERATE)
    services.pin(message=_chat_message(place, message_id))
    return after_act(request, place, panel=CHAT.name)


@require_POST
@panel_page
def unpin_chat_message(request: FoyerRequest, public_id: str, message_id: int) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.MODERATE)
    services.unpin(message=_chat_message(place, message_id))
    return after_act(request, place, panel=CHAT.name)


@require_POST
@panel_page
def pause_chat(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.MODERATE)
    services.pause(session=place.session)
    return after_act(request, place, panel=CHAT.name)


@require_POST
@panel_page
def resume_chat(request: FoyerRequest, public_id: str) -> HttpResponse:
    place = get_place(request, public_id, needs=Ability.MODERATE)
    services.resume(session=place.session)
    return after_act(request, place, panel=CHAT.name)


@require_http_methods(["GET", "HEAD", "POST"])
@panel_page
def clear_chat(request: FoyerRequest, public_id: str) -> HttpResponse:
    """A dialog that asks once."""
    place = get_place(request, public_id, needs=Ability.MODERATE)
    if request.method == "POST":
        services.clear(session=place.session, by=place.me)
        to = reverse(CHAT.url_name, args=[public_id])
        return close_dialog(request, f"live:{CHAT.name}", to=to)
    count = place.session.messages.shown().count()
    context = {"item": place.item, "session": place.session, "count": count}
    return render_dialog(request, "media_items/live/chat/clear.html", context)
