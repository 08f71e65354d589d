"""The doors in each language, and the pages behind them, in French and from right to left."""

from __future__ import annotations

import re

import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Page, expect

from access.links import guest_link_address
from access.memberships.models import GalleryRole
from media_items.catalogue.models import Kind
from media_items.live.sessions import services as sessions
from tests import factories
from tests.browser import steps
from tests.browser.looks import findings, sideways
from tests.media_samples import samples

DIRECTIONS = {"fr": "ltr", "he": "rtl"}
SCREENS = {
    "narrow": {"width": 390, "height": 844, "touch": True},
    "wide": {"width": 1280, "height": 900},
}


@pytest.fixture(params=DIRECTIONS)
def language(request):
    """Active in the test, so that it presses what the page says."""
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def film(owner):
    return steps.prepared_item(
        owner=owner, kind=Kind.VIDEO, sample=samples().mp4, title="Cell division, part 1"
    )


def is_in(page: Page, language: str) -> None:
    root = page.locator("html")
    expect(root).to_have_attribute("lang", language)
    expect(root).to_have_attribute("dir", DIRECTIONS[language])


def press(page: Page, said: str) -> None:
    page.get_by_role("button", name=gettext(said), exact=True).click()


@pytest.mark.parametrize("screen", SCREENS)
def test_a_guest_joins_and_leaves(open_page, film, language, screen, picture):
    link = factories.GuestLinkFactory(item=film, access_on=True, places=30)
    page = open_page(**SCREENS[screen], language=language)
    page.goto(guest_link_address(link))
    is_in(page, language)
    found = findings(page, "join")
    picture(page, f"{language}-{screen}-join")
    press(page, "Watch now")
    expect(page.get_by_text(gettext("Enter your name."))).to_be_visible()
    page.get_by_label(gettext("Your name")).fill("Ada Lovelace")
    page.get_by_label(gettext("Email")).fill("ada@example.org")
    press(page, "Watch now")
    expect(page).to_have_url(steps.ADDRESS_OF_ITEM)
    is_in(page, language)
    found += findings(page, "film")
    picture(page, f"{language}-{screen}-film")
    press(page, "Leave")
    expect(page).to_have_url(re.compile(r"/guests/left/$"))
    found += findings(page, "left")
    assert found == []


def test_a_browser_is_given_the_language_that_is_chosen_at_the_foot(open_page, film):
    link = factories.GuestLinkFactory(item=film, access_on=True)
    page = open_page(**SCREENS["narrow"])
    page.goto(guest_link_address(link))
    page.get_by_role("button", name="עברית").click()
    is_in(page, "he")
    assert page.url.endswith(guest_link_address(link))
    page.get_by_role("button", name="Français").click()
    is_in(page, "fr")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Watch now")).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize("screen", SCREENS)
def test_pages_of_a_host(open_page, owner, film, gallery, language, screen, picture):
    owner.language = language
    owner.save()
    link = factories.GuestLinkFactory(item=film, access_on=True, places=30)
    factories.GuestAdmissionFactory(guest__link=link)
    factories.InvitationFactory(item=film, first_name="Grace", last_name="Hopper")
    factories.GalleryMembershipFactory(gallery=gallery, user=owner, role=GalleryRole.MANAGER)
    here = film.get_absolute_url()
    page = open_page(**SCREENS[screen], user=owner)
    found = []
    for name, address in {
        "my media": "/media/",
        "list": "/media/?view=list",
        "galleries": "/galleries/",
        "members": gallery.get_absolute_url() + "members/",
        "people": "/people/",
        "account": "/accounts/me/",
        "privacy": "/privacy/",
        "new video": "/media/new/video/",
        "new live event": "/media/new/live_event/",
        "film": here,
        "edit": here + "edit/",
        "captions": here + "captions/",
        "publish": here + "publish/",
        "share": here + "share/",
        "invite": here + "invitations/new/",
        "guest links": here + "guest-links/",
        "who has access": here + "access/",
        "activity": here + "access/trail/",
        "guests": here + "guests/",
    }.items():
        page.goto(address)
        is_in(page, language)
        found += findings(page, name)
        picture(page, f"{language}-{screen}-{name}")
        if screen == "wide":
            found += sideways(page, name, widths=(1100, 768))
    assert found == []


@pytest.mark.live
@pytest.mark.parametrize("screen", SCREENS)
def test_a_room(open_page, owner, language, screen, picture):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")
    sessions.open_session(item=room)
    owner.language = language
    owner.save()
    page = open_page(**SCREENS[screen], user=owner)
    page.goto(room.get_absolute_url())
    found = findings(page, "room")
    picture(page, f"{language}-{screen}-room")
    press(page, "Join the session")
    steps.scripts_run(page)
    is_in(page, language)
    found += findings(page, "session")
    picture(page, f"{language}-{screen}-session")
    for name in ("participants", "qna"):
        page.goto(f"{room.get_absolute_url()}session/{name}/")
        steps.scripts_run(page)
        found += findings(page, name)
        picture(page, f"{language}-{screen}-{name}")
    assert found == []
