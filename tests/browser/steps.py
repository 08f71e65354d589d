"""What people do in several journeys, said once."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from media_items.catalogue.models import Kind
from media_items.processing.services import attach_upload
from tests import factories
from tests.tasks import run_tasks
from tests.waiting import PATIENCE_SECONDS

ADDRESS_OF_ITEM = re.compile(r"/media/[\w-]{10,}/$")
PLAYED_SECONDS = 0.4
# What a stage's script knows of each peer, and where the sender of a broadcast reads how it goes.
STAGE_REPORT = "({ stage }) => stage.report()"
SENDER_SAYS = "[data-says]"
# A required field's label ends in a star.
FILE = re.compile(r"^\s*File\b")
NAME = re.compile(r"^\s*Name\b")


def prepared_item(*, owner: object, kind: Kind, sample: Path, **facts: object):
    """A media item of real media, ready to be shown."""
    item = factories.MediaItemFactory(owner=owner, kind=kind, **facts)
    upload = TemporaryUploadedFile(sample.name, "", sample.stat().st_size, None)
    upload.write(sample.read_bytes())
    upload.seek(0)
    attach_upload(item=item, upload=upload, by=owner)
    run_tasks()
    return item


def scripts_run(page: Page) -> None:
    """Until the page of a live session is there, and hears what is announced."""
    page.wait_for_function(
        "() => document.querySelector('#live[data-scripts][data-connection]')"
        " && document.readyState === 'complete'"
    )


def until(page: Page, holds: Callable[[], object]) -> None:
    """Until that is so, while the page goes on; it is asked again and again."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < give_up_at, "It did not come to that."
        page.wait_for_timeout(50)


def seen_by_the_site(page: Page) -> None:
    """Whatever the page has asked for by now is known to the journey: this was asked for later."""
    page.evaluate("fetch('/static/img/favicon.svg', { cache: 'no-store' }).then((a) => a.text())")


@contextmanager
def answered(page: Page) -> Iterator[None]:
    """Until the site has answered what is pressed: going elsewhere before takes it back."""
    with page.expect_response(lambda response: response.request.method == "POST"):
        yield


def of_script(page: Page, path: str, act: str, arg: object = None) -> object:
    """What `act`, a function of the module at static/js/`path`, gives in this page."""
    return page.evaluate(f"async (arg) => ({act})(await import('/static/js/{path}'), arg)", arg)


def sign_in(page: Page, *, email: str, password: str = factories.PASSWORD) -> None:
    page.goto("/accounts/sign-in/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/media/$"))


def upload(page: Page, *, kind: str, file: Path, title: str) -> None:
    """From the New menu to the item's page, where the file waits to be prepared."""
    page.goto("/media/")
    page.get_by_role("button", name="New").click()
    page.get_by_role("menuitem", name=kind).click()
    page.get_by_label(FILE).set_input_files(file)
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Upload").click()
    expect(page).to_have_url(ADDRESS_OF_ITEM)
    expect(page.get_by_text("In the queue")).to_be_visible()


def open_guest_access(page: Page) -> None:
    """From the three dots."""
    page.locator("#item-menu-button").click()
    page.get_by_role("menuitem", name="Manage guest access").click()
    expect(page.locator("#dialog h1")).to_have_text("Manage guest access")


def copy_of_new_link(page: Page, *, name: str) -> str:
    """In the open dialog: switches on, makes a link, copies it; returns the address."""
    page.get_by_role("switch", name="Enable guest access").click()
    page.get_by_label(NAME).fill(name)
    page.get_by_role("button", name="Create", exact=True).click()
    row = page.locator("#guest-links li", has_text=name)
    expect(row.get_by_text("Active")).to_be_visible()
    row.get_by_role("button", name=f"Copy {name}").click()
    expect(row.get_by_role("button", name=f"Copied {name}")).to_be_visible()
    expect(page.locator("#announcements")).to_have_text("Copied")
    return page.evaluate("navigator.clipboard.readText()")


def end_for_everyone(page: Page) -> None:
    """In the open dialog."""
    page.get_by_role("switch", name="Enable guest access").click()
    page.get_by_role("radio", name="End access for everybody").check()
    page.get_by_role("button", name="Turn off").click()
    expect(page.get_by_role("switch", name="Enable guest access")).not_to_be_checked()


