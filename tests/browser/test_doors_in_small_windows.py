"""The doors' pages on a phone, upright and on its side: what is needed is in sight."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from access.guests.models import AccessRequest
from access.links import guest_link_token
from media_items.catalogue.models import Kind
from tests import factories
from tests.browser import steps

REACHED = "(one) => one.contains(document.elementFromPoint(...(({left, top, width, height}) => \
[left + width / 2, top + height / 2])(one.getBoundingClientRect())))"


@pytest.fixture
def room(owner):
    return factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")


SEEN = """one => { const { top, bottom } = one.getBoundingClientRect();
  return one === document.activeElement && top < innerHeight && bottom > 0; }"""


@pytest.fixture
def link(room):
    return factories.GuestLinkFactory(item=room, access_on=True)


def test_the_dialog_keeps_head_foot_and_form_in_view_on_a_phone_on_its_side(
    open_page, axe, owner, room, link, picture
):
    host = open_page(user=owner, width=844, height=390, dark=True)
    host.goto(room.get_absolute_url())
    steps.open_guest_access(host)
    host.get_by_text("Create new link").click()
    name = host.locator(".new-link-form [name=name]")
    expect(name).to_be_focused()
    expect(name).to_be_in_viewport(ratio=1)
    expect(host.locator("#dialog-title")).to_be_in_viewport(ratio=1)
    expect(host.get_by_label("Must be let in by the host")).to_be_visible()
    picture(host, "new-link-844")
    axe(host)
    host.get_by_role("button", name="More for Webinar").click()
    host.get_by_role("menuitem", name="Edit").click()
    last = host.locator("#dialog [name=email_domains]")
    expect(last).to_be_attached()
    # The dialog brings the focus to its beginning first.
    host.wait_for_function("document.activeElement?.closest('#dialog')")
    save = host.locator("#dialog .dialog-actions .button-primary")
    expect(save).to_be_in_viewport(ratio=1)

    def is_seen_with_the_focus() -> bool:
        last.focus()
        return last.evaluate(SEEN)

    steps.until(host, is_seen_with_the_focus)
    for one in (host.locator("#dialog-title"), save, last):
        expect(one).to_be_in_viewport()
        assert one.evaluate(REACHED), "something lies over it"
    picture(host, "edit-link-844")


def test_answers_to_a_request_stand_side_by_side(open_page, owner, room, link):
    AccessRequest.objects.create(item=room, link=link, name="Eve", email="eve@example.org")
    host = open_page(user=owner)
    for width in (1280, 844, 390):
        host.set_viewport_size({"width": width, "height": 800})
        host.goto(reverse("access:access_requests", args=[room.public_id]))
        boxes = [
            host.get_by_role("button", name=f"{act} Eve").bounding_box()
            for act in ("Let in", "Decline")
        ]
        assert boxes[0]["y"] == boxes[1]["y"]
        assert boxes[0]["height"] == boxes[1]["height"]


def test_asking_at_a_full_link_is_one_line_and_buttons_keep_off_the_edges(
    open_page, axe, owner, room, link
):
    link.places = link.places_taken = 1
    link.save()
    stranger = open_page(width=390, height=844)
    stranger.goto(f"/g/{guest_link_token(link)}/")
    ask = stranger.get_by_role("button", name="Ask the host to let you in")
    assert ask.bounding_box()["height"] < 50
    axe(stranger)
    host = open_page(user=owner, width=390, height=844)
    host.goto(room.get_absolute_url())
    assert host.get_by_role("button", name="New").bounding_box()["y"] >= 4
