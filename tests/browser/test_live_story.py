"""The story of live sessions, in four browsers: a room is opened, people come in by both kinds of
link, are brought on stage, taken off and removed, and the report says who was there."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page, expect

from access.invitations.models import Invitation, InvitationRole
from media_items.catalogue.models import Kind
from media_items.live.sessions import services as sessions
from tests import factories
from tests.browser.steps import scripts_run
from tests.browser.test_live_stage import go_on_stage, on_with_it, seen_and_heard, tile_of
from tests.conftest import client_with_proofs

pytestmark = pytest.mark.live

LIVE = re.compile(r"/session/(chat/)?$")


@pytest.fixture(autouse=True)
def _small_pictures(settings):
    settings.LIVE_STAGE_PICTURE = "320x180@15"


@pytest.fixture
def room(owner, transactional_db):
    return factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")


def proven(page: Page, room, role: InvitationRole, first: str, last: str) -> Page:
    """The page's browser is that of somebody invited who has accepted."""
    invitation = factories.InvitationFactory(
        item=room, role=role, accepted=True, first_name=first, last_name=last
    )
    client = client_with_proofs(factories.InvitationProofFactory(invitation=invitation))
    name = django_settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "domain": "localhost", "path": "/"}
    page.context.add_cookies([cookie])
    return page


def show_participants(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Participants")).click()
    expect(page.get_by_role("heading", name=re.compile("All participants"))).to_be_visible()


def choose(page: Page, button: str, entry: str) -> None:
    """An entry behind three dots. The list may be drawn anew in the same moment: then once more."""
    page.get_by_role("button", name=button).click()
    page.get_by_role("menuitem", name=entry, exact=True).click()


def invite_a_moderator(host: Page) -> None:
    choose(host, "More for all participants", "Invite users")
    host.get_by_role("combobox", name="Email").fill("hedy@example.org")
    host.get_by_label("First name").fill("Hedy")
    host.get_by_role("radio", name="Moderator").check()
    host.locator("#dialog").get_by_role("button", name="Invite").click()
    expect(host.locator("#dialog")).to_contain_text("/i/")
    host.locator("#dialog [data-close]").first.click()


def new_guest_link(host: Page) -> str:
    choose(host, "More for all participants", "Invite guests")
    host.get_by_role("switch", name="Enable guest access").click()
    host.get_by_label(re.compile(r"^\s*Name\b")).fill("Visitors")
    host.get_by_role("button", name="Create", exact=True).click()
    row = host.locator("#guest-links li", has_text="Visitors")
    row.get_by_role("button", name="Copy Visitors").click()
    expect(row.get_by_role("button", name="Copied Visitors")).to_be_visible()
    host.locator("#dialog [data-close]").first.click()
    expect(host).to_have_url(re.compile(r"/session/participants/$"))
    return host.evaluate("navigator.clipboard.readText()")


def join(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_role("button", name="Join the session").click()


@pytest.mark.long
def test_the_story_of_a_room(open_page, owner, room):
    host = open_page(user=owner)
    host.goto(room.get_absolute_url())
    host.get_by_role("button", name="Open the session").click()
    expect(host.locator("#live-top").get_by_text("Open", exact=True)).to_be_visible()
    scripts_run(host)
    go_on_stage(host)

    # An invited speaker comes in; the host invites a moderator and copies a guest link.
    speaker = proven(open_page(), room, InvitationRole.SPEAKER, "Grace", "Hopper")
    speaker.goto(room.get_absolute_url())
    speaker.get_by_role("button", name="Join the session").click()
    expect(speaker).to_have_url(LIVE)
    scripts_run(speaker)
    show_participants(host)
    expect(host.locator(".person", has_text="Grace Hopper")).to_be_visible()
    invite_a_moderator(host)
    assert Invitation.objects.get(email="hedy@example.org").role == InvitationRole.MODERATOR
    link = new_guest_link(host)

    # A guest comes in by it, raises a hand, and is brought on stage by saying yes.
    guest = open_page(allow=["the server responded with a status of 403", "/session/"])
    join(guest, link)
    expect(guest).to_have_url(LIVE)
    scripts_run(guest)
    guest.get_by_role("button", name="Raise hand").click()
    expect(
        host.locator(".person", has_text="Ada Lovelace").get_by_text("Hand raised")
    ).to_have_count(1)
    go_on_stage(speaker)
    choose(host, "More for Ada Lovelace", "Bring on stage")
    expect(guest.get_by_role("heading", name="Noa Levi invites you on stage")).to_be_visible()
    guest.locator("#dialog").get_by_role("link", name="Accept").click()
    on_with_it(guest)
    for page in (host, speaker, guest):
        seen_and_heard(page, 2)

    # The moderator, in a fourth browser, takes the guest off and removes them.
    moderator = proven(open_page(), room, InvitationRole.MODERATOR, "Lise", "Meitner")
    moderator.goto(f"/media/{room.public_id}/session/")
    moderator.get_by_role("button", name="Join the session").click()
    expect(moderator).to_have_url(LIVE)
    scripts_run(moderator)
    show_participants(moderator)
    choose(moderator, "More for Ada Lovelace", "Remove from stage")
    for page in (host, speaker):
        expect(tile_of(page, "Ada Lovelace")).to_have_count(0)
    choose(moderator, "More for Ada Lovelace", "Remove")
    moderator.locator("#dialog").get_by_role("button", name="Remove").click()
    expect(guest.get_by_text("The host has removed you")).to_be_visible()
    expect(moderator.locator(".person", has_text="Ada Lovelace")).to_have_count(0)

    # They cannot walk back in: not to the page, not by the link.
    page_address = f"/media/{room.public_id}/"
    for address in (page_address, f"{page_address}session/", f"{page_address}session/chat/"):
        assert guest.goto(address).status == 403
    again = open_page(allow=["the server responded with a status of 403"])
    join(again, link)
    expect(again.get_by_text("This email can’t be used here")).to_be_visible()
    seen_and_heard(host, 1)

    # It ends for all, and the report says who was there, how they came and how long.
    session = sessions.session_of(room)
    host.get_by_role("link", name="End").click()
    host.get_by_role("button", name="End for everybody").click()
    for page in (host, speaker, moderator):
        expect(page.get_by_text("The session has ended")).to_be_visible()
    host.get_by_role("link", name=re.compile("report")).click()
    expect(host).to_have_url(re.compile(f"/sessions/{session.public_id}/"))
    for name in ("Noa Levi", "Grace Hopper", "Lise Meitner", "Ada Lovelace"):
        expect(host.locator("#main").get_by_text(name).first).to_be_visible()
    expect(host.locator("#main").get_by_text("Visitors").first).to_be_visible()
