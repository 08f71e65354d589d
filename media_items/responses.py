"""The answers that views have in common: to htmx a part of a page, to a plain browser all of it.

This module alone names htmx's headers. Where an answer is different for htmx, it has
`Vary: HX-Request`, so that no cache mixes the two up.

Every dialog is a page: its template wraps the body in `{% partialdef dialog inline %}`; from the
same view htmx gets the body alone, and everybody else the whole page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.encoding import iri_to_uri
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.defaults import page_not_found

from media_items.refusals import Refusal
from media_items.requests import FoyerRequest

# Names alone, or names with the details for their listeners.
type Events = Iterable[str] | Mapping[str, Any]
type Tone = Literal["success", "info", "warning", "error"]


def varies_by_cookie(response: HttpResponseBase) -> None:
    """What a cookie decided is no answer for a browser with another one."""
    patch_vary_headers(response, ["Cookie"])


def varies_by_language(response: HttpResponseBase) -> None:
    """What is said in one language is no answer for a browser that asks for another."""
    patch_vary_headers(response, ["Accept-Language"])


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


def stands_alone(request: FoyerRequest) -> bool:
    """What is asked for here is, or will be, the page at its own address, not a part of another:
    a plain browser asks, or htmx from this very address."""
    return not wants_fragment(request) or _asks_from_own_page(request)


def wants_fragment(request: FoyerRequest) -> bool:
    """htmx asks, and not for a whole page, as it does when somebody goes back in the history."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def render_varied(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """For a view whose template differs for htmx at the same address."""
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

    `events` are announced to the page, so that its lists refresh. The context of every dialog has
    where to go back to without script: `next`, and `carry` to append to the address of another
    dialog; forms include `components/_next.html`.
    """
    back = next_of(request)
    shown = {"next": back, "carry": with_next("", back), **context}
    response = page_or_fragment(request, template, shown, fragment="dialog", status=status)
    return with_events(response, events)


def status_of(form: BaseForm) -> int:
    """The status of the page that shows the form: 422 when it has been submitted."""
    return 422 if form.is_bound else 200


# --- after an act ---------------------------------------------------------------------------------


def act_done(request: FoyerRequest, events: Events, *, to: str) -> HttpResponse:
    """htmx gets an empty answer with `events`; everybody else is redirected to `to`."""
    return _varied(no_content(events) if request.htmx else redirect(to))


def fragment_or_redirect(
    request: FoyerRequest,
    fragment: Callable[[], HttpResponse],
    *,
    to: str,
    said: str = "",
    tone: Tone = "success",
) -> HttpResponse:
    """htmx gets what `fragment` renders; everybody else goes to `to`, with `said` as a message, and
    so does htmx from a form that is a page of its own, where nothing is that `fragment` replaces.
    """
    if request.htmx and not _asks_from_own_page(request):
        return _varied(fragment())
    if said:
        getattr(messages, tone)(request, said)
    return go_to(request, to)


def close_dialog(request: FoyerRequest, *events: str, to: str) -> HttpResponse:
    """After a valid form: closes the dialog and announces `events`; redirects to `to` without htmx,
    and where the dialog was a page of its own.

    `to` must be an address of ours; callers pass a reversed one.
    """
    if _asks_from_own_page(request):
        return go_to(request, to)
    return act_done(request, ("close-dialog", *events), to=to)


def go_to(request: FoyerRequest, to: str) -> HttpResponse:
    """Redirects, also htmx, which would put the target of an ordinary redirect into the page."""
    if request.htmx:
        return _varied(HttpResponse(status=204, headers={"HX-Redirect": iri_to_uri(to)}))
    return _varied(redirect(to))


def reload_or_go_to(request: FoyerRequest, to: str) -> HttpResponse:
    """With htmx the page is reloaded, because much of it has changed; else a redirect to `to`."""
    return _varied(reload_page() if request.htmx else redirect(to))


