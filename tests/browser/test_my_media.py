"""My media in use: files dropped on it, many items at once, the three dots of a card."""

from __future__ import annotations

import base64
from pathlib import Path

from playwright.sync_api import Page, expect

from media_items.models import MediaItem
from tests import factories
from tests.media_samples import samples

DROP = """([files, text]) => {
  const dropped = new DataTransfer();
  for (const [name, content] of files) {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    dropped.items.add(new File([bytes], name));
  }
  if (text) dropped.setData("text/plain", text);
  const over = { bubbles: true, cancelable: true, dataTransfer: dropped };
  document.body.dispatchEvent(new DragEvent("dragenter", over));
  const isShown = !document.getElementById("drop-overlay").hidden;
  document.body.dispatchEvent(new DragEvent("drop", over));
  return isShown;
}"""


def drop(page: Page, *files: tuple[str, Path], text: str = "") -> bool:
    """Whether the page said what would happen."""
    sent = [(name, base64.b64encode(path.read_bytes()).decode()) for name, path in files]
    return page.evaluate(DROP, [sent, text])


def ready(page: Page) -> None:
    page.wait_for_load_state("networkidle")


def test_dropped_files_become_items_and_what_is_refused_is_named(open_page, owner, axe, picture):
    page = open_page(user=owner, allow=["ERR_FAILED"])
    page.goto("/media/")
    ready(page)
    shown = drop(
        page,
        ("cell_division.mp4", samples().mp4),
        ("notes.mp4", samples().web_page_named_mp4),
        ("handout.pdf", samples().pdf),
    )
    assert shown
    rows = page.get_by_role("region", name="Uploads").get_by_role("listitem")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("Uploaded. Only you can see it.")
    expect(rows.nth(1)).to_contain_text("This file is a web page.")
    expect(rows.nth(1).get_by_role("button", name="Try notes.mp4 again")).to_be_visible()
    expect(rows.nth(2).get_by_role("link", name="handout")).to_be_visible()
    expect(page.locator("p[data-summary]")).to_have_text("2 of 3 uploaded, 1 failed")
    expect(page.locator("#results .card")).to_have_count(2)
    kinds = dict(MediaItem.objects.values_list("title", "kind"))
    assert kinds == {"cell division": "video", "handout": "document"}
    axe(page)
    picture(page, "uploads-1280-light")

    assert not drop(page, text="some words")
    expect(page.locator(".toast-text")).to_have_text("Only files can be dropped here.")
    page.get_by_role("button", name="Clear the list").click()
    expect(page.get_by_role("region", name="Uploads")).to_have_count(0)

    page.route("**/media/new/files/", lambda route: route.abort(), times=1)
    drop(page, ("lecture.mp3", samples().mp3))
    expect(page.locator(".upload-facts")).to_have_text("The connection was lost. Try again.")
    page.get_by_role("button", name="Try lecture.mp3 again").click()
    expect(
        page.get_by_role("region", name="Uploads").get_by_role("link", name="lecture")
    ).to_be_visible()
    page.get_by_role("button", name="Clear the list").click()

    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload files").click()
    chooser.value.set_files([samples().mp3, samples().pdf])
    expect(page.locator("p[data-summary]")).to_have_text("2 of 2 uploaded")
    assert MediaItem.objects.count() == 5


def test_the_list_catches_up_when_the_line_is_back_and_nothing_says_offline_any_more(
    open_page, owner
):
    page = open_page(user=owner, width=390, height=844, allow=["ERR_FAILED", "htmx:"])
    page.goto("/media/")
    ready(page)
    page.route("**/media/", lambda route: route.abort())
    drop(page, ("lecture.mp3", samples().mp3))
    expect(page.locator(".upload-row")).to_contain_text("Uploaded. Only you can see it.")
    expect(page.locator(".toast-error")).to_contain_text("You are offline.")
    expect(page.locator("#results .card")).to_have_count(0)

    page.unroute_all()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".toast-error")).to_have_count(0)
    expect(page.locator("#results .card")).to_have_count(1)


def test_offline_is_over_with_the_next_answer(open_page, owner):
    """Not every browser notices that the line is back."""
    factories.MediaItemFactory(owner=owner, title="Mitosis")
    page = open_page(user=owner, allow=["ERR_FAILED", "htmx:"])
    page.goto("/media/")
    ready(page)
    page.route("**/media/?q=*", lambda route: route.abort())
    page.get_by_role("searchbox").fill("Mito")
    expect(page.locator(".toast-error")).to_contain_text("You are offline.")
    page.unroute_all()
    page.get_by_role("searchbox").fill("Mitos")
    expect(page.locator(".toast-error")).to_have_count(0)


def test_many_items_are_deleted_and_undone_by_keyboard_on_a_phone(open_page, owner, axe, picture):
    for number in range(3):
        factories.MediaItemFactory(owner=owner, title=f"Part {number}")
    page = open_page(user=owner, width=390, height=844, dark=True)
    page.goto("/media/?view=list")
    ready(page)
    axe(page)
    picture(page, "my-media-list-390-dark")

    for title in ("Part 2", "Part 0"):
        page.get_by_label(f"Select {title}", exact=True).focus()
        page.keyboard.press("Space")
    page.get_by_label("With selected").focus()
    page.keyboard.type("Delete")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Delete 2 items?")
    expect(dialog).to_contain_text("Part 0")
    expect(dialog.get_by_text("Part 1")).to_have_count(0)
    axe(page)
    picture(page, "delete-many-390-dark")
    dialog.get_by_role("button", name="Delete").focus()
    page.keyboard.press("Enter")
    undo = page.get_by_role("button", name="Undo", exact=True)
    expect(undo).to_be_visible()
    expect(page.locator("#results .card")).to_have_count(1)
    picture(page, "undo-390-dark")
    undo.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#results .card")).to_have_count(3)
    assert MediaItem.objects.live().count() == 3

    dots = page.get_by_role("button", name="More for Part 0")
    dots.focus()
    page.keyboard.press("Enter")
    menu = page.get_by_role("menu", name="More for Part 0")
    expect(menu.get_by_role("menuitem", name="Open")).to_be_focused()
    axe(page)
    page.keyboard.press("p")
    expect(menu.get_by_role("menuitem", name="Publish")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Publish “Part 0”")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(dots).to_be_focused()


def test_without_script_the_three_dots_are_a_page(open_page, owner):
    item = factories.MediaItemFactory(owner=owner, title="Part 1")
    page = open_page(user=owner, width=390, javascript=False)
    page.goto("/media/")
    page.get_by_role("link", name="More for Part 1").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo Part 1").click()
    item.refresh_from_db()
    assert item.deleted_at is None


def test_a_gallery_is_made_from_the_menu_new(open_page, owner, axe):
    page = open_page(user=owner)
    page.goto("/media/")
    page.get_by_role("button", name="New").click()
    entry = page.get_by_role("menuitem", name="Gallery")
    expect(entry).to_be_visible()
    axe(page)
    page.keyboard.press("End")
    expect(page.get_by_role("menuitem", name="Channel")).to_be_focused()
    entry.click()
    dialog = page.locator("#dialog")
    expect(dialog.get_by_role("heading", name="New gallery")).to_be_visible()
    expect(page.locator("#new-menu")).to_be_hidden()
    dialog.get_by_label("Name").fill("Botany 101")
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Botany 101")).to_be_visible()
