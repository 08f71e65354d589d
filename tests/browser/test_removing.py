"""Removed from a session, before everybody's eyes: the page leaves by itself, and there is no way
back by the link until the host says so."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from access.blocks.models import Block
from access.links import guest_link_token
from media_items.catalogue.models import Kind
from media_items.live.sessions.models import Participant
from tests import factories
from tests.browser.steps import scripts_run

pytestmark = pytest.mark.live


@pytest.fixture
def room(owner):
    return factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")


@pytest.fixture
def join_link(room):
    link = factories.GuestLinkFactory(item=room, access_on=True)
    return f"/g/{guest_link_token(link)}/"


def come_in(page, room):
    page.goto(f"/media/{room.public_id}/session/")
    page.get_by_role("button", name=re.compile("Continue|Enter the lobby|Join the session")).click()
    expect(page).to_have_url(re.compile(r"/session/chat/$"))


def join(page, address, email="ada@example.org"):
    page.goto(address)
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Join the session").click()


def test_the_page_of_a_person_removed_leaves_by_itself_and_nothing_lets_them_back(
    open_page, axe, owner, room, join_link
):
    # What the open page asks for in the moment of being removed is refused; that is the point.
    host, guest = open_page(user=owner), open_page(width=390, allow=["403"])
    come_in(host, room)
    join(guest, join_link)
    expect(guest).to_have_url(re.compile(r"/session/chat/$"))
    scripts_run(guest)
    row = Participant.objects.get(name="Ada Lovelace")
    host.goto(f"/media/{room.public_id}/session/people/{row.pk}/block/")
    axe(host)
    host.get_by_role("button", name="Remove and block").click()
    expect(host.get_by_role("link", name="Participants")).to_be_visible()
    expect(guest.get_by_role("heading", name="The host has removed you")).to_be_visible()
    axe(guest)
    guest.goto(join_link)
    expect(guest.get_by_role("heading", name="The host has removed you")).to_be_visible()
    axe(guest)
    elsewhere = open_page(width=390, allow=["403"])
    join(elsewhere, join_link)
    expect(elsewhere.get_by_role("heading", name="This email can’t be used")).to_be_visible()
    axe(elsewhere)
    host.goto(f"/media/{room.public_id}/blocked/")
    axe(host)
    host.get_by_role("button", name="Let back in Ada Lovelace").click()
    expect(host.get_by_text("Nobody has been removed.")).to_be_visible()
    # On the page itself, and not in a dialog over the list as it was.
    expect(host.get_by_text("This person can come back now.")).to_be_visible()
    expect(host.get_by_role("dialog")).to_have_count(0)
    expect(host.get_by_text("Ada Lovelace")).to_have_count(0)
    expect(host.get_by_role("heading", name="Removed and blocked")).to_be_focused()
    guest.goto(f"/media/{room.public_id}/session/")
    expect(guest).to_have_url(re.compile(r"/session/chat/$"))


def test_the_media_page_of_a_guest_removed_changes_at_once(open_page, axe, owner):
    """A film's page has no session whose stream it could hear."""
    link = factories.GuestLinkFactory(item=factories.MediaItemFactory(owner=owner), access_on=True)
    host, guest = open_page(user=owner), open_page(width=390, allow=["403", "404"])
    guest.goto(f"/g/{guest_link_token(link)}/")
    guest.get_by_label("Your name").fill("Ada Lovelace")
    guest.get_by_label("Email").fill("ada@example.org")
    with guest.expect_request(re.compile(r"/events/")):
        guest.get_by_role("button", name="Watch now").click()
    host.goto(f"/media/{link.item.public_id}/guests/")
    host.get_by_role("link", name="Remove Ada Lovelace").click()
    dialog = host.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Remove Ada Lovelace?")).to_be_visible()
    axe(host)
    dialog.get_by_role("button", name="Remove", exact=True).click()
    expect(guest.get_by_role("heading", name="The host has removed you")).to_be_visible(
        timeout=4000
    )
    expect(host.get_by_text("was removed.")).to_be_visible()
    axe(host)
    host.get_by_role("button", name="Undo Ada Lovelace").click()
    expect(host.get_by_text("You let Ada Lovelace back in.").first).to_be_visible()
    guest.goto(link.item.get_absolute_url())
    expect(guest.get_by_text("You’re here as")).to_be_visible()


def test_without_javascript_it_is_a_page_a_form_and_the_way_back(open_page, owner, room, join_link):
    host, guest = open_page(user=owner, javascript=False), open_page(javascript=False)
    come_in(host, room)
    join(guest, join_link)
    expect(guest).to_have_url(re.compile(r"/session/chat/$"))
    row = Participant.objects.get(name="Ada Lovelace")
    host.goto(f"/media/{room.public_id}/session/people/{row.pk}/remove/")
    host.get_by_role("button", name="Remove").click()
    expect(host.get_by_role("link", name="Participants")).to_have_attribute("aria-current", "page")
    guest.reload()
    expect(guest.get_by_role("heading", name="The host has removed you")).to_be_visible()
    assert Block.objects.in_force().count() == 1
