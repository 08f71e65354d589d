"""Files on their way: progress, cancelling, a file that is refused."""

from pathlib import Path

from playwright.sync_api import Page, expect

from media_items.models import MediaItem
from tests import factories
from tests.browser import steps
from tests.media_samples import samples

KB = 1024
CASES = Path(__file__).parents[1] / "cases" / "captions"


class Line:
    """The page's way to the server, as slow as is asked for."""

    def __init__(self, page: Page) -> None:
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("Network.enable")

    def uploads_at(self, bytes_per_second: int) -> None:
        """-1 is as fast as it goes."""
        conditions = {"offline": False, "latency": 0, "downloadThroughput": -1}
        self._devtools.send(
            "Network.emulateNetworkConditions",
            {**conditions, "uploadThroughput": bytes_per_second},
        )


def test_an_upload_shows_how_far_it_is_and_can_be_cancelled(open_page, owner, tmp_path):
    large = tmp_path / "lecture.wav"
    large.write_bytes(samples().wav.read_bytes() + bytes(3000 * KB))
    page = open_page(user=owner)
    page.goto("/media/new/audio/")
    page.get_by_label(steps.FILE).set_input_files(large)
    page.get_by_label("Title").fill("A lecture")
    line = Line(page)
    line.uploads_at(300 * KB)
    page.get_by_role("button", name="Upload").click()
    progress = page.get_by_role("progressbar", name="Uploading")
    expect(progress).to_be_visible()
    page.wait_for_function("() => document.querySelector('.upload-status progress').value > 0")
    expect(page.locator(".progress-words")).to_contain_text("of 3")
    page.get_by_role("button", name="Cancel").click()
    expect(progress).to_have_count(0)
    expect(page.get_by_label("Title")).to_have_value("A lecture")
    assert page.get_by_label(steps.FILE).evaluate("field => field.files.length") == 1
    assert not MediaItem.objects.exists()

    line.uploads_at(-1)
    page.get_by_role("button", name="Upload").click()
    expect(page).to_have_url(steps.ADDRESS_OF_ITEM)
    assert MediaItem.objects.get().title == "A lecture"


def test_a_refused_file_says_why_and_the_form_stays(open_page, axe, owner):
    page = open_page(user=owner)
    page.goto("/media/new/video/")
    # The whole zone is one target: pressed anywhere it opens the browser's own dialog, once.
    zone = page.locator(".drop-zone").first
    for at in ({"x": 8, "y": 8}, {"x": 60, "y": zone.bounding_box()["height"] - 8}):
        with page.expect_file_chooser():
            zone.click(position=at)
    page.locator("#id_file").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert zone.evaluate("zone => getComputedStyle(zone).outlineStyle") == "solid"
    page.get_by_label(steps.FILE).set_input_files(samples().web_page_named_mp4)
    page.get_by_label("Title").fill("Cell division")
    page.get_by_role("button", name="Upload").click()
    expect(page.locator(".invalid-feedback")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Cell division")
    axe(page)
    assert not MediaItem.objects.exists()
    page.get_by_label(steps.FILE).set_input_files(samples().mp4)
    page.get_by_role("button", name="Upload").click()
    expect(page).to_have_url(steps.ADDRESS_OF_ITEM)
    assert MediaItem.objects.get().title == "Cell division"


def test_captions_in_unknown_letters_are_chosen_by_their_words(open_page, axe, picture, owner):
    item = factories.MediaItemFactory(owner=owner)
    page = open_page(user=owner)
    page.goto(f"/media/{item.public_id}/captions/")
    page.get_by_label("Captions file").set_input_files(CASES / "cp1250-polish.srt")
    page.get_by_label("Language").select_option("pl")
    page.get_by_role("button", name="Add captions").click()
    choice = page.get_by_role("group", name="Which text looks right?")
    expect(choice.get_by_label("Zażółć gęślą jaźń")).to_be_visible()
    expect(page.get_by_label("Language")).to_have_value("pl")
    picture(page, "captions-letters")
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, "captions-letters-390")
    axe(page)
    choice.get_by_label("Zażółć gęślą jaźń").check()
    page.get_by_role("button", name="Add captions").click()
    expect(page.locator(".link-facts")).to_contain_text("cp1250-polish.srt")
    track = item.files.get()
    assert "Zażółć gęślą jaźń" in Path(track.file.path).read_text(encoding="utf-8")
