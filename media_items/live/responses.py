"""The answers that the views of a live session have in common."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from media_items.live.sessions.lookups import Place
from media_items.requests import FoyerRequest
from media_items.responses import act_done, posted_next


def after_act(request: FoyerRequest, place: Place, *, panel: str) -> HttpResponse:
    """The answer to a form's POST inside: htmx hears the fact that changed, everybody else goes
    back to where they were (`next`, checked), or to the panel.

    The trigger is the same event that the stream brings to all the others.
    """
    return act_done(request, [f"live:{panel}"], to=back_to(request, place, panel=panel))


def back_to(request: FoyerRequest, place: Place, *, panel: str) -> str:
    """The form's `next` (checked), else the panel."""
    return posted_next(request) or reverse(f"media_items:{panel}", args=[place.item.public_id])
