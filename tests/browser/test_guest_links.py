"""The main journey on real files: a host shares, a stranger watches, the host ends it."""

import re

import pytest
from playwright.sync_api import expect

from media_items.catalogue.models import Kind
from tests import factories
from tests.browser import steps
from tests.media_samples import samples
from tests.tasks import run_tasks

# A stranger's console says that the bytes were refused, which is the point.
REFUSED = "Failed to load resource"


@pytest.fixture
def video_file(page):
    """A real video in a codec that the browser at hand plays."""
    plays_h264 = page.evaluate(
        "document.createElement('video').canPlayType('video/mp4; codecs=\"avc1.42E01E\"')"
    )
    return samples().mp4_index_at_end if plays_h264 else samples().webm


@pytest.mark.on_sqlite_too
def test_a_host_lets_a_stranger_watch_a_video_and_ends_it(open_page, page, owner, video_file):
    host = page
    steps.sign_in(host, email=owner.email)
    steps.upload(host, kind="Video", file=video_file, title="Cell division, part 2")
    run_tasks()
    expect(host.locator("video")).to_be_visible()  # the page found out by itself

    steps.open_guest_access(host)
    host.keyboard.press("Escape")
    expect(host.locator("#dialog")).not_to_be_visible()
    host.get_by_role("link", name="Share").click()
    host.locator("#dialog").get_by_role("link", name="Manage guest access").click()
    address = steps.copy_of_new_link(host, name="Webinar")
    assert "/g/" in address
    host.keyboard.press("Escape")
    expect(host.locator("#access-line")).to_contain_text("Guest access on · 1 link")

    guest = open_page(allow=[REFUSED])
    steps.join(guest, address)
    steps.play(guest)
    film = guest.locator("video source").get_attribute("src")
    assert steps.status_of_bytes(guest, film) == 206

    steps.open_guest_access(host)
    expect(host.get_by_text("1 guest has access")).to_be_visible()
    steps.end_for_everyone(host)

    assert steps.status_of_bytes(guest, film) == 403
    assert guest.reload().status == 403
    expect(guest.get_by_role("heading", level=1)).to_have_text("Your access has ended")
    stranger = open_page(allow=[REFUSED])
    assert stranger.goto(address).status == 403
    assert steps.status_of_bytes(stranger, film) == 404


def test_a_host_lets_a_stranger_read_a_document_and_ends_it(open_page, owner):
    host = open_page(user=owner)
    steps.upload(host, kind="Document", file=samples().pdf, title="Slides")
    run_tasks()
    steps.picture_is_there(host, "#page-1 img")
    steps.open_guest_access(host)
    address = steps.copy_of_new_link(host, name="Parents")

    guest = open_page(allow=[REFUSED])
    steps.join(guest, address, button="Read now")
    steps.picture_is_there(guest, "#page-1 img")
    expect(guest.locator(".reader-page")).to_have_count(3)
    picture = guest.locator("#page-2 img").get_attribute("src")
    assert steps.status_of_bytes(guest, picture) == 206

    steps.end_for_everyone(host)
    assert steps.status_of_bytes(guest, picture) == 403
    assert guest.reload().status == 403