def join(
    page: Page, address: str, *, name: str = "Ada Lovelace", button: str = "Watch now"
) -> None:
    page.goto(address)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_role("button", name=button).click()
    expect(page).to_have_url(ADDRESS_OF_ITEM)
    expect(page.get_by_role("region", name="You are a guest")).to_contain_text(name)


def play(page: Page) -> None:
    """Until the picture is there and time has really passed."""
    page.locator("video").evaluate("video => { video.muted = true; return video.play() }")
    page.wait_for_function(
        "seconds => { const video = document.querySelector('video');"
        " return video.currentTime > seconds && video.videoWidth > 0 }",
        arg=PLAYED_SECONDS,
    )


def picture_is_there(page: Page, selector: str) -> None:
    page.wait_for_function(
        "selector => document.querySelector(selector)?.naturalWidth > 100", arg=selector
    )


def status_of_bytes(page: Page, address: str) -> int:
    """What a player gets that asks for the next stretch."""
    return page.evaluate(
        "address => fetch(address, { headers: { Range: 'bytes=0-99' } }).then(r => r.status)",
        address,
    )


def go_on_stage(page: Page) -> None:
    page.get_by_role("link", name="Go on stage").click()
    on_with_it(page)


def on_with_it(page: Page) -> None:
    """Through the device check."""
    expect(page.get_by_label("Camera", exact=True)).to_be_checked()
    page.locator("#dialog").get_by_role("button", name="Go on stage").click()
    expect(page.get_by_role("button", name="Leave the stage")).to_be_visible()


def screen_is_a_canvas(page: Page) -> None:
    """The chooser of screens is the browser's own; a canvas of 400 × 100 stands for what is
    chosen."""
    page.evaluate(
        """() => {
          navigator.mediaDevices.getDisplayMedia = async () => {
            const canvas = document.createElement("canvas");
            canvas.width = 400; canvas.height = 100;
            setInterval(() => {
              const paint = canvas.getContext("2d");
              paint.fillStyle = `hsl(${Date.now() % 360} 60% 50%)`;
              paint.fillRect(0, 0, 400, 100);
            }, 60);
            return canvas.captureStream(15);
          };
        }"""
    )


def seen_and_heard(page: Page, people: int) -> None:
    """Until as many others are really decoded here: pictures, and packets of sound."""

    def they_are() -> bool:
        report = of_script(page, "stage/stage.js", STAGE_REPORT)
        sizes = page.evaluate(
            "[...document.querySelectorAll('.stage-tile video')].map(one => one.videoWidth)"
        )
        seen = [one for one in report.values() if one["framesDecoded"] and one["audioPackets"]]
        return len(seen) == people and sum(size > 0 for size in sizes) >= people

    until(page, they_are)


def go_live(page: Page) -> None:
    page.get_by_role("button", name="Go live from this browser").click()
    expect(page.locator(SENDER_SAYS)).to_contain_text("This is how people will see you.")
    page.get_by_role("button", name="Go live", exact=True).click()
    expect(page.locator(SENDER_SAYS)).to_contain_text("You are on air.")


# Of a player, for whoever reads why it stood still.
PLAYER_STATE = """() => {
  const video = document.getElementById("broadcast-video");
  const ranges = (of) => [...Array(of.length).keys()].map((n) => [of.start(n), of.end(n)]);
  const { currentTime, paused, ended, readyState, networkState, seeking, muted } = video;
  const { totalVideoFrames } = video.getVideoPlaybackQuality();
  return JSON.stringify({
    from: globalThis.from, currentTime, paused, ended, readyState, networkState, seeking, muted,
    rate: video.playbackRate, totalVideoFrames, width: video.videoWidth,
    buffered: ranges(video.buffered), seekable: ranges(video.seekable),
    error: video.error?.message, visible: document.visibilityState,
    box: { ...document.getElementById("broadcast").dataset },
  });
}"""


def moves(page: Page) -> None:
    """Decoded pictures, and time that goes on."""
    try:
        page.wait_for_function(
            """() => {
          const video = document.getElementById("broadcast-video");
          const from = (globalThis.from ??= video.currentTime);
          const seen = video.getVideoPlaybackQuality().totalVideoFrames;
          return video.videoWidth > 0 && seen > 10 && video.currentTime > from + 0.5;
        }"""
        )
    except PlaywrightTimeout as error:
        raise AssertionError(f"It stands still: {page.evaluate(PLAYER_STATE)}") from error
