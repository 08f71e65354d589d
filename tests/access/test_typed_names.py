"""Names as they are typed at every door: nothing invisible passes, and nothing is cut apart."""

from __future__ import annotations

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from access.accounts.services import create_account
from access.guests.models import Guest
from access.invitations.models import Invitation
from access.links import guest_link_token
from access.people_lists.parsing import read_people
from access.typed_text import clean_words
from media_items.live.chat.message_text import clean_text
from media_items.live.qna.forms import AskQuestionForm
from media_items.visible_text import is_visible
from tests.examples import examples

NOTHING_TO_SEE = [
    "\u3164",
    "\u2800\u2800",
    "\u200d\u200c",
    "\uffa0",
    "\u115f\u1160",
    "\u034f",
    "\ufe0f",
    "\u180e",
    "\u0301",
    "\U000e0101",
    " \u00ad\u2060 ",
]
KEPT = [
    "علی\u200cرضا محمدی",
    "क्\u200dष",
    "Ada 👩\u200d💻",
    "👨\u200d👩\u200d👧\u200d👦",
    "❤\ufe0f\u200d🔥",
    "Dr. Ada O'Brien-Šimić",
    "יוסי כהן",
    "김철수",
]


@pytest.mark.parametrize("name", NOTHING_TO_SEE)
def test_nothing_to_see_is_empty(name):
    assert clean_words(name, most=100) == ""
    assert not is_visible(name)
    assert clean_text(name) == ""
    assert not AskQuestionForm({"text": name}, may_hide_name=True).is_valid()


@pytest.mark.parametrize("name", KEPT)
def test_what_belongs_to_a_name_stays(name):
    assert clean_words(name, most=100) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("A\u200dda", "Ada"),
        ("\u200dعلی\u200c", "علی"),
        ("Ada\u3164B", "Ada B"),
        ("\u202eadA", "adA"),
        ("Ada\r\nBcc: x", "Ada Bcc: x"),
    ],
)
def test_what_means_nothing_there_goes(typed, kept):
    assert clean_words(typed, most=100) == kept


@given(st.text(max_size=60))
@examples(200)
def test_a_name_is_visible_or_empty_and_clean_twice_is_clean_once(typed):
    name = clean_words(typed, most=100)
    assert name == "" or is_visible(name)
    assert clean_words(name, most=100) == name
    assert not {unicodedata.category(one) for one in name} & {"Cc", "Cs", "Zl", "Zp"}


# --- at the doors ---------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("name", NOTHING_TO_SEE[:4])
def test_no_door_takes_a_name_that_cannot_be_seen(name, link, client_of, owner, item):
    door = reverse("access:join", args=[guest_link_token(link)])
    answer = Client().post(door, {"name": name, "email": "ada@example.org"})
    assert answer.status_code == 422
    assert not Guest.objects.exists()
    own = client_of(owner).post(reverse("access:account"), {"first_name": name, "last_name": "L"})
    assert own.status_code == 422
    owner.refresh_from_db()
    assert is_visible(owner.first_name)
    user = create_account(email="x@example.org", first_name=name, last_name=name, send_mail=False)
    assert user.get_full_name() == "x"
    made = reverse("access:invite_users", args=[item.public_id])
    client_of(owner).post(
        made, {"email": "y@example.org", "first_name": name, "last_name": name, "role": "viewer"}
    )
    assert Invitation.objects.get().get_full_name() == "y@example.org"
    [person] = read_people(f"{name} <z@example.org>")
    assert person.first_name == ""


@pytest.mark.django_db
@pytest.mark.parametrize("name", KEPT)
def test_a_guest_keeps_the_joiners_of_their_name(name, link):
    door = reverse("access:join", args=[guest_link_token(link)])
    assert Client().post(door, {"name": name, "email": "ada@example.org"}).status_code == 302
    assert Guest.objects.get().name == name


@pytest.mark.django_db
def test_an_account_without_any_address_is_none():
    with pytest.raises(ValidationError):
        create_account(email="\u3164@example.org", first_name="A", last_name="B")