def reload_page() -> HttpResponse:
    """For addresses that only scripts request: the page that asked is reloaded."""
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


def no_content(events: Events = ()) -> HttpResponse:
    return with_events(HttpResponse(status=204), events)


def nothing_to_ask_for() -> HttpResponse:
    """To what asks again and again: htmx asks no more."""
    return HttpResponse(status=286)


# --- what goes with an answer ---------------------------------------------------------------------


def with_toast(
    request: FoyerRequest, response: HttpResponse, text: str | Promise, *, tone: Tone = "info"
) -> HttpResponse:
    """Shows one sentence: as a toast with htmx, as a message on the next page without."""
    if request.htmx:
        return with_events(response, {"toast": {"text": str(text), "tone": tone}})
    getattr(messages, tone)(request, text)
    return response


def with_events(response: HttpResponse, events: Events) -> HttpResponse:
    """Adds `events` to those that the answer announces already.

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


def retarget(response: HttpResponse, target: str) -> HttpResponse:
    """htmx replaces `target` by the answer, not the element that the request named."""
    response["HX-Retarget"], response["HX-Reswap"] = target, "outerHTML"
    return response


def _varied(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["HX-Request"])
    return response


# --- pages whose address is a secret --------------------------------------------------------------


def token_page[**P, R: HttpResponseBase](view: Callable[P, R]) -> Callable[P, R]:
    """Keeps the token in this page's address out of caches, referrers and search engines.

    SECURITY: `strict-origin` sends our host name at most, never the path. `no-referrer` would
    make browsers send `Origin: null` with the form, which CSRF protection rightly refuses
    (Fetch standard, “append a request Origin header”); see docs/adr/0004.
    """

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        response = view(*args, **kwargs)
        response["Referrer-Policy"] = "strict-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Expires"] = _LONG_AGO
        response["Cache-Control"] = "no-store, private"
        return response

    return wrapped


_LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"  # for caches that read no Cache-Control


# --- where to go back to --------------------------------------------------------------------------


def next_of(request: HttpRequest) -> str:
    """The address to go back to, from `next` in the form or the query string; "" unless it is on
    this site.

    SECURITY: no redirect to another site because an address asks for it.
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # A path, not a page's name or a part of an address, which `redirect` would look up.
    return wanted if is_ours and wanted.startswith("/") else ""


def posted_next(request: HttpRequest) -> str:
    """`next_of` for a submitted form (its query string counts, too), "" for other requests."""
    return next_of(request) if request.method == "POST" else ""


def with_next(address: str, next_address: str) -> str:
    """`address` with `next_address` as its `next`."""
    if not next_address:
        return address
    sign = "&" if "?" in address else "?"
    return f"{address}{sign}{urlencode({'next': next_address})}"


def _asks_from_own_page(request: FoyerRequest) -> bool:
    """htmx, on the page whose address is the one that it asks."""
    if not request.htmx:
        return False
    return urlsplit(request.htmx.current_url_abs_path or "").path == request.path


def prefers_json(request: HttpRequest) -> bool:
    """Asked by a program."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


# --- refusals -------------------------------------------------------------------------------------


def refused(request: FoyerRequest, refusal: Refusal) -> HttpResponse:
    """The answer to a refusal: JSON for a program that prefers it, a toast for htmx, else a page.

    SECURITY: a refusal with 404 gets the same page as an address that does not exist.
    """
    if refusal.status == 404:
        return page_not_found(request, Http404())
    if prefers_json(request):
        said = {"why": refusal.reason, "message": str(refusal)}
        return JsonResponse(said, status=refusal.status)
    if request.htmx:
        words = HttpResponse(
            str(refusal), status=refusal.status, content_type="text/plain; charset=utf-8"
        )
        return _varied(with_toast(request, words, str(refusal), tone="warning"))
    context = {"message": refusal.message, "status": refusal.status}
    return render_varied(request, "refused.html", context, status=refusal.status)
