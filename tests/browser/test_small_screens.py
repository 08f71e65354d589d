"""Lists on a phone: what is seen first, what a finger meets, what is done to many."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from media_items.models import MediaItem
from tests import factories

PHONE = {"width": 390, "height": 844, "touch": True}


@pytest.fixture
def item(owner):
    """Shared with invited people and guests, one of them removed."""
    item = factories.MediaItemFactory(owner=owner, title="Mitosis")
    link = factories.GuestLinkFactory(item=item)
    for number in range(3):
        factories.InvitationFactory(item=item, email=f"p{number}@example.org")
        factories.GuestFactory(link=link, name=f"Guest {number}", email=f"g{number}@example.org")
    factories.GuestFactory(
        link=link, name="Ruth Rot", email="ruth@example.org", removed_at=timezone.now()
    )
    return item


def ready(page):
    page.wait_for_load_state("networkidle")


def addresses(item):
    return {
        "/media/": ("kind", "video"),
        f"/media/{item.public_id}/access/": ("role", "viewer"),
        f"/media/{item.public_id}/guests/": ("only", "removed"),
    }


@pytest.mark.parametrize("language", ["en", "he"])
def test_a_list_begins_on_the_first_screen_with_its_filters_folded(
    open_page, owner, item, axe, picture, language
):
    type(owner).objects.filter(pk=owner.pk).update(language=language)
    page = open_page(user=owner, dark=language == "he", **PHONE)
    for number, (address, (name, value)) in enumerate(addresses(item).items()):
        page.goto(address)
        ready(page)
        fold, field = page.locator(".filters-more"), page.locator(f"select[name={name}]")
        expect(field).to_be_hidden()
        first = page.locator("#results :is(.media-grid > li, tbody tr)").first
        assert first.bounding_box()["y"] < 700, address
        fold.locator("summary").click()
        field.select_option(value)
        expect(fold.locator(".filters-set .numbers")).to_have_text("1")
        expect(page.locator("#results :is(.media-grid > li, tbody tr)").first).to_be_visible()
        page.reload()
        ready(page)
        expect(field).to_be_hidden()
        expect(fold.locator(".filters-set .numbers")).to_have_text("1")
        axe(page)
        picture(page, f"filters-{number}-390-{language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_fold_works_without_javascript_and_is_none_where_there_is_room(open_page, owner, item):
    page = open_page(user=owner, javascript=False, width=390)
    for address, (name, value) in addresses(item).items():
        page.goto(address)
        page.locator(".filters-more > summary").click()
        page.locator(f"select[name={name}]").select_option(value)
        page.locator(".filters button").click()
        expect(page.locator(".filters-set .numbers")).to_have_text("1")
        assert f"{name}={value}" in page.url
    wide = open_page(user=owner)
    for address, (name, _value) in addresses(item).items():
        wide.goto(address)
        expect(wide.locator(f"select[name={name}]")).to_be_visible()
        expect(wide.locator(".filters-more > summary")).to_be_hidden()


def test_what_to_do_with_those_ticked_is_at_the_foot_and_counts(open_page, owner, axe, picture):
    for number in range(4):
        factories.MediaItemFactory(owner=owner, title=f"Part {number}")
    page = open_page(user=owner, **PHONE)
    page.goto("/media/")
    ready(page)
    bar = page.locator(".selection-acts")
    expect(bar).to_be_hidden()
    page.get_by_label("Select Part 2", exact=True).check()
    page.get_by_label("Select Part 0", exact=True).check()
    expect(bar).to_be_visible()
    expect(bar).to_contain_text("2 selected")
    box = bar.bounding_box()
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)
    axe(page)
    picture(page, "selected-390")
    page.get_by_label("Select all on this page").check()
    expect(bar).to_contain_text("4 selected")
    bar.get_by_label("With selected").select_option("delete")
    bar.get_by_role("button", name="Apply").click()
    dialog = page.get_by_role("dialog", name="Delete 4 items?")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(1)
    expect(bar).to_have_count(0)
    assert not MediaItem.objects.live().exists()


def test_without_javascript_what_to_do_stands_above_the_list(open_page, owner):
    factories.MediaItemFactory(owner=owner, title="Part 0")
    page = open_page(user=owner, javascript=False, width=390)
    page.goto("/media/")
    acts = page.locator(".selection-acts")
    expect(acts).to_be_visible()
    assert acts.bounding_box()["y"] < page.locator(".card").bounding_box()["y"]


def test_a_finger_meets_what_it_is_meant_for(open_page, owner, item, picture):
    page = open_page(user=owner, **PHONE)
    for address, links in {
        f"/media/{item.public_id}/share/": ["Who has access", "0 guests"],
        f"/media/{item.public_id}/guest-links/": ["Requests to be let in", "0 guests have access"],
        f"/media/{item.public_id}/access/": ["Mitosis", "Guests"],
        f"/media/{item.public_id}/guests/": ["Mitosis"],
        "/media/": ["Show as a list"],
    }.items():
        page.goto(address)
        for name in links:
            height = page.get_by_role("link", name=name, exact=True).first.bounding_box()["height"]
            assert height > 43.5, (address, name, height)

    page.goto("/people/?q=g1")
    ready(page)
    picture(page, "people-390")
    box = page.locator("tbody tr").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 12, box["y"] + box["height"] - 12)
    expect(page.get_by_role("heading", name="Guest 1")).to_be_visible()
