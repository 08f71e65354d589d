"""A guest tries camera, microphone and line before the session, from its door."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from access.links import guest_link_address
from media_items.catalogue.models import Kind
from tests import factories
from tests.browser.looks import no_wider_than


@pytest.fixture
def door(owner):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")
    return guest_link_address(factories.GuestLinkFactory(item=room, access_on=True))


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_devices_and_line_are_tried_from_the_door_and_nothing_typed_is_lost(
    open_page, axe, door, width, dark
):
    page = open_page(width=width, dark=dark)
    page.goto(door)
    page.get_by_label("Name").fill("Ada Lovelace")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Check your camera").click()
    trying = opened.value
    expect(trying.get_by_label("Camera", exact=True)).to_be_checked()
    picture = "() => document.getElementById('device-picture').videoWidth > 0"
    trying.wait_for_function(picture)
    trying.get_by_role("button", name="Check your connection").click()
    expect(trying.locator("#line-says")).to_have_text(
        re.compile(r"^Your connection is .* Down [\d.,+]+ Mbit/s, up [\d.,+]+ Mbit/s, .* \d+ ms\.$")
    )
    no_wider_than(trying, width)
    axe(trying)
    expect(page.get_by_label("Name")).to_have_value("Ada Lovelace")


def test_without_script_it_says_what_it_needs(open_page, site):
    page = open_page(javascript=False)
    page.goto(f"{site}/devices/")
    expect(page.get_by_text("Video and audio need JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Check your connection")).to_be_hidden()