def test_a_host_does_it_all_by_keyboard(open_page, item, owner):
    page = open_page(user=owner)
    page.goto(item.get_absolute_url())
    focused = page.locator(":focus")

    def tab_to(selector: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        pytest.fail(f"Tab does not reach {selector}.")

    tab_to("#item-menu-button")
    page.keyboard.press("Enter")
    expect(focused).to_have_text("Edit")
    page.keyboard.press("End")
    expect(focused).to_have_text("Delete")
    page.keyboard.press("ArrowDown")
    expect(focused).to_have_text("Edit")
    page.keyboard.press("ArrowUp")
    expect(focused).to_have_text("Delete")
    page.keyboard.press("Escape")
    expect(page.locator("#item-menu-button")).to_be_focused()
    expect(page.locator("#item-menu")).not_to_be_visible()

    page.keyboard.press("ArrowDown")
    expect(focused).to_have_text("Edit")
    page.keyboard.press("m")
    expect(focused).to_have_text("Manage guest access")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog-title")).to_be_focused()
    tab_to("#guest-access-switch")
    page.keyboard.press("Space")
    expect(page.get_by_role("switch", name="Enable guest access")).to_be_checked()
    tab_to("#dialog input[name=name]")
    page.keyboard.type("Webinar")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Link copied")).to_be_visible()
    expect(focused).to_contain_text("Copy")
    page.keyboard.press("Enter")
    expect(page.locator("#announcements")).to_have_text("Copied")
    tab_to("#dialog [popovertarget]")
    page.keyboard.press("Enter")
    expect(focused).to_have_text("Message and QR code")
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_visible()  # Esc closed the menu, not the dialog
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).not_to_be_visible()
    expect(page.locator("#item-menu-button")).to_be_focused()

    tab_from_menu = page.locator("#share-button")
    page.keyboard.press("Shift+Tab")
    expect(tab_from_menu).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#dialog-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(tab_from_menu).to_be_focused()


REFUSE_TO_COPY = """() => {
  for (const name of ["write", "writeText"])
    navigator.clipboard[name] = () => Promise.reject(new Error("not here"))
  document.execCommand = () => false
}"""


def test_a_new_link_is_in_its_hosts_hand_and_seen_as_its_guests_see_it(
    open_page, axe, item, owner, picture
):
    host = open_page(user=owner)
    host.goto(item.get_absolute_url())
    steps.open_guest_access(host)
    host.get_by_role("switch", name="Enable guest access").click()
    host.get_by_label(steps.NAME).fill("Webinar")
    host.get_by_role("button", name="Create", exact=True).click()
    field, says = host.locator("#fresh-link-address"), host.locator("[data-copied-says]")
    expect(says).to_have_text("Link copied")
    first = field.input_value()
    assert host.evaluate("navigator.clipboard.readText()") == first
    picture(host, "new-link")
    axe(host)

    def reset() -> None:
        host.get_by_role("button", name="More for Webinar").click()
        host.get_by_role("menuitem", name="Reset link").click()
        host.get_by_role("button", name="Reset link").click()

    reset()
    expect(says).to_have_text("Link copied")
    second = field.input_value()
    assert host.evaluate("navigator.clipboard.readText()") == second != first
    host.evaluate(REFUSE_TO_COPY)
    reset()
    expect(says).to_contain_text("The link is selected")
    expect(field).to_be_focused()
    third = field.input_value()
    assert field.evaluate("one => one.value.slice(one.selectionStart, one.selectionEnd)") == third

    host.get_by_role("button", name="More for Webinar").click()
    host.get_by_role("menuitem", name="See as a guest").click()
    line = host.get_by_role("region", name="See as a guest")
    expect(line).to_contain_text("You see this as a guest of “Webinar”.")
    expect(host.get_by_label("Your name")).to_have_value("")
    picture(host, "seen-door")
    axe(host)
    host.get_by_role("link", name="Watch now").click()
    expect(host).to_have_url(re.compile("/as-guest/page/$"))
    expect(host.get_by_role("heading", level=1)).to_have_text(item.title)
    picture(host, "seen-page")
    axe(host)
    host.set_viewport_size({"width": 390, "height": 844})
    picture(host, "seen-page-390")
    assert host.evaluate("document.documentElement.scrollWidth") <= 390
    line.get_by_role("link", name="Back to the links").click()
    expect(host.locator("#guest-links")).to_contain_text("0 people")


