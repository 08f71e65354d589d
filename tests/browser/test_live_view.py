"""How one looks at a stage, and hears it: one's own page changes, and nobody else's."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from media_items.catalogue.models import Kind
from media_items.live.sessions import services as sessions
from tests import factories
from tests.browser.steps import go_on_stage, screen_is_a_canvas, seen_and_heard, until
from tests.conftest import client_with_proofs

pytestmark = pytest.mark.live


@pytest.fixture(autouse=True)
def _small_pictures(settings):
    settings.LIVE_STAGE_PICTURE = "320x180@15"


@pytest.fixture
def room(owner):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")
    sessions.open_session(item=room)
    return room


@pytest.fixture
def come_on(open_page, room, site):
    """`come_on(user=owner)`, `come_on("speaker")`: a page on stage."""

    def come(role: str = "", **how) -> Page:
        page = open_page(allow=["session/stage/signal"], **how)
        if role:
            proof = factories.InvitationProofFactory(invitation__item=room, invitation__role=role)
            name = settings.SESSION_COOKIE_NAME
            value = client_with_proofs(proof).cookies[name].value
            page.context.add_cookies([{"name": name, "value": value, "url": site}])
        page.goto(f"/media/{room.public_id}/session/")
        page.get_by_role("button", name=re.compile("Enter the lobby|Join the session")).click()
        go_on_stage(page)
        return page

    return come


def large(page: Page):
    return page.locator(".stage-tile-large")


def test_one_is_kept_large_on_ones_own_page(come_on, owner, axe):
    host, other = come_on(user=owner), come_on("speaker")
    seen_and_heard(host, 1)
    expect(large(host)).to_have_count(0)
    pin = host.get_by_role("button", name="Keep Grace Hopper large")
    pin.focus()
    host.keyboard.press("Enter")
    expect(large(host)).to_contain_text("Grace Hopper")
    expect(host.get_by_role("button", name="Stop keeping Grace Hopper large")).to_be_focused()
    expect(large(other)).to_have_count(0)
    axe(host)
    other.get_by_role("button", name="Leave the stage").click()
    expect(large(host)).to_have_count(0)


def test_the_speaker_view_is_kept_for_the_next_time(come_on, owner):
    host, _other = come_on(user=owner), come_on("speaker")
    seen_and_heard(host, 1)
    host.get_by_role("button", name="Speaker view").click()
    expect(large(host)).to_contain_text("Grace Hopper")
    host.reload()
    expect(large(host)).to_contain_text("Grace Hopper")
    expect(host.get_by_role("button", name="Speaker view")).to_have_attribute(
        "aria-pressed", "true"
    )
    host.get_by_role("button", name="Speaker view").click()
    expect(large(host)).to_have_count(0)


def test_a_shared_screen_is_large_and_can_be_enlarged_and_scrolled(come_on, owner):
    host, other = come_on(user=owner), come_on("speaker", width=390)
    seen_and_heard(other, 1)
    screen_is_a_canvas(host)
    host.get_by_role("button", name="Share screen").click()
    expect(large(other)).to_contain_text("Noa Levi")
    larger = other.get_by_role("button", name="Enlarge what Noa Levi")
    larger.focus()
    other.keyboard.press("Enter")
    other.keyboard.press("Enter")
    expect(other.get_by_role("button", name="Reduce what Noa Levi")).to_be_focused()
    frame = large(other).locator(".stage-frame")
    wide = frame.evaluate("(it) => it.scrollWidth / it.clientWidth")
    assert 2.9 < wide < 3.1
    frame.focus()
    before = frame.evaluate("(it) => it.scrollLeft")
    other.keyboard.press("ArrowRight")
    until(other, lambda: frame.evaluate("(it) => it.scrollLeft") > before)
    host.get_by_role("button", name="Stop sharing").click()
    expect(large(other)).to_have_count(0)
    expect(other.locator("[data-zoom]")).to_have_count(0)


def test_the_stage_has_the_whole_screen_and_dialogs_lie_over_it(come_on, owner):
    host = come_on(user=owner)
    whole = host.get_by_role("button", name="Full screen")
    whole.click()
    expect(whole).to_have_attribute("aria-pressed", "true")
    view = host.evaluate("[innerWidth, innerHeight]")
    box = host.locator("#stage").bounding_box()
    assert [box["width"], box["height"]] == view
    host.get_by_role("link", name="Devices").click()
    host.get_by_role("link", name="Done").click()
    whole.click()
    expect(whole).to_have_attribute("aria-pressed", "false")


def test_whoever_is_muted_is_heard_while_the_space_bar_is_held(come_on, owner):
    host, other = come_on(user=owner), come_on("speaker")
    seen_and_heard(host, 1)
    heard = host.locator(".stage-tile").filter(has_text="Grace Hopper").locator("video")
    other.get_by_role("button", name="Mute").click()
    until(host, lambda: heard.evaluate("(it) => it.muted"))
    other.locator("#stage").focus()
    other.keyboard.down("Space")
    until(host, lambda: not heard.evaluate("(it) => it.muted"))
    other.keyboard.up("Space")
    until(host, lambda: heard.evaluate("(it) => it.muted"))
    # Also on the button that muted them, and after a link: a tap alone presses the button.
    for place in ("#stage-microphone", "#stage-devices"):
        other.locator(place).focus()
        other.keyboard.down("Space")
        until(host, lambda: not heard.evaluate("(it) => it.muted"))
        other.keyboard.up("Space")
        until(host, lambda: heard.evaluate("(it) => it.muted"))
        expect(other.get_by_role("button", name="Unmute")).to_be_visible()
    other.locator("#stage-microphone").focus()
    other.keyboard.press("Space")
    expect(other.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    other.keyboard.press("Space")
    expect(other.get_by_role("button", name="Unmute")).to_be_visible()
    # On another button the bar presses that, as everywhere.
    other.locator("#stage-camera").focus()
    other.keyboard.press("Space")
    expect(other.get_by_role("button", name="Turn camera on")).to_be_visible()
    expect(other.get_by_role("button", name="Unmute")).to_be_visible()


# A headset with the id that was chosen on the page before.
PLUGGED_IN = """
  globalThis.speakersAskedFor = [];
  const headset = { kind: "audiooutput", deviceId: "%s", label: "Headset" };
  let isThere = true;
  const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
  navigator.mediaDevices.enumerateDevices = async () =>
    [...(await list()), ...(isThere ? [headset] : [])];
  Object.defineProperty(HTMLMediaElement.prototype, "sinkId", {
    get() {
      return this.heardBy ?? "";
    },
  });
  HTMLMediaElement.prototype.setSinkId = async function (id) {
    this.heardBy = id;
    speakersAskedFor.push(id);
  };
  globalThis.pullOut = () => {
    isThere = false;
    navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
  };
