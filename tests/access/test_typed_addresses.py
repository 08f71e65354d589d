"""What a door says about an address that somebody typed does not tell what is stored about it."""

from __future__ import annotations

import re

import pytest
from django.test import Client, TestCase
from django.urls import reverse

from access.accounts.models import User
from access.guests.services import guests
from access.invitations.models import Invitation
from access.links import guest_link_token, invitation_token
from access.mail.models import OutgoingMail
from media_items.catalogue.models import Kind
from media_items.live.sessions.services import open_session
from tests import factories
from tests.reading import unescaped

pytestmark = pytest.mark.django_db

ADA, BO, CY = "ada@example.org", "bo@example.org", "cy@example.org"


@pytest.fixture
def room(db):
    item = factories.MediaItemFactory(kind=Kind.ROOM)
    open_session(item=item)
    return item


@pytest.fixture
def link(room):
    return factories.GuestLinkFactory(item=room, access_on=True)


# --- what is stored about the address -------------------------------------------------------------


def is_unknown(link):
    pass


def is_a_guest(link):
    return factories.GuestFactory(link=link, email=ADA)


def is_a_guest_of_another_link(link):
    is_a_guest(factories.GuestLinkFactory(item=link.item))


def is_invited(link):
    if not Invitation.objects.filter(item=link.item, email=ADA).exists():
        factories.InvitationFactory(item=link.item, email=ADA)


def has_an_account(link):
    if not User.objects.filter(email=ADA).exists():
        factories.UserFactory(email=ADA)


def is_removed(link):
    guests.remove_guest(guest=is_a_guest(link), by=None)


def is_removed_and_erased(link):
    guest = is_a_guest(link)
    guests.remove_guest(guest=guest, by=None)
    guests.erase_guest(guest=guest, by=None)


def is_blocked_as_typed(link):
    factories.BlockFactory(item=link.item, email=ADA, only_typed=True)


def is_blocked_as_proven(link):
    factories.BlockFactory(item=link.item, email=ADA, only_typed=False)


def is_out_until_the_session_ends(link):
    session = link.item.live_sessions.get()
    factories.BlockFactory(item=link.item, email=ADA, session=session)


LET_IN = [is_unknown, is_a_guest, is_a_guest_of_another_link, is_invited, has_an_account]
PUT_OUT = [
    is_removed,
    is_removed_and_erased,
    is_blocked_as_typed,
    is_blocked_as_proven,
    is_out_until_the_session_ends,
]


# --- doors ----------------------------------------------------------------------------------------


def joins(link, email):
    address = reverse("access:join", args=[guest_link_token(link)])
    return Client().post(address, {"name": "Somebody", "email": email})


def asks_the_host(link, email):
    address = reverse("access:ask_host", args=[guest_link_token(link)])
    return Client().post(address, {"name": "Somebody", "email": email})


def asks_for_a_password(link, email):
    return Client().post(reverse("access:reset_password"), {"email": email})


def signs_in(link, email):
    words = {"username": email, "password": "not the right one"}
    return Client().post(reverse("access:sign_in"), words)


def opens_an_invitation_to_ada(link, email):
    """Where typing the address takes the place of the code."""
    invitation, _made = Invitation.objects.get_or_create(
        item=link.item, email=ADA, role="viewer", invited_by=link.item.owner
    )
    address = reverse("access:invitation_code", args=[invitation_token(invitation)])
    return Client().post(address, {"email": email})


def seen_at(door, link, email):
    """All that somebody can tell apart who types the address, and how many mails were asked for."""
    before = OutgoingMail.objects.count()
    with TestCase.captureOnCommitCallbacks():
        response = door(link, email)
    said = re.sub(r"\b[A-Za-z0-9]{64}\b", "a token", unescaped(response))
    said = said.replace(email, "the address")
    return (
        response.status_code,
        response.get("Location"),
        said,
        OutgoingMail.objects.count() - before,
    )


def title_of(said: str) -> str:
    return re.search(r"<title>(.*?)</title>", said, re.DOTALL)[1]


