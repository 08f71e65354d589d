"""The answers that views have in common: to htmx a part of a page, to a plain browser all of it.

This module alone spells htmx's headers. Where an answer depends on who asks, it varies by
`HX-Request`, so that no cache hands one to the other.

Every dialog is a page: its template wraps the body in `{% partialdef dialog inline %}`, htmx gets
that alone, everybody else the page around it, from the same view.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Literal
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.defaults import page_not_found

from media_items.refusals import Refusal
from media_items.requests import FoyerRequest

# Names alone, or each with what its listeners are told.
type Events = Iterable[str] | Mapping[str, Any]
type Tone = Literal["success", "info", "warning", "error"]


# --- pages and parts of pages ---------------------------------------------------------------------


def page_or_fragment(
    request: FoyerRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    fragment: str,
    status: int = 200,
) -> HttpResponse:
    """The whole page; for htmx only its partial `fragment`."""
    name = f"{template}#{fragment}" if wants_fragment(request) else template
    return render_varied(request, name, context, status=status)


def wants_fragment(request: FoyerRequest) -> bool:
    """htmx asks, and not to restore a page when somebody goes back: that needs all of it."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def render_varied(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """For a view that gives htmx another template at the same address."""
    return _varied(render(request, template, dict(context), status=status))


def render_dialog(
    request: FoyerRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    events: Events = (),
) -> HttpResponse:
    """The dialog's partial for htmx, its whole page otherwise; 422 when a form came back.

    `events` are announced to the page, so that lists shown there refresh. Every dialog knows where
    to go back to without script: `next`, and `carry` to put behind the address of another dialog;
    forms include `components/_next.html`.
    """
    back = next_of(request)
    shown = {"next": back, "carry": with_next("", back), **context}
    response = page_or_fragment(request, template, shown, fragment="dialog", status=status)
    return with_events(response, events)


def status_of(form: BaseForm) -> int:
    """Of the page that shows the form: 422 when it came back with what is wrong."""
    return 422 if form.is_bound else 200


# --- after an act ---------------------------------------------------------------------------------


def act_done(request: FoyerRequest, events: Events, *, to: str) -> HttpResponse:
    """htmx has nothing to put in and hears `events`; everybody else goes to `to`."""
    return _varied(no_content(events) if request.htmx else redirect(to))


def fragment_or_redirect(
    request: FoyerRequest,
    fragment: Callable[[], HttpResponse],
    *,
    to: str,
    said: str = "",
    tone: Tone = "success",
) -> HttpResponse:
    """htmx gets what `fragment` renders; everybody else goes to `to`, where `said` is shown."""
    if request.htmx:
        return _varied(fragment())
    if said:
        getattr(messages, tone)(request, said)
    return _varied(redirect(to))


def close_dialog(request: FoyerRequest, *events: str, to: str) -> HttpResponse:
    """After a valid form: closes the dialog and announces `events`; without htmx, and where the
    dialog was a page of its own, goes to `to`.

    `to` must be an address of ours; callers pass a reversed one.
    """
    if request.htmx and _path_of(request.htmx.current_url_abs_path) == request.path:
        return go_to(request, to)
    return act_done(request, ("close-dialog", *events), to=to)


def go_to(request: FoyerRequest, to: str) -> HttpResponse:
    """Another page, also for htmx, which would put a redirect's target into the page."""
    if request.htmx:
        return _varied(HttpResponse(status=204, headers={"HX-Redirect": to}))
    return _varied(redirect(to))


def reload_or_go_to(request: FoyerRequest, to: str) -> HttpResponse:
    """For htmx the page is loaded again, because so much of it has changed; else to `to`."""
    return _varied(reload_page() if request.htmx else redirect(to))


def reload_page() -> HttpResponse:
    """For addresses that only scripts ask: the page that asked is loaded again."""
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


def no_content(events: Events = ()) -> HttpResponse:
    return with_events(HttpResponse(status=204), events)


# --- what goes with an answer ---------------------------------------------------------------------


def with_toast(
    request: FoyerRequest, response: HttpResponse, text: str | Promise, *, tone: Tone = "info"
) -> HttpResponse:
    """One sentence to the person: a toast with htmx, a message on the next page without."""
    if request.htmx:
        return with_events(response, {"toast": {"text": str(text), "tone": tone}})
    getattr(messages, tone)(request, text)
    return response


def with_events(response: HttpResponse, events: Events) -> HttpResponse:
    """Announced to the page beside those announced already.

    Names alone are sent as htmx's list, anything else as JSON.
    """
    said_before = response.get("HX-Trigger", "")
    needs_json = isinstance(events, Mapping) or said_before.startswith("{")
    named = events if isinstance(events, Mapping) else dict.fromkeys(events, "")
    if told := {**_events_in(said_before), **named}:
        response["HX-Trigger"] = json.dumps(told) if needs_json else ", ".join(told)
    return response


def _events_in(header: str) -> dict[str, Any]:
    if header.startswith("{"):
        named: dict[str, Any] = json.loads(header)
        return named
    return {name.strip(): "" for name in header.split(",") if name.strip()}


def into(response: HttpResponse, target: str) -> HttpResponse:
    """htmx puts the answer in place of `target`, whatever it had meant to fill."""
    response["HX-Retarget"], response["HX-Reswap"] = target, "outerHTML"
    return response


def _varied(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["HX-Request"])
    return response


# --- pages whose address is a secret --------------------------------------------------------------


def token_page[**P, R: HttpResponseBase](view: Callable[P, R]) -> Callable[P, R]:
    """The token in this page's address goes nowhere: no cache, no referrer, no search engine.

    SECURITY: `strict-origin` sends our host name at most, never the path. `no-referrer` would
    make browsers send `Origin: null` with the form, which CSRF protection rightly refuses
    (Fetch standard, “append a request Origin header”); see docs/adr/0004.
    """

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        response = view(*args, **kwargs)
        response["Referrer-Policy"] = "strict-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        add_never_cache_headers(response)
        response["Cache-Control"] = "no-store, private"
        return response

    return wrapped


# --- where to go back to --------------------------------------------------------------------------


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


def posted_next(request: HttpRequest) -> str:
    """As `next_of`, of a form that was sent; the address line of a form sent counts too."""
    return next_of(request) if request.method == "POST" else ""


def with_next(address: str, next_address: str) -> str:
    """`address`, carrying on where to go back to."""
    if not next_address:
        return address
    sign = "&" if "?" in address else "?"
    return f"{address}{sign}{urlencode({'next': next_address})}"


def _path_of(address: str | None) -> str:
    return (address or "").partition("?")[0]


# --- refusals -------------------------------------------------------------------------------------


def refused(request: FoyerRequest, refusal: Refusal) -> HttpResponse:
    """The status and the sentence: as JSON to a program that prefers it, as a toast to htmx, as a
    page to everybody else.

    SECURITY: what is “not there” is the same page as for an address that never was.
    """
    if refusal.status == 404:
        return page_not_found(request, Http404())
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        said = {"why": refusal.reason, "message": str(refusal)}
        return JsonResponse(said, status=refusal.status)
    if request.htmx:
        words = HttpResponse(
            str(refusal), status=refusal.status, content_type="text/plain; charset=utf-8"
        )
        return _varied(with_toast(request, words, str(refusal), tone="warning"))
    context = {"message": refusal.message, "status": refusal.status}
    return render_varied(request, "refused.html", context, status=refusal.status)
