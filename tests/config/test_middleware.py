"""Headers that every answer carries."""

from __future__ import annotations

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_what_says_nothing_about_caching_is_kept_by_nobody(client_of, client, owner, item):
    browser = client_of(owner)
    for address in (
        reverse("media_items:my_media"),
        reverse("access:guests", args=[item.public_id]),
        reverse("access:guest_links", args=[item.public_id]),
        "/nothing-here/",
    ):
        assert browser.get(address)["Cache-Control"] == "private, no-cache"
    assert client.get(item.get_absolute_url())["Cache-Control"] == "private, no-cache"


def test_a_stricter_answer_stays_as_the_view_gave_it(client):
    assert "no-store" in client.get(reverse("access:sign_in"))["Cache-Control"]
