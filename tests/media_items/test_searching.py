"""Searching by what no name can hold."""

from __future__ import annotations

import pytest
from django.urls import reverse

from media_items.searching import MOST_CHARACTERS, searched_words
from tests import factories

pytestmark = pytest.mark.django_db


def test_words_are_one_line_without_nul():
    assert searched_words({"q": " Ada\x00 \n Lovelace "}) == "Ada Lovelace"
    assert searched_words({}) == ""
    assert len(searched_words({"q": "x" * 999})) == MOST_CHARACTERS


def test_a_nul_in_the_address_is_no_fault_of_the_database(client_of, owner):
    item = factories.MediaItemFactory(owner=owner)
    host = client_of(owner)
    searched = [reverse("access:people_outside"), reverse("media_items:my_media")]
    searched += [reverse("access:people_suggestions", args=[item.public_id])]
    for address in searched:
        assert host.get(address, {"q": "a\x00b", "email": "a\x00b"}).status_code == 200, address
