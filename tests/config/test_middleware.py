"""Headers that every answer carries."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.http import HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.middleware.locale import LocaleMiddleware
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override

from config.middleware import LanguageMiddleware, PolicyMiddleware

pytestmark = pytest.mark.django_db


def test_a_page_for_somebody_known_is_kept_by_nobody(client_of, client, owner, item):
    """After signing out, *Back* would show it from the browser's memory."""
    browser = client_of(owner)
    for address in (
        reverse("media_items:my_media"),
        reverse("access:guests", args=[item.public_id]),
        reverse("access:guest_links", args=[item.public_id]),
        item.get_absolute_url(),
        "/nothing-here/",
    ):
        assert browser.get(address)["Cache-Control"] == "private, no-store"
    assert client.get(item.get_absolute_url())["Cache-Control"] == "private, no-cache"


def test_a_stricter_answer_stays_as_the_view_gave_it(client):
    assert "no-store" in client.get(reverse("access:sign_in"))["Cache-Control"]


def test_a_guests_page_is_kept_by_nobody_and_a_strangers_may_be(guest_client, client, item):
    assert "no-store" in guest_client.get(item.get_absolute_url())["Cache-Control"]
    for address in (item.get_absolute_url(), reverse("access:privacy")):
        assert client.get(address)["Cache-Control"] == "private, no-cache"


def test_a_form_in_letters_that_do_not_exist_is_a_bad_request_and_no_fault_of_ours():
    browser = Client(enforce_csrf_checks=True)
    browser.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    form = "application/x-www-form-urlencoded; charset=utf-7"
    assert browser.post("/privacy/", "a=b", content_type=form).status_code == 400


def test_every_answer_says_what_of_the_browser_it_uses_and_who_may_frame_it(client):
    for address in (reverse("access:sign_in"), "/nothing-here/", reverse("access:privacy")):
        headers = client.get(address).headers
        assert "microphone=(self)" in headers["Permissions-Policy"]
        assert "geolocation=()" in headers["Permissions-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] in {"same-origin", "strict-origin"}


NONCE = {"script-src": [CSP.SELF, CSP.NONCE]}


@pytest.mark.parametrize("policy", [settings.SECURE_CSP, NONCE, {}])
@pytest.mark.parametrize("only_reported", [{}, {"img-src": [CSP.NONE]}])
@pytest.mark.parametrize("said", [{}, {"override": {"font-src": [CSP.SELF]}}, {"own": "x"}])
def test_a_policy_is_what_django_writes(rf, settings, policy, only_reported, said):
    settings.SECURE_CSP, settings.SECURE_CSP_REPORT_ONLY = policy, only_reported

    def view(request):
        response = HttpResponse()
        if "own" in said:
            response.headers["Content-Security-Policy"] = said["own"]
        str(request._csp_nonce)  # a page that writes it
        return response

    if "override" in said:
        view = csp_override(said["override"])(view)
    ours, djangos = PolicyMiddleware(view), ContentSecurityPolicyMiddleware(view)
    for _ in range(2):
        written, expected = ours(rf.get("/")), djangos(rf.get("/"))
        assert written.headers.keys() == expected.headers.keys()
        for name, value in expected.headers.items():
            assert _NONCE.sub("…", written[name]) == _NONCE.sub("…", value)


_NONCE = re.compile(r"(?<='nonce-)[^']+")


@pytest.mark.parametrize("accepted", ["", "fr", "fr-CA,en;q=0.5", "he", "xx,de;q=0.3", "*", "%"])
@pytest.mark.parametrize("chosen", [None, "he", "fr", "xx"])
@pytest.mark.parametrize("path", ["/", "/he/", "/fr/media/"])
def test_a_language_is_what_django_finds(rf, accepted, chosen, path):
    """No address begins with one, so that none has to be looked for there."""
    assert is_language_prefix_patterns_used(settings.ROOT_URLCONF) == (False, False)

    def view(request):
        return HttpResponse(f"{request.LANGUAGE_CODE} {translation.get_language()}")

    answers = []
    for middleware in (LanguageMiddleware(view), LocaleMiddleware(view)):
        request = rf.get(path, headers={"accept-language": accepted})
        if chosen:
            request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = chosen
        with translation.override("en"):
            response = middleware(request)
        answers.append((response.content, dict(response.headers)))
    assert answers[0] == answers[1]
