"""What others read of an account's name."""

from __future__ import annotations

import pytest
from django.urls import reverse

from access.accounts.models import User
from access.links import guest_link_token
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def nameless(db):
    return factories.UserFactory(email="n.levi@example.edu", first_name="", last_name="")


def test_a_host_without_a_name_is_not_shown_with_the_address(client, nameless):
    item = factories.MediaItemFactory(owner=nameless, state="unlisted")
    link = factories.GuestLinkFactory(item=item, access_on=True)
    for page in (reverse("access:join", args=[guest_link_token(link)]), item.get_absolute_url()):
        text = client.get(page).content.decode()
        assert "n.levi" in text
        assert "@example.edu" not in text


def test_in_the_administration_the_address_stands_in_for_the_name(nameless, owner):
    assert str(nameless) == "n.levi@example.edu"
    assert str(owner) == "Noa Levi"


@pytest.mark.parametrize(
    ("first", "short"),
    [("Noa", "Noa"), ("Dr. Noa", "Dr. Noa Levi"), ("Prof Noa", "Prof Noa Levi"), ("Drew", "Drew")],
)
def test_a_mail_does_not_greet_by_a_title_and_a_first_name(first, short):
    assert User(email="n@example.org", first_name=first, last_name="Levi").get_short_name() == short
