"""Headers that every answer carries."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

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
