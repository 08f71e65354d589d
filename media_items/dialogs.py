"""One dialog, three entrances: every dialog is a page whose body can be served alone.

A dialog's template wraps its body in `{% partialdef dialog inline %}`. htmx gets only that
partial, everybody else the whole page, from the same view.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme


def render_dialog(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    events: tuple[str, ...] = (),
) -> HttpResponse:
    """The dialog's partial for htmx, its whole page otherwise; 422 when a form came back.

    `events` are announced to the page (`HX-Trigger`), so that lists shown there refresh. Every
    dialog knows where to go back to without script: `next`, and `carry` to put behind the address
    of another dialog; forms include `components/_next.html`.
    """
    back = next_of(request)
    context = {"next": back, "carry": with_next("", back), **context}
    name = f"{template}#dialog" if request.htmx else template  # type: ignore[attr-defined]
    response = render(request, name, context, status=status)
    if events:
        response["HX-Trigger"] = json.dumps(dict.fromkeys(events, ""))
    patch_vary_headers(response, ["HX-Request"])
    return response


def next_of(request: HttpRequest) -> str:
    """The address in `next` to go back to, typed into the form or the address line, when it is one
    of ours; else "".

    SECURITY: never send people to another site because an address line said so.
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else ""


def with_next(address: str, next_address: str) -> str:
    """`address`, carrying on where to go back to."""
    if not next_address:
        return address
    sign = "&" if "?" in address else "?"
    return f"{address}{sign}{urlencode({'next': next_address})}"


def close_dialog(request: HttpRequest, *events: str, to: str) -> HttpResponse:
    """After a valid form: closes the dialog and announces `events`; without htmx, and where the
    dialog was a page of its own, goes to `to`.

    `to` must be an address of ours; callers pass a reversed one.
    """
    htmx = request.htmx  # type: ignore[attr-defined]
    if htmx and _path_of(htmx.current_url_abs_path) == request.path:
        response = HttpResponse(status=204, headers={"HX-Redirect": to})
    elif htmx:
        names = ("close-dialog", *events)
        response = HttpResponse(
            status=204, headers={"HX-Trigger": json.dumps(dict.fromkeys(names, ""))}
        )
    else:
        response = redirect(to)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _path_of(address: str | None) -> str:
    return (address or "").partition("?")[0]
