"""The answers that the views of a live session have in common."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from media_items.live.sessions.lookups import Place


def after_act(request: HttpRequest, place: Place, *, panel: str) -> HttpResponse:
    """The answer to a form's POST inside: htmx hears the fact that changed, everybody else goes
    back to where they were (`next`, checked), or to the panel.

    The trigger is the same event that the stream brings to all the others.
    """
    if request.htmx:  # type: ignore[attr-defined]
        response = HttpResponse(status=204, headers={"HX-Trigger": f"live:{panel}"})
    else:
        response = redirect(back_to(request, place, panel=panel))
    patch_vary_headers(response, ["HX-Request"])
    return response


def back_to(request: HttpRequest, place: Place, *, panel: str) -> str:
    """SECURITY: `next` leads to our own pages only."""
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return reverse(f"media_items:{panel}", args=[place.item.public_id])