"""


def test_where_one_hears_the_others_is_chosen_and_tried(come_on, owner):
    page = come_on(user=owner)
    page.get_by_role("link", name="Devices").click()
    choice = page.get_by_label("Choose a speaker or headphones")
    until(page, lambda: choice.locator("option").count() > 1)
    choice.select_option(index=1)
    chosen = choice.input_value()
    tile = page.locator(".stage-tile video")
    until(page, lambda: tile.evaluate("(it) => it.sinkId") == chosen)
    test = page.get_by_role("button", name="Play a test sound")
    test.click()
    expect(test).to_have_attribute("aria-disabled", "true")
    expect(test).not_to_have_attribute("aria-disabled", "true")
    expect(page.locator("#device-problem")).to_be_empty()
    # Without a profile, a browser gives its devices other ids on each page.
    page.add_init_script(PLUGGED_IN % chosen)
    page.reload()
    until(page, lambda: page.evaluate("speakersAskedFor.at(-1)") == chosen)
    page.evaluate("pullOut()")
    until(page, lambda: page.evaluate("speakersAskedFor.at(-1)") == "")


BLURS = """() => {
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  globalThis.blurred = [];
  navigator.mediaDevices.getUserMedia = async (wish) => {
    const stream = await open(wish);
    for (const track of stream.getVideoTracks()) {
      track.getCapabilities = () => ({ backgroundBlur: [true, false] });
      track.applyConstraints = async (told) => { blurred.push(told.backgroundBlur); };
    }
    return stream;
  };
}"""


def test_the_background_is_blurred_where_the_browser_can(come_on, owner):
    page = come_on(user=owner)
    blur = page.get_by_label("Blur my background")
    page.get_by_role("link", name="Devices").click()
    expect(page.get_by_label("Camera", exact=True)).to_be_checked()
    expect(blur).to_be_hidden()
    page.evaluate(BLURS)
    camera = page.get_by_label("Camera", exact=True)
    camera.click()
    camera.click()
    blur.click()
    until(page, lambda: page.evaluate("blurred") == [True])
    camera.click()
    camera.click()
    until(page, lambda: page.evaluate("blurred") == [True, True])
    blur.click()
    until(page, lambda: page.evaluate("blurred") == [True, True, False])
