"""A form that meets an ended or a changed sign-in: what was typed is not lost (docs/adr/0026)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views import csrf

from access.accounts.form_pages import form_page
from access.accounts.forms import SignInForm
from access.accounts.kept_work import FIELD, KeptWork
from access.accounts.known_browsers import carried_mark
from access.requests import VisitorRequest


class EndedSessionMiddleware:
    """Answers a form whose account has been signed out with the sign-in page, form and all.

    Only in a browser where an account had signed in: to all others nothing changes. The status
    stays what it was for an address that shows them nothing.
    """

    def __init__(self, get_response: Callable[[VisitorRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: VisitorRequest) -> HttpResponse:
        response = self.get_response(request)
        # SECURITY: a body that nobody has read yet is read for browsers only whose mark is ours, or
        # anybody could hold a thread by sending one slowly.
        if request.method != "POST" or not carried_mark(request):
            return response
        if not _asks_for_sign_in(response) or request.user.is_authenticated:
            return response
        if request.htmx:
            return _said(HttpResponse(status=403), "ended")
        # SECURITY: views that take files have not looked for forgery yet.
        if not _is_own_page(request) and "Origin" in request.headers:
            return response
        work = KeptWork.of_request(request)
        return sign_in_with(request, work) if work else response


def _asks_for_sign_in(response: HttpResponse) -> bool:
    if response.status_code != 302:
        return response.status_code == 404
    path = urlsplit(response.headers.get("Location", "")).path
    return path in {reverse(settings.LOGIN_URL), reverse("admin:login")}


def sign_in_with(request: VisitorRequest, work: KeptWork) -> HttpResponse:
    context = {
        "form": SignInForm(request),
        "kept_work": work.packed(),
        "site_name": settings.SITE_NAME,
    }
    response = render(request, "access/accounts/sign_in.html", context, status=403)
    return _kept_by_nobody(_said(response, "ended"))


def show_again(request: VisitorRequest, work: KeptWork, *, status: int = 200) -> HttpResponse:
    """The form, filled in again; where its page cannot be had, what was typed and a button that
    sends it. Nothing is sent without the person."""
    response = form_page(request, work)
    if response is None:
        response = render(request, "access/accounts/kept_work.html", {"work": work})
    response.status_code = status
    return _kept_by_nobody(response)


def csrf_failure(request: VisitorRequest, reason: str = "") -> HttpResponse:
    """Signed in or out since the page was made: its token is of the old sign-in.

    SECURITY: another site can send a form here, but not with our origin, and without that nothing
    it sent is shown. Nothing is done in any case: the person reads it and presses a button.
    """
    if request.htmx:
        return _said(HttpResponse(status=403), "changed")
    if _is_own_page(request):
        carried = request.POST.get(FIELD, "")
        work = KeptWork.read(carried) if carried else KeptWork.of_request(request)
        account = request.visitor.account
        if work and account is None:
            return sign_in_with(request, work)
        if work and account and work.is_of(account):
            return _said(show_again(request, work, status=403), "changed")
    return _said(csrf.csrf_failure(request, reason), "changed")


def _is_own_page(request: HttpRequest) -> bool:
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin") in {own, *settings.CSRF_TRUSTED_ORIGINS}


def _said(response: HttpResponse, how: str) -> HttpResponse:
    """For `session.js`, on whose page what was typed still is: "ended" or "changed"."""
    response.headers["Foyer-Session"] = how
    response.headers["Foyer-Sign-In"] = reverse(settings.LOGIN_URL)
    return response


def _kept_by_nobody(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    response.headers["Cache-Control"] = "private, no-store"
    return response
