"""The doors and the dialogs in Firefox: join by a guest link, come in by an invitation with a code;
Share, Invite users, Manage guest access.

Playwright's `fill` adds to what stands in a field of a Firefox: here it is given empty ones.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from access.links import guest_link_address, invitation_address
from tests import factories
from tests.access.invitations.door_acts import mailed_digits
from tests.browser import steps
from tests.browser.looks import no_wider_than

pytestmark = pytest.mark.xdist_group("firefox")

FIREFOX = "firefox"
# What a bar with that value is painted with; "" for nobody knows how far.
BAR = """
  value => {
    const bar = document.body.appendChild(document.createElement("progress"));
    if (value) bar.setAttribute("value", value);
    const { backgroundColor } = getComputedStyle(bar, "::-moz-progress-bar");
    bar.remove();
    return backgroundColor;
  }
"""
# Nothing lies over its upper edge.
ON_TOP = """
  one => {
    const { x, y } = one.getBoundingClientRect();
    return document.elementFromPoint(x + 9, y + 5) === one;
  }
"""


def test_a_guest_joins_and_one_who_is_invited_comes_in(open_page, axe, item, picture, site):
    link = factories.GuestLinkFactory(item=item, access_on=True)
    guest = open_page(engine=FIREFOX, width=390)
    guest.goto(guest_link_address(link))
    guest.get_by_role("button", name="Watch now").click()
    expect(guest.get_by_label("Your name")).to_be_focused()
    picture(guest, "firefox-join-empty")
    axe(guest)
    steps.join(guest, guest_link_address(link))
    axe(guest)
    no_wider_than(guest, 390)
    picture(guest, "firefox-joined")

    invited = factories.InvitationFactory(item=item, email="grace@example.org")
    page = open_page(engine=FIREFOX, width=390)
    page.goto(invitation_address(invited))
    axe(page)
    page.get_by_role("button", name="Accept").click()
    digits = mailed_digits(invited)
    page.get_by_label("Six-digit code").fill("000000" if digits != "000000" else "111111")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Six-digit code")).to_be_focused()
    expect(page.get_by_label("Six-digit code")).to_have_attribute("aria-invalid", "true")
    picture(page, "firefox-wrong-code")
    axe(page)
    page.get_by_label("Six-digit code").clear()
    page.get_by_label("Six-digit code").fill(f"{digits[:3]} {digits[3:]} ")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("You’re here as Grace Hopper (viewer)").wait_for()
    axe(page)


def open_dialog(page: Page, entry: str) -> None:
    """From the three dots, by keyboard."""
    page.locator("#item-menu-button").press("ArrowDown")
    page.get_by_role("menuitem", name=entry).press("Enter")
    expect(page.locator("#dialog h1")).to_have_text(entry)


def test_the_three_dialogs(open_page, axe, owner, item, picture, site):
    page = open_page(engine=FIREFOX, height=600, user=owner)
    page.goto("/media/")
    axe(page)
    # Work under way does not look finished.
    assert page.evaluate(BAR, "") == "rgba(0, 0, 0, 0)"
    assert page.evaluate(BAR, "0.5") != "rgba(0, 0, 0, 0)"
    page.goto(item.get_absolute_url())
    axe(page)
    open_dialog(page, "Manage guest access")
    axe(page)
    address = steps.copy_of_new_link(page, name="Webinar")
    assert "/g/" in address
    axe(page)
    picture(page, "firefox-guest-access")
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator("#item-menu-button")).to_be_focused()

    open_dialog(page, "Invite users")
    page.get_by_role("combobox", name="Email").fill("nonsense")
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_text("Enter a full email address").wait_for()
    field = page.get_by_role("combobox", name="Email")
    expect(field).to_be_focused()
    # Sent from below: it is not left under the header.
    field.clear()
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_text("Enter the person’s email address.").wait_for()
    expect(field).to_be_focused()
    assert field.evaluate(ON_TOP)
    axe(page)
    picture(page, "firefox-invite")
    page.keyboard.press("Escape")

    page.get_by_role("link", name="Share").click()
    expect(page.locator("#dialog h1")).to_contain_text("Share")
    axe(page)
    picture(page, "firefox-share")
    no_wider_than(page, 1280)
    # A scroll bar of the box itself would make its corners square.
    assert page.locator("#dialog").evaluate("one => getComputedStyle(one).overflowY") == "clip"
