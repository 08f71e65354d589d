"""Headers that every answer carries."""

from __future__ import annotations

import pytest
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
