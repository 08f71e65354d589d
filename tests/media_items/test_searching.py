"""Searching by what no name can hold."""

from __future__ import annotations

import pytest
from django import forms
from django.urls import reverse

from access.memberships.models import GalleryRole
from media_items.catalogue.models import Kind
from media_items.searching import MOST_CHARACTERS, SearchedWordsField, searched_words
from tests import factories
from tests.live_factories import LiveSessionFactory
from tests.quiz_factories import QuizFactory

pytestmark = pytest.mark.django_db


def test_words_are_one_line_without_nul():
    assert searched_words({"q": " Ada\x00 \n Lovelace "}) == "Ada Lovelace"
    assert searched_words({}) == ""
    assert len(searched_words({"q": "x" * 999})) == MOST_CHARACTERS


@pytest.fixture
def searched(owner):
    """Addresses of lists that are searched."""
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    quiz = QuizFactory(item__owner=owner).item
    over = LiveSessionFactory(item=room, ended=True)
    gallery = factories.GalleryMembershipFactory(user=owner, role=GalleryRole.MANAGER).gallery
    of_item, of_quiz = [room.public_id], [quiz.public_id]
    return [
        reverse("access:people_outside"),
        reverse("media_items:my_media"),
        reverse("media_items:gallery", args=[gallery.public_id]),
        reverse("access:people_suggestions", args=of_item),
        reverse("access:guests", args=of_item),
        reverse("access:register", args=of_item),
        reverse("access:access_trail", args=of_item),
        reverse("access:gallery_members", args=[gallery.public_id]),
        reverse("access:session_report", args=[*of_item, over.public_id]),
        reverse("media_items:quiz_results", args=of_quiz),
    ]


def test_a_nul_in_the_address_is_no_fault_of_the_database(client_of, owner, searched):
    host = client_of(owner)
    for address in searched:
        assert host.get(address, {"q": "a\x00b", "email": "a\x00b"}).status_code == 200, address


@pytest.mark.parametrize(
    ("typed", "words"),
    [("x" * 999, "x" * MOST_CHARACTERS), ("a\x00b", "a b"), ("  ", ""), (None, "")],
)
def test_the_search_of_a_form_takes_everything(typed, words):
    assert SearchedWordsField().clean(typed) == words


def test_every_form_above_a_list_searches_in_the_one_way(client):
    client.get("/")  # all addresses are known now, and with them all forms
    fields = [form.base_fields["q"] for form in _forms_below(forms.Form) if "q" in form.base_fields]
    assert len(fields) >= 4
    assert all(isinstance(field, SearchedWordsField) for field in fields)


def _forms_below(form):
    for one in form.__subclasses__():
        yield one
        yield from _forms_below(one)


def test_it_is_shown_as_it_is_searched_for(client_of, owner):
    item = factories.MediaItemFactory(owner=owner)
    address = reverse("access:access_trail", args=[item.public_id])
    page = client_of(owner).get(address, {"q": "a\x00b" + "x" * 300}).content.decode()
    assert "\x00" not in page
    assert "x" * 198 not in page
    assert 'value="a bxxx' in page


def test_a_member_is_not_listed_for_a_search_that_is_too_long(client_of, owner):
    gallery = factories.GalleryMembershipFactory(user=owner, role=GalleryRole.MANAGER).gallery
    address = reverse("access:gallery_members", args=[gallery.public_id])
    assert client_of(owner).get(address).context["page_obj"].object_list
    assert not client_of(owner).get(address, {"q": "x" * 999}).context["page_obj"].object_list
