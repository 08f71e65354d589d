"""Signing in and out, setting a password, one's own account."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import translation
from django.utils.translation import get_language, get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.generic.edit import FormMixin

from access.accounts import rate_limits, services
from access.accounts.ended_sessions import show_again
from access.accounts.forms import (
    TOO_MANY,
    ChangePasswordForm,
    ResetPasswordForm,
    SetPasswordForm,
    SignInForm,
    YourAccountForm,
    too_many_tries,
)
from access.accounts.kept_work import FIELD, KeptWork
from access.accounts.known_browsers import remember_account
from access.accounts.models import User
from access.accounts.readers import browser_zone
from access.browsers import once
from access.requests import SignedInRequest, VisitorRequest
from media_items.languages import keep_language, offered_language
from media_items.rate_limits import TooManyTries
from media_items.responses import next_of

# Nobody is sent on to these pages.
_NOT_NEXT = ("access:sign_in", "access:sign_out")


def refusal_status(form: Form) -> int:
    """429 when a limit was reached, 422 for every other error."""
    reached = any(
        error.code == TOO_MANY for errors in form.errors.as_data().values() for error in errors
    )
    return 429 if reached else 422


class _FormStatus(FormMixin):
    """Answers a refused form with its `refusal_status`."""

    def form_invalid(self, form: Form) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = refusal_status(form)
        return response


class _CheckedNext(auth_views.RedirectURLMixin):
    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        url = super().get_redirect_url(request)
        path = url.partition("?")[0]
        return "" if not path or path in {reverse(name) for name in _NOT_NEXT} else url


class _SignIn(_FormStatus, _CheckedNext, auth_views.LoginView):
    """Django's `login` keeps the HTTP session of a browser in which nobody was signed in, so guest
    admissions stay. Signing in as somebody else empties it.
    """

    authentication_form = SignInForm
    template_name = "access/accounts/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        carried = self.request.POST.get(FIELD, "")
        kept = {"kept_work": carried if carried and KeptWork.read(carried) else ""}
        return super().get_context_data(**kwargs) | {"site_name": settings.SITE_NAME} | kept

    def form_valid(self, form: SignInForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        work = KeptWork.read(self.request.POST.get(FIELD, ""))
        if work and work.is_of(form.get_user()):
            response = show_again(cast("VisitorRequest", self.request), work)
        remember_account(response, form.get_user())
        _note_browser(self.request, form.get_user())
        return response


class _SignOut(_CheckedNext, auth_views.LogoutView):
    pass


class _ChangePassword(_FormStatus, auth_views.PasswordChangeView):
    form_class = ChangePasswordForm
    template_name = "access/accounts/change_password.html"
    success_url = reverse_lazy("access:account")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(
            self.request, _("Your password was changed. Your other browsers have been signed out.")
        )
        return super().form_valid(form)


class _SetPassword(_FormStatus, auth_views.PasswordResetConfirmView):
    form_class = SetPasswordForm
    template_name = "access/accounts/set_password.html"
    success_url = reverse_lazy("access:password_is_set")

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(*args, **kwargs)
        # SECURITY: the address holds a token. Django's view has made it `no-store` already. Not
        # `no-referrer`: browsers would send `Origin: null` with the form (docs/adr/0004).
        response.headers["Referrer-Policy"] = "strict-origin"
        if not self.validlink and response.status_code == 200:
            response.status_code = 404
        return response

    def get_user(self, uidb64: str) -> User | None:
        user = super().get_user(uidb64)
        return user if user and user.is_active else None


sign_in = _SignIn.as_view()
sign_out = _SignOut.as_view()
change_password = never_cache(_ChangePassword.as_view())
set_password = _SetPassword.as_view()


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def reset_password(request: VisitorRequest) -> HttpResponse:
    form = ResetPasswordForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "access/accounts/reset_password.html", {"form": form}, status=status)
    address = form.cleaned_data["email"]
    try:
        with once(request, "accounts.password-mail-sent", of=address) as is_new:
            if is_new:
                rate_limits.count_password_mail(request, address=address)
                services.answer_password_request(address=address, language=get_language() or "")
    except TooManyTries as refused:
        form.add_error(None, too_many_tries(refused))
        return render(request, "access/accounts/reset_password.html", {"form": form}, status=429)
    return redirect("access:reset_password_sent")


@require_safe
def reset_password_sent(request: VisitorRequest) -> HttpResponse:
    return render(request, "access/accounts/reset_password_sent.html", {"days": _link_days()})


@require_safe
def password_is_set(request: VisitorRequest) -> HttpResponse:
    return render(request, "access/accounts/password_is_set.html")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: SignedInRequest) -> HttpResponse:
    # Not `request.user`: a refused form must not change the name in the page's head.
    user = User.objects.get(pk=request.user.pk)
    form = YourAccountForm(request.POST or None, instance=user, browser_zone=browser_zone(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        _note_browser(request, user)
        with translation.override(user.language or get_language_from_request(request)):
            messages.success(request, _("Saved."))
        return redirect("access:account")
    status = 422 if form.is_bound else 200
    return render(request, "access/accounts/account.html", {"form": form}, status=status)


def _note_browser(request: HttpRequest, user: User) -> None:
    language = offered_language(get_language_from_request(request))
    services.note_browser(user=user, time_zone=browser_zone(request), language=language)


def _link_days() -> int:
    return settings.PASSWORD_RESET_TIMEOUT // (60 * 60 * 24)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """The language of this browser, for people without an account."""
    response = redirect(next_of(request) or "/")
    keep_language(response, request.POST.get("language", ""))
    return response
