"""The player of films and sounds: by keyboard, by finger, with captions; a moment that is shared,
and going on where one stopped."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import Page, expect

from media_items.catalogue.models import Kind, MediaItem, State
from media_items.processing.models import MediaFile, Purpose
from tests import factories
from tests.browser import steps
from tests.browser.looks import findings, no_wider_than
from tests.conftest import client_with_admissions
from tests.media_samples import samples

WORDS = "WEBVTT\n\n00:00.000 --> 02:00.000\nProphase comes first:\nthe chromosomes condense\n"
HEBREW = "WEBVTT\n\n00:00.000 --> 02:00.000\nהפרופאזה היא הראשונה\n"
MEDIA = "document.querySelector('video, audio')"
# Above the row of buttons while that is shown.
CAPTIONS_ARE_CLEAR = """() => {
  const words = document.querySelector("[data-captions] span")?.getBoundingClientRect();
  const bar = document.querySelector(".player-bar").getBoundingClientRect();
  return words?.height > 0 && words.bottom <= bar.top;
}"""
# The time above the pointer, inside the card of a sound.
BUBBLE_IS_WHOLE = """() => {
  const { shadowRoot } = document.querySelector(".player-seek");
  const bubble = shadowRoot.querySelector("media-preview-time-display").getBoundingClientRect();
  const card = document.querySelector("[data-player]").getBoundingClientRect();
  return bubble.height > 0 && bubble.top >= card.top;
}"""
TIP_IS_LEGIBLE = """() => {
  const button = document.querySelector("media-play-button");
  const tip = button.shadowRoot.querySelector("media-tooltip");
  const words = button.querySelector("[slot=tooltip-pause]");
  return getComputedStyle(words).color !== getComputedStyle(tip).backgroundColor;
}"""
SHAPE = "one => { const { width, height } = one.getBoundingClientRect(); return [width, height] }"
# The big play button, the picture, and whether the slider and the buttons leave it alone.
START = """() => {
  const box = (one) => document.querySelector(one).getBoundingClientRect();
  const [start, frame, slider] = [".player-start", ".player-frame", ".player-seek"].map(box);
  const middle = ({ x, y, width, height }) => [x + width / 2, y + height / 2];
  const seek = document.querySelector(".player-seek");
  const isShown = seek.checkVisibility({ visibilityProperty: true });
  return [middle(start), middle(frame), !isShown || start.bottom <= slider.top];
}"""
# The browser says after a tap that the mouse has left: is the row of buttons there after that?
LEFT_BY_MOUSE = """() => {
  const player = document.querySelector("media-controller");
  const look = () => (globalThis.isShownAfter = !player.hasAttribute("userinactive"));
  const after = ({ target }) => target === player && setTimeout(look);
  document.addEventListener("mouseleave", after, true);
}"""
SHIFTS = """
  globalThis.moved = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries())
      if (!hadRecentInput)
        moved.push(`${value} ${sources.map(({ node }) => node?.className ?? node?.nodeName)}`);
  }).observe({ type: "layout-shift", buffered: true });