def test_the_page_of_the_links_leads_to_pages_and_shows_what_was_done(open_page, item, owner):
    link = factories.GuestLinkFactory(item=item, name="Webinar", access_on=True)
    host = open_page(user=owner)
    here = f"/media/{item.public_id}/guest-links/"
    host.goto(here)
    links = host.locator("#guest-links")
    before = links.locator(".link-address").inner_text()

    def choose(act: str) -> None:
        host.get_by_role("button", name="More for Webinar").click()
        host.get_by_role("menuitem", name=act).click()

    choose("Reset link")
    host.get_by_role("button", name="Reset link").click()
    expect(host.locator("#fresh-link-address")).to_be_visible()
    expect(links.locator(".link-address")).not_to_have_text(before)
    choose("Edit")
    expect(host.locator("#dialog")).to_be_hidden()
    host.get_by_label(steps.NAME).fill("Webinar in May")
    host.get_by_role("button", name="Save").click()
    expect(links).to_contain_text("Webinar in May")
    host.get_by_role("switch", name="Enable guest access").click()
    host.get_by_role("button", name="Turn off").click()
    expect(host.get_by_role("switch", name="Enable guest access")).not_to_be_checked()
    expect(host).to_have_url(re.compile(f"{here}(\\?.*)?$"))
    link.refresh_from_db()
    assert link.name == "Webinar in May"


@pytest.mark.long
def test_a_host_and_a_guest_need_no_javascript(open_page, owner):
    item = steps.prepared_item(
        owner=owner, kind=Kind.VIDEO, sample=samples().mp4, title="Cell division, part 2"
    )
    host = open_page(user=owner, javascript=False)
    host.goto(item.get_absolute_url())
    host.get_by_role("link", name="Share").click()
    host.get_by_role("link", name="Manage guest access").click()
    host.get_by_role("switch", name="Enable guest access").click()
    host.get_by_label(steps.NAME).fill("")
    host.get_by_role("button", name="Create", exact=True).click()
    expect(host.locator(".invalid-feedback")).to_be_visible()
    host.get_by_label(steps.NAME).fill("Webinar")
    host.get_by_label("Places").fill("5")
    host.get_by_role("button", name="Create", exact=True).click()
    host.get_by_role("link", name="Show Webinar").click()
    address = host.get_by_label("Link", exact=True).input_value()
    expect(host.get_by_alt_text("QR code of the link")).to_be_visible()

    guest = open_page(javascript=False)
    steps.join(guest, address)
    expect(guest.locator("video")).to_be_visible()
    guest.get_by_role("button", name="Leave").click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("You’ve left")
    assert guest.goto(item.get_absolute_url()).status == 403
    steps.join(guest, address, name="Ada")
    guest.get_by_role("link", name="What is kept about me").click()
    expect(guest.get_by_text("ada@example.org").first).to_be_visible()
    guest.get_by_role("link", name="Erase and leave").click()
    expect(guest.get_by_role("heading", name="What stays")).to_be_visible()
    guest.get_by_role("button", name="Erase and leave").click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("Your data was erased")
    assert guest.goto(item.get_absolute_url()).status == 403
    steps.join(guest, address, name="Ada once more")

    def choose(entry: str) -> None:
        """One entry behind the dots of the link: the browser opens such menus by itself."""
        host.goto(item.get_absolute_url())
        host.locator("#item-menu-button").click()
        host.get_by_role("menuitem", name="Manage guest access").click()
        host.get_by_role("button", name="More for Webinar").click()
        host.get_by_role("menuitem", name=entry).click()

    choose("Edit")
    host.get_by_label(steps.NAME).fill("Webinar")
    host.get_by_label("Places").fill("9")
    with steps.answered(host):
        host.get_by_role("button", name="Save").click()
    choose("Reset link")
    with steps.answered(host):
        host.get_by_role("button", name="Reset link").click()
    assert open_page(javascript=False).goto(address).status == 403
    choose("Pause")
    host.get_by_role("radio", name="End access for everybody").check()
    with steps.answered(host):
        host.get_by_role("button", name="Pause").click()
    assert guest.goto(item.get_absolute_url()).status == 403
    choose("Resume")
    expect(host.locator("#guest-links").get_by_text("Active")).to_be_visible()
    choose("Delete")
    host.get_by_role("button", name="Delete").click()
    expect(host.locator("#guest-links")).to_have_count(0)
    host.get_by_role("switch", name="Enable guest access").click()
    host.get_by_role("button", name="Turn off").click()
    expect(host.get_by_role("switch", name="Enable guest access")).not_to_be_checked()
