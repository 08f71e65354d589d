"""The few answers that the views of the catalogue have in common."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from media_items.dialogs import next_of


def show(
    request: HttpRequest, template: str, context: dict[str, Any], *, part: str, status: int = 200
) -> HttpResponse:
    """The whole page; for htmx only its partial `part`."""
    htmx = request.htmx  # type: ignore[attr-defined]
    if htmx and not htmx.history_restore_request:
        template = f"{template}#{part}"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def dialog_done(request: HttpRequest, message: str, *, to: str, stay: bool) -> HttpResponse:
    """After a dialog: a toast, and the page one came from (`stay`) or the page `to`."""
    messages.success(request, message)
    # Not `close_dialog`: so much changes on the page behind that it is loaded again.
    if request.htmx:  # type: ignore[attr-defined]
        headers = {"HX-Refresh": "true"} if stay else {"HX-Redirect": to}
        return HttpResponse(status=204, headers=headers)
    return redirect(checked_next(request) or to)


def checked_next(request: HttpRequest) -> str:
    """The address in a form's `next` when it is one of ours, else ""."""
    return next_of(request) if request.method == "POST" else ""
