"""The page on which a form stands that was sent in vain, made by its own view and filled in."""

from __future__ import annotations

import copy
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.urls import resolve
from django.utils.datastructures import MultiValueDict

from access.accounts.filled_forms import filled_in
from access.accounts.kept_work import KeptWork
from access.requests import VisitorRequest
from media_items.refusals import Refusal


def form_page(request: VisitorRequest, work: KeptWork) -> HttpResponse | None:
    """The page the form was sent from, or the one at the address it went to; None where neither
    has it, or shows it to this person.

    SECURITY: a page that its view does not show them by GET is not shown here either. The fields
    are filled in; nothing is sent.
    """
    note = render_to_string("access/accounts/_kept_note.html", {"work": work})
    for at in dict.fromkeys(one for one in (work.page, work.address) if one):
        page = _page_at(request, at)
        filled = page and filled_in(
            page.content.decode(page.charset),
            at=at,
            sent_to=work.address,
            fields=work.fields,
            note=note,
        )
        if page and filled:
            page.content = filled.encode(page.charset)
            return page
    return None


def _page_at(request: VisitorRequest, address: str) -> HttpResponse | None:
    asked = _asked_for(request, address)
    try:
        view = asked.resolver_match = resolve(asked.path_info)
        response: HttpResponseBase = view.func(asked, *view.args, **view.kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response.render()
    except (Http404, PermissionDenied, Refusal):
        return None
    is_page = response.status_code == 200 and "text/html" in response.get("Content-Type", "")
    return response if is_page and isinstance(response, HttpResponse) else None


def _asked_for(request: VisitorRequest, address: str) -> VisitorRequest:
    """What this browser would send to see the page that stands there."""
    get_token(request)
    path, query = urlsplit(address).path, urlsplit(address).query
    asked = copy.copy(request)
    asked.META = request.META | {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query}
    # The secret that the answer to `request` will set, for a view that looks at the cookie itself.
    secret = {settings.CSRF_COOKIE_NAME: request.META["CSRF_COOKIE"]}
    asked.COOKIES = request.COOKIES | secret
    asked.method, asked.path, asked.path_info = "GET", path, path
    asked.GET = QueryDict(query)
    asked.POST = QueryDict()
    asked._files = MultiValueDict()  # type: ignore[attr-defined]
    asked.visitor = type(request.visitor).of_request(asked)
    return asked