def limited(link):
    link.email_domains = "example.edu"
    link.save()


def full(link):
    link.places = link.places_taken = 3
    link.save()


def paused(link):
    link.paused_at = link.created_at
    link.save()


@pytest.mark.parametrize("stored", LET_IN)
def test_an_open_link_lets_in_whomever_it_lets_in_in_one_way(link, stored):
    stored(link)
    assert seen_at(joins, link, ADA) == seen_at(joins, link, BO)


@pytest.mark.parametrize("stored", PUT_OUT)
def test_an_open_link_says_one_thing_to_all_it_does_not_let_in(link, stored):
    stored(link)
    guests.remove_guest(guest=factories.GuestFactory(link=link, email=CY), by=None)
    seen = seen_at(joins, link, ADA)
    assert seen == seen_at(joins, link, CY)
    status, _to, said, mails = seen
    assert (status, mails, title_of(said)) == (403, 0, "This email can’t be used here · Foyer")
    for word in ("ended", "removed", "blocked", "visit"):
        assert word not in said.split("<main")[1].lower()


@pytest.mark.parametrize("stored", [*LET_IN, *PUT_OUT])
def test_a_link_for_some_domains_says_one_thing_about_every_other_address(link, stored):
    stored(link)
    limited(link)
    seen = seen_at(joins, link, ADA)
    assert seen == seen_at(joins, link, BO)
    assert title_of(seen[2]) == "This email can’t be used here · Foyer"


@pytest.mark.parametrize("stored", [one for one in (*LET_IN, *PUT_OUT) if one is not is_a_guest])
def test_a_full_link_is_full_for_all_but_its_guests(link, stored):
    stored(link)
    full(link)
    seen = seen_at(joins, link, ADA)
    assert seen == seen_at(joins, link, BO)
    assert title_of(seen[2]) == "All places on this link are taken · Foyer"


@pytest.mark.parametrize("stored", [*LET_IN, *PUT_OUT])
@pytest.mark.parametrize("door", [joins, asks_the_host])
def test_a_closed_link_is_closed_to_all_and_everybody_may_ask(link, door, stored):
    stored(link)
    paused(link)
    assert seen_at(door, link, ADA) == seen_at(door, link, BO)


@pytest.mark.parametrize("stored", [*LET_IN, *PUT_OUT])
@pytest.mark.parametrize("door", [asks_for_a_password, signs_in])
def test_the_doors_of_accounts_say_the_same_of_every_address(link, door, stored):
    stored(link)
    assert seen_at(door, link, ADA) == seen_at(door, link, BO)


@pytest.mark.parametrize("stored", [is_blocked_as_typed, is_blocked_as_proven])
def test_an_invitation_opened_by_typing_says_nothing_of_its_person(settings, link, stored):
    settings.INVITATION_PROOF = "address"
    stored(link)
    seen = seen_at(opens_an_invitation_to_ada, link, ADA)
    assert seen == seen_at(opens_an_invitation_to_ada, link, BO)
    assert seen[0] == 422


def test_a_browser_that_came_with_the_address_reads_what_became_of_it(link):
    browser = Client()
    address = reverse("access:join", args=[guest_link_token(link)])
    browser.post(address, {"name": "Ada", "email": ADA})
    guests.remove_guest(guest=link.guests.get(), by=None)
    again = browser.post(address, {"name": "Ada", "email": ADA})
    assert "The host has removed you" in unescaped(again)
    assert "ended your visit" not in unescaped(joins(link, ADA))


@pytest.mark.parametrize("what", PUT_OUT)
def test_the_first_way_on_from_an_address_that_is_put_out_is_the_host(link, what):
    what(link)
    page = unescaped(joins(link, ADA))
    ways = re.findall(
        r"""class="button ([\w-]*)"[^>]*>(?:<svg.*?</svg>)?\s*([^<]+)<""",
        page.partition("refusal-ways")[2],
        re.DOTALL,
    )[:2]
    assert ways == [("button-primary", "Ask the host to let you in"), ("", "Try another email")]
