"""Every page and dialog, wide and narrow, light and dark: axe-core finds nothing against it, it
does not scroll sideways, and on a phone what one presses is large enough for a finger.

A page is opened twice (mouse and wide, finger and narrow); the colours are changed in place.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from access.guests.models import AccessRequest
from access.links import guest_link_address
from access.memberships.models import GalleryRole
from media_items.catalogue.models import Kind
from tests import factories
from tests.browser import steps
from tests.browser.looks import findings
from tests.media_samples import samples

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
RIGHT_TO_LEFT = "חלוקת התא, חלק שני"
SCREENS = {"wide": {"width": 1280}, "narrow": {"width": 390, "height": 844, "touch": True}}


@pytest.fixture(params=SCREENS)
def look_at(open_page, request) -> Callable[..., list[str]]:
    """`look_at({name: address}, user=…)`, or with `then` what is done on the page first."""

    def look(addresses: dict, *, page: Page | None = None, user: object = None) -> list[str]:
        found = []
        page = page or open_page(**SCREENS[request.param], user=user, allow=["favicon.ico"])
        for name, address in addresses.items():
            then = None
            if isinstance(address, tuple):
                address, then = address
            page.goto(address)
            if then is not None:
                then(page)
            found += findings(page, f"{name} ({request.param})")
        return found

    look.open_page = lambda **more: open_page(**SCREENS[request.param], **more)
    return look


def _send_empty(page: Page) -> None:
    send = page.locator("main form :is(.button-primary, .button-danger):not([type=button])").last
    send.evaluate("button => { button.form.noValidate = true }")
    send.click()
    page.locator(".invalid-feedback, .alert-danger").first.wait_for()


def _delete_many(page: Page) -> None:
    page.locator("[data-pick-all]").check()
    page.get_by_label("With selected").select_option("delete")
    page.get_by_role("button", name="Apply").click()
    page.locator("#dialog[open] h1").wait_for()


def _dialog(entry: str) -> Callable[[Page], None]:
    def open_it(page: Page) -> None:
        page.locator("#item-menu-button").click()
        page.get_by_role("menuitem", name=entry, exact=True).click()
        page.locator("#dialog[open] h1").wait_for()

    return open_it


def _share(page: Page) -> None:
    page.locator("#share-button").click()
    page.locator("#dialog[open] h1").wait_for()


def _guest_links_then(entry: str) -> Callable[[Page], None]:
    def open_it(page: Page) -> None:
        _dialog("Manage guest access")(page)
        page.locator("#guest-links .icon-button").first.click()
        if entry:
            page.get_by_role("menuitem", name=entry).click()
            page.get_by_role("link", name="Back to the links").wait_for()

    return open_it


@pytest.fixture
def item(owner):
    """A video that plays, with captions of its own length of title."""
    return steps.prepared_item(
        owner=owner,
        kind=Kind.VIDEO,
        sample=samples().mp4,
        title=LONG,
        description="What happens between two divisions. https://example.edu/cells",
        tags="cells, mitosis",
    )


def test_pages_for_everybody(look_at, link):
    refused = {
        "paused": factories.GuestLinkFactory(item=link.item, paused=True),
        "expired": factories.GuestLinkFactory(item=link.item, expires_at=timezone.now()),
        "full": factories.GuestLinkFactory(item=link.item, places=1, places_taken=1),
        "off": factories.GuestLinkFactory(),
        "not yet": factories.GuestLinkFactory(
            item__available_from=timezone.now() + timedelta(days=1), access_on=True
        ),
    }
    ask = guest_link_address(refused["paused"]) + "ask/"
    found = look_at(
        {
            "sign in": "/accounts/sign-in/",
            "sign in, refused": ("/accounts/sign-in/", _send_empty),
            "reset password": "/accounts/reset-password/",
            "mail is sent": "/accounts/reset-password/sent/",
            "bad password link": "/accounts/set-password/MQ/forged/",
            "password is set": "/accounts/password-is-set/",
            "privacy": "/privacy/",
            "nothing here": "/nothing/here/",
            "join": guest_link_address(link),
            "join, refused": (guest_link_address(link), _send_empty),
            "bad link": "/g/forged/",
            **{name: guest_link_address(one) for name, one in refused.items()},
            "ask the host": ask,
            "ask the host, refused": (ask, _send_empty),
            "asked": "/guests/asked/",
            "left": "/guests/left/",
            "erased": "/guests/erased/",
            "invitation erased": "/invitations/erased/",
            "account deleted": "/accounts/deleted/",
            "closed frame": reverse("media_items:embed_media_item", args=[link.item.public_id]),
        }
    )
    assert found == []


def test_pages_of_a_guest(look_at, link, owner):
    page = look_at.open_page(allow=["favicon.ico"])
    steps.join(page, guest_link_address(link), name=RIGHT_TO_LEFT)
    here = page.url
    slides = steps.prepared_item(
        owner=owner, kind=Kind.DOCUMENT, sample=samples().pdf, title=RIGHT_TO_LEFT
    )
    other = factories.GuestLinkFactory(item=slides, access_on=True)
    steps.join(page, guest_link_address(other), name="Ada", button="Read now")
    found = look_at(
        {
            "video": here,
            "transcript": here + "transcript/",
            "frame": here + "embed/",
            "record": here + "my-record/",
            "document": slides.get_absolute_url(),
            "not allowed": here + "edit/",
        },
        page=page,
    )
    page.goto(here)
    page.get_by_role("button", name="Leave").click()
    found += look_at({"has left": here}, page=page)
    assert found == []


@pytest.mark.long
def test_pages_of_a_host(look_at, item, link, owner, gallery):
    factories.GuestLinkFactory(item=item, name=LONG, places=30, places_taken=14)
    factories.GuestFactory(link=link, name=RIGHT_TO_LEFT)
    factories.GuestAdmissionFactory(guest__link=link, guest__name=LONG)
    for name, answer in ((LONG, ""), (RIGHT_TO_LEFT, ""), (LONG, "declined")):
        AccessRequest.objects.create(
            item=item, link=link, name=name, email="a@example.org", message=LONG, answer=answer
        )
    factories.MediaItemFactory(owner=owner, in_bin=True)
    factories.GalleryMembershipFactory(gallery=gallery, user=owner, role=GalleryRole.MANAGER)
    factories.GalleryMembershipFactory(gallery=gallery, user__last_name=LONG)
    factories.PublicationFactory(gallery=gallery, item__title=RIGHT_TO_LEFT)
    soon = timezone.now() + timedelta(days=1)
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, starts_at=soon)
    here, in_gallery = item.get_absolute_url(), gallery.get_absolute_url()
    made = factories.InvitationFactory(item=item, invited_by=owner)
    found = look_at(
        {
            "my media": "/media/",
            "my media, list": "/media/?view=list",
            "my media, nothing found": "/media/?q=zebra",
            "my media, shared": "/media/?tab=shared",
            "my media, many": ("/media/", _delete_many),
            "menu of a card": here + "menu/",
            "upload files": "/media/new/files/",
            "menu New": ("/media/", lambda page: page.get_by_role("button", name="New").click()),
            "bin": "/media/bin/",
            "galleries": "/galleries/",
            "gallery": in_gallery,
            "new gallery": "/galleries/new/course/",
            "new channel, refused": ("/galleries/new/channel/", _send_empty),
            "edit gallery": in_gallery + "edit/",
            "delete gallery": in_gallery + "delete/",
            "several items": f"/invitations/new/?item={item.public_id}",
            "several items, refused": (
                f"/invitations/new/?item={item.public_id}&item={room.public_id}",
                _send_empty,
            ),
            "links of several items": f"/invitations/new/made/?made={made.pk}",
            "members": in_gallery + "members/",
            "members, refused": (in_gallery + "members/", _send_empty),
            "account": "/accounts/me/",
            "change password": "/accounts/change-password/",
            "own record": "/accounts/me/record/",
            "delete account": "/accounts/me/delete/",
            "delete account, refused": ("/accounts/me/delete/", _send_empty),
            "new video": "/media/new/video/",
            "new document, refused": ("/media/new/document/", _send_empty),
            "new room": "/media/new/room/",
            "room": room.get_absolute_url(),
            "item": here,
            "edit": here + "edit/",
            "captions": here + "captions/",
            "guests": here + "guests/",
            "requests": here + "access-requests/",
            "requests, answered": here + "access-requests/?only=answered",
        },
        user=owner,
    )
    assert found == []


@pytest.mark.long
def test_dialogs_of_a_host(look_at, item, link, owner):
    here = item.get_absolute_url()
    found = look_at(
        {
            "menu": (here, lambda page: page.locator("#item-menu-button").click()),
            "share": (here, _share),
            "share as a page": here + "share/",
            "guest access": (here, _dialog("Manage guest access")),
            "guest access as a page": here + "guest-links/?new=1",
            "menu of a link": (here, _guest_links_then("")),
            "message and QR code": (here, _guest_links_then("Message and QR code")),
            "edit link": (here, _guest_links_then("Edit")),
            "pause link": (here, _guest_links_then("Pause")),
            "new address": (here, _guest_links_then("Reset link")),
            "delete link": (here, _guest_links_then("Delete")),
            "switch off as a page": here + "guest-access/off/",
            "seen as a guest, door": f"{here}guest-links/{link.pk}/as-guest/",
            "seen as a guest, inside": f"{here}guest-links/{link.pk}/as-guest/page/",
            "publish": (here, _dialog("Publish")),
            "embed": (here, _dialog("Embed")),
            "delete": (here, _dialog("Delete")),
        },
        user=owner,
    )
    assert found == []


def test_the_look_sees_what_is_wrong(look_at):
    def spoil(page: Page) -> None:
        page.locator("main").evaluate(
            """main => { const button = document.createElement("button"),
              words = document.createElement("p"), picture = document.createElement("img"),
              wide = document.createElement("div");
            button.className = "button"; button.textContent = "x";
            button.style.minBlockSize = button.style.blockSize = "20px";
            words.textContent = "faint"; words.style.color = "light-dark(#eee, #222)";
            picture.src = "/static/img/favicon.svg";
            wide.style.inlineSize = "3000px"; wide.textContent = "wide";
            main.append(button, words, picture, wide) }"""
        )

    found = "\n".join(look_at({"spoilt": ("/privacy/", spoil)}))
    assert "scrolls sideways" in found
    assert "image-alt" in found
    assert "light: color-contrast" in found
    assert "dark: color-contrast" in found
    assert ("×20" in found) == ("(narrow)" in found)