"""


def add_captions(item: object, language: str, label: str, text: str) -> None:
    row = MediaFile(item=item, purpose=Purpose.CAPTIONS, content_type="text/vtt", size=len(text))
    row.language, row.label = language, label
    row.file.save("captions.vtt", ContentFile(text.encode()), save=False)
    row.save()


@pytest.fixture
def film(owner):
    """A minute and a half, 160 by 90."""
    made = steps.prepared_item(
        owner=owner, kind=Kind.VIDEO, sample=samples().mp4_of_90_seconds, title="Cell division"
    )
    add_captions(made, "en", "English", WORDS)
    add_captions(made, "he", "עברית", HEBREW)
    # At noon: one day in every zone here, so that no date changes its width when the reader's zone
    # becomes known.
    noon = (timezone.now() - timedelta(days=1)).replace(hour=12)
    MediaItem.objects.filter(pk=made.pk).update(created_at=noon)
    return made


@pytest.fixture
def sound(owner):
    return steps.prepared_item(
        owner=owner,
        kind=Kind.AUDIO,
        sample=samples().two_minutes_of_vbr_mp3,
        title="Dawn chorus",
        state=State.UNLISTED,
    )


def ready(page: Page) -> None:
    expect(page.locator("[data-player][data-ready]")).to_be_attached()
    page.wait_for_function(f"() => {MEDIA}.readyState >= 1 && {MEDIA}.duration > 60")


def press_of_start(page: Page) -> tuple[float, float]:
    """Where the big play button is pressed: in the very middle of the picture."""
    start, frame, is_clear = page.evaluate(START)
    assert start == pytest.approx(frame, abs=1)
    assert is_clear
    x, y = start
    return x, y


def at(page: Page, seconds: float, *, within: float = 1.5) -> None:
    page.wait_for_function(
        f"([seconds, within]) => Math.abs({MEDIA}.currentTime - seconds) < within",
        arg=[seconds, within],
    )


def test_a_film_by_keyboard(open_page, owner, film, picture):
    page = open_page(user=owner)
    page.add_init_script(SHIFTS)
    page.goto(film.get_absolute_url())
    ready(page)
    player = page.get_by_role("region", name="Video player")
    width, height = page.locator("[data-player]").evaluate(SHAPE)
    assert width / height == pytest.approx(16 / 9, abs=0.01)
    expect(page.locator("#access-line")).to_contain_text("Nobody invited")
    assert page.evaluate("moved") == []
    expect(page.locator("video")).not_to_have_attribute("controls", "")
    picture(page, "player-film")
    press_of_start(page)

    player.get_by_role("button", name="Play", exact=True).last.press("Enter")
    page.wait_for_function(f"() => !{MEDIA}.paused")
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator(".player-start")).to_have_count(0)
    player.press("k")
    page.wait_for_function(f"() => {MEDIA}.paused")
    page.evaluate(f"{MEDIA}.currentTime = 0")
    for key, seconds in (("l", 10), ("ArrowRight", 15), ("j", 5), ("ArrowLeft", 0)):
        player.press(key)
        at(page, seconds)
    slider = player.get_by_role("slider", name="Position")
    slider.press("ArrowRight")
    at(page, 5)
    expect(slider).to_have_attribute("aria-valuetext", "5 seconds of 1 minute, 30 seconds")
    for key, rate in ((">", "1.25"), (">", "1.5"), ("<", "1.25")):
        player.press(key)
        page.wait_for_function(f"() => {MEDIA}.playbackRate === {rate}")
    expect(player.get_by_role("button", name="Speed 1.25×")).to_be_visible()
    player.press("m")
    expect(player.get_by_role("button", name="Unmute")).to_be_visible()
    player.press("ArrowUp")
    expect(player.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    player.press("f")
    page.wait_for_function("() => document.fullscreenElement?.localName === 'media-controller'")
    expect(player.get_by_role("button", name="Leave full screen")).to_be_visible()
    player.press("f")
    page.wait_for_function("() => !document.fullscreenElement")

    player.get_by_role("button", name="Speed").press("Enter")
    expect(page.get_by_role("menuitemradio", name="1.25×")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => {MEDIA}.playbackRate === 1.5")
    expect(page.locator("#speed-menu")).to_be_hidden()
    player.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_be_visible()
    assert keys.bounding_box()["x"] > width / 2  # above its button
    picture(page, "player-keys")
    page.keyboard.press("Escape")

    player.press("c")
    expect(page.locator("[data-captions]")).to_contain_text("Prophase comes first:")
    assert page.evaluate(CAPTIONS_ARE_CLEAR)
    player.get_by_role("button", name="Captions").click()
    page.get_by_role("menuitemradio", name="עברית").click()
    expect(page.locator("[data-captions]")).to_contain_text("הפרופאזה")
    assert page.evaluate(CAPTIONS_ARE_CLEAR)
    picture(page, "player-captions")
    assert findings(page, "film") == []
    page.reload()  # they are on again, in that language
    expect(page.locator("[data-captions][lang=he]")).to_be_attached()
    expect(page.locator("[data-captions-button][data-on]")).to_be_visible()


@pytest.mark.parametrize(
    ("sample", "width", "height"),
    [("mp4_turned", 390, 844), ("mp4_turned", 844, 390), ("mp4_of_90_seconds", 390, 844)],
)
def test_a_film_on_a_phone(open_page, owner, picture, sample, width, height):
    path = getattr(samples(), sample)
    item = steps.prepared_item(owner=owner, kind=Kind.VIDEO, sample=path)
    page = open_page(user=owner, width=width, height=height, touch=True)
    page.goto(item.get_absolute_url())
    expect(page.locator("[data-player][data-ready]")).to_be_attached()
    wide, high = page.locator("[data-player]").evaluate(SHAPE)
    assert wide == width  # from edge to edge
    if width < height:
        shape = 16 / 9 if sample == "mp4_turned" else 9 / 16
        assert high / wide == pytest.approx(shape, abs=0.01)
    bar = page.locator(".player-bar").bounding_box()
    assert bar["y"] + bar["height"] <= height  # in view as the page opens
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_hidden()
    no_wider_than(page, width)
    picture(page, f"player-{sample}-{width}-before")
    page.touchscreen.tap(*press_of_start(page))
    page.wait_for_function(f"() => {MEDIA}.played.length > 0")
    expect(page.locator(".player-seek")).to_be_visible()
    # A tap shows the row of buttons, and does not stop the film.
    page.locator("video").evaluate("one => { one.loop = true; return one.play() }")
    page.wait_for_function(
        "() => document.querySelector('media-controller').hasAttribute('userinactive')"
    )
    page.evaluate(LEFT_BY_MOUSE)
    page.locator("video").tap()
    page.wait_for_function("() => 'isShownAfter' in globalThis")
    assert page.evaluate("isShownAfter")
    assert not page.evaluate(f"{MEDIA}.paused")
    picture(page, f"player-{sample}-{width}")
    assert findings(page, f"{sample}, {width}") == []


def test_a_sound_is_gone_through_by_its_waveform(open_page, sound, picture):
    page = open_page()
    page.goto(sound.get_absolute_url())
    ready(page)
    page.wait_for_function(
        "() => document.querySelector('.player-wave').style.getPropertyValue('--waveform')"
    )
    slider = page.get_by_role("slider", name="Position")
    box = page.locator("media-time-range").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    at(page, 60, within=2)
    assert page.evaluate(BUBBLE_IS_WHOLE)
    slider.press("l")
    at(page, 70, within=2)
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"of 2 minutes$"))
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(f"() => !{MEDIA}.paused")
    assert page.evaluate(TIP_IS_LEGIBLE)
    picture(page, "player-sound")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        no_wider_than(page, width)
        assert findings(page, f"sound, {width}") == []


def test_one_goes_on_where_one_stopped_and_nobody_else_does(open_page, owner, film, site):
    link = factories.GuestLinkFactory(item=film, access_on=True)
    page = open_page()
    page.goto("/")

    def come_as_guest() -> None:
        guest = client_with_admissions(factories.GuestAdmissionFactory(guest__link=link))
        name = django_settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": guest.cookies[name].value, "url": site}
        page.context.add_cookies([cookie])
        page.goto(film.get_absolute_url())
        ready(page)

    come_as_guest()
    page.evaluate(f"{MEDIA}.currentTime = 40")
    at(page, 40)
    page.wait_for_function("() => localStorage.getItem('foyer-watched')?.includes(',40]')")
    assert film.public_id not in page.evaluate("JSON.stringify(localStorage)")
    page.reload()
    ready(page)
    at(page, 40)
    says = re.compile(r"Resumed at 0:40\s+·\s+Start over")
    expect(page.locator("[data-resumed]")).to_have_text(says)
    page.goto(film.get_absolute_url() + "?t=1m5s")  # what the address says goes before
    ready(page)
    at(page, 65)
    expect(page.locator("[data-resumed]")).to_be_hidden()
    page.evaluate(f"{MEDIA}.currentTime = 30")
    page.wait_for_function("() => localStorage.getItem('foyer-watched').includes(',30]')")

    come_as_guest()  # another, in the same browser
    expect(page.locator("[data-resumed]")).to_be_hidden()
    assert page.evaluate(f"{MEDIA}.currentTime") == 0
    page.evaluate(f"{MEDIA}.currentTime = 50")
    page.wait_for_function("() => localStorage.getItem('foyer-watched').includes(',50]')")
    page.reload()
    ready(page)
    page.get_by_role("button", name="Start over").click()
    page.wait_for_function(f"() => {MEDIA}.currentTime < 10 && !{MEDIA}.paused")
    page.evaluate(f"{MEDIA}.currentTime = 50")
    page.wait_for_function("() => localStorage.getItem('foyer-watched').includes(',50]')")
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("left")
    # The number that leaving changes, and nothing else.
    assert page.evaluate("Object.keys(localStorage)") == ["foyer-left"]


def test_a_moment_is_shared_and_what_does_not_play_is_tried_again(open_page, owner, film, picture):
    page = open_page(user=owner, allow=["Failed to load resource", "ERR_FAILED"])
    page.goto(film.get_absolute_url())
    ready(page)
    page.evaluate(f"{MEDIA}.currentTime = 34")
    at(page, 34)
    page.get_by_role("link", name="Share").click()
    address = page.get_by_label("Page link", exact=True)
    before = address.input_value()
    page.get_by_label("Start at 0:34").check()
    expect(address).to_have_value(before + "?t=34")
    picture(page, "player-share")
    page.get_by_label("Start at 0:34").uncheck()
    expect(address).to_have_value(before)
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()

    page.route("**/files/**", lambda route: route.abort())
    page.reload()
    problem = page.get_by_role("alert").filter(has_text="This cannot be played just now.")
    expect(problem).to_be_visible()
    page.unroute("**/files/**")
    problem.get_by_role("button", name="Try again").click()
    expect(problem).to_be_hidden()
    page.wait_for_function(f"() => {MEDIA}.readyState >= 2")


def test_who_may_not_watch_any_more_is_told_so_when_they_play(open_page, film):
    editor = factories.CoEditorFactory(item=film)
    page = open_page(user=editor.user, allow=["Failed to load resource"])
    page.goto(film.get_absolute_url())
    ready(page)
    editor.delete()
    # Under another address: what it has of this one the browser plays without asking.
    page.evaluate(f"{MEDIA}.src = {MEDIA}.currentSrc.split('#')[0] + '?more'")
    expect(page.get_by_role("heading", level=1)).to_contain_text("You don’t have access")


def test_without_script_the_browsers_own_controls_are_there(open_page, owner, film, sound):
    page = open_page(user=owner, javascript=False)
    page.goto(film.get_absolute_url() + "?t=65")
    video = page.locator("video[controls]")
    expect(video).to_be_visible()
    assert video.locator("source").get_attribute("src").endswith("#t=65")
    width, height = video.evaluate(SHAPE)
    assert width / height == pytest.approx(16 / 9, abs=0.01)
    expect(page.locator(".player-own:visible")).to_have_count(0)
    page.goto(sound.get_absolute_url())
    expect(page.locator("audio[controls]")).to_be_visible()
    expect(page.locator(".player-own:visible")).to_have_count(0)


@pytest.mark.xdist_group("firefox")
def test_a_film_in_firefox(open_page, owner, film, picture):
    page = open_page(engine="firefox", user=owner, allow=["Content-Security-Policy"])
    page.goto(film.get_absolute_url())
    expect(page.locator("[data-player][data-ready]")).to_be_attached()
    player = page.get_by_role("region", name="Video player")
    expect(player.get_by_role("slider", name="Position")).to_be_visible()
    has_pip = page.evaluate("'requestPictureInPicture' in HTMLVideoElement.prototype")
    expect(page.locator("media-pip-button")).to_be_visible(visible=has_pip)
    expect(page.locator("media-fullscreen-button")).to_be_visible()
    player.press("c")
    expect(page.locator("[data-captions-button][data-on]")).to_be_visible()
    player.get_by_role("button", name="Speed").press("Enter")
    expect(page.get_by_role("menuitemradio", name="Normal")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => {MEDIA}.playbackRate === 1.25")
    player.press("<")
    expect(player.get_by_role("button", name="Speed 1×")).to_be_visible()
    picture(page, "player-firefox")
