"""A live session in a small window: what is pressed is in view, and stays where it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from access.links import guest_link_address
from media_items.catalogue.models import Kind
from media_items.live.broadcast.models import BroadcastRun
from media_items.live.events.announcing import announce
from media_items.live.events.facts import MODERATORS
from media_items.live.sessions import services as sessions
from tests import factories
from tests.browser.steps import SENDER_SAYS, go_on_stage, join, scripts_run, until
from tests.live_factories import StayFactory

pytestmark = pytest.mark.live
IN_VIEW = """one => {
  const { x, y, width, height } = one.getBoundingClientRect();
  return width > 0 && one.contains(document.elementFromPoint(x + width / 2, y + height / 2))
    && y >= 0 && y + height <= innerHeight;
}"""
# How far a line of tabs fades at its two ends.
FADES = """one => ["--tabs-before", "--tabs-behind"].map(
  (name) => parseFloat(getComputedStyle(one).getPropertyValue(name)))"""
HOLDS_ITS_PARTS = """one => [...one.childNodes].every((part) => {
  const range = document.createRange();
  range.selectNode(part);
  const own = (part instanceof Element ? part : range).getBoundingClientRect();
  const all = one.getBoundingClientRect();
  return !own.width || (own.right <= all.right + 1 && own.left >= all.left - 1);
})"""
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def come(open_page, owner):
    """`come(Kind.ROOM)`: the page of its host, on a phone."""

    def make(kind, **window) -> Page:
        item = factories.MediaItemFactory(owner=owner, kind=kind, title="The sound of a reef")
        sessions.open_session(item=item)
        page = open_page(user=owner, **window)
        page.context.grant_permissions(["camera", "microphone"])
        page.set_viewport_size(PHONE)
        page.goto(f"/media/{item.public_id}/session/")
        page.get_by_role("button", name="Join the session").click()
        scripts_run(page)
        return page

    return make


def test_whoever_goes_live_has_the_button_in_view(come, picture):
    page = come(Kind.LIVE_EVENT)
    page.get_by_role("button", name="Go live from this browser").click()
    expect(page.locator(SENDER_SAYS)).to_contain_text("This is how people will see you.")
    button = page.get_by_role("button", name="Go live", exact=True)
    for width, height in ((390, 844), (390, 664), (844, 390), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        picture(page, f"sender-{width}-{height}")
        assert button.evaluate(IN_VIEW), (width, height)


def test_on_air_another_camera_or_microphone_is_taken(come):
    page = come(Kind.LIVE_EVENT)
    page.get_by_role("button", name="Go live from this browser").click()
    expect(page.locator(SENDER_SAYS)).to_contain_text("This is how people will see you.")
    page.get_by_role("button", name="Go live", exact=True).click()
    expect(page.locator(SENDER_SAYS)).to_contain_text("You are on air.")
    begun = page.evaluate("Object.keys(sessionStorage).map((key) => sessionStorage[key]).join()")
    page.get_by_label("Microphone", exact=True).select_option(index=1)
    page.wait_for_function(
        "begun => Object.keys(sessionStorage).map((key) => sessionStorage[key]).join() !== begun",
        arg=begun,
    )
    expect(page.locator(SENDER_SAYS)).to_contain_text("You are on air")


def test_whoever_leaves_on_air_pauses_first_and_is_asked_nothing(come):
    page = come(Kind.LIVE_EVENT)
    page.get_by_role("button", name="Go live from this browser").click()
    says = page.locator(SENDER_SAYS)
    expect(says).to_contain_text("This is how people will see you.")
    page.get_by_role("button", name="Go live", exact=True).click()
    expect(says).to_contain_text("You are on air.")
    page.locator("#end-session").click()
    page.get_by_role("button", name="Leave without ending").click()
    expect(page.get_by_role("heading", name="You’ve left")).to_be_visible()
    run = BroadcastRun.objects.get()
    assert run.stopped_at
    assert run.next_chunk


def test_messages_are_read_over_the_keyboard_of_a_phone(come, picture):
    page = come(Kind.ROOM)
    page.locator("#live-sheet-button").click()
    field = page.get_by_label("Your message")
    for n in range(8):
        field.fill(f"Message {n}")
        field.press("Enter")
        expect(page.locator(".chat-text", has_text=f"Message {n}")).to_be_visible()
    field.click()
    for width, height, least in ((390, 480, 150), (390, 420, 100), (844, 200, 40)):
        page.set_viewport_size({"width": width, "height": height})  # as with a keyboard
        picture(page, f"typing-{width}-{height}")
        seen = page.locator(".chat-scroll").bounding_box()
        assert seen["height"] >= least, (width, height, seen)
        assert seen["width"] > width * 0.9
        assert page.locator(".chat-text", has_text="Message 7").evaluate(IN_VIEW)
        assert field.evaluate(IN_VIEW)
    page.set_viewport_size(PHONE)
    expect(page.locator("#stage")).to_be_visible()  # the keyboard is away


def test_nothing_moves_what_ends_the_session_when_somebody_waits(come, picture):
    page = come(Kind.ROOM)
    for width, height in ((390, 844), (844, 390)):
        page.set_viewport_size({"width": width, "height": height})
        before = page.locator("#end-session").bounding_box()
        head = page.locator(".live-head").bounding_box()["height"]
        session = sessions.LiveSession.objects.get()
        stay = StayFactory(participant__session=session, participant__inside=False)
        announce(session, "knock", to=MODERATORS)
        announce(session, "participants")
        expect(page.locator("#live-knocking")).to_be_visible()
        picture(page, f"waits-{width}")
        # The part of the page may just be drawn anew.
        until(page, lambda before=before: page.locator("#end-session").bounding_box() == before)
        assert page.locator(".live-head").bounding_box()["height"] == head
        assert before["y"] >= 4
        stay.participant.delete()
        announce(session, "participants")
        expect(page.locator("#live-knocking")).to_have_count(0)


def test_back_closes_the_panel_and_steps_through_no_tabs(come):
    page = come(Kind.ROOM)
    page.locator("#live-sheet-button").click()
    for tab in ("Participants", "Q&A"):
        page.get_by_role("link", name=tab).click()
        expect(page.get_by_role("link", name=tab)).to_have_attribute("aria-current", "page")
    page.go_back()
    expect(page.locator(".sheet-open")).to_have_count(0)
    expect(page.locator("#live-sheet-button")).to_be_focused()
    page.locator("#live-sheet-button").click()
    expect(page.get_by_role("link", name="Q&A")).to_have_attribute("aria-current", "page")
    page.locator("#live-sheet-close").click()
    expect(page.locator(".sheet-open")).to_have_count(0)
    page.wait_for_function("!history.state?.sheet")
    page.go_back()
    page.wait_for_url(lambda address: "/session/qna/" not in address)


def test_closing_a_panel_that_was_open_before_the_window_became_narrow_stays_there(come):
    page = come(Kind.ROOM)
    page.locator("#live-sheet-button").click()
    page.go_back()
    expect(page.locator(".sheet-open")).to_have_count(0)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate("""() => sessionStorage.setItem(
        `foyer-sheet:${location.pathname.split("/")[2]}`, "true")""")
    page.reload()
    scripts_run(page)
    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="Participants").click()
    expect(page.get_by_role("link", name="Participants")).to_have_attribute("aria-current", "page")
    length = page.evaluate("history.length")
    page.evaluate("window.isSame = true")
    page.locator("#live-sheet-close").click()
    expect(page.locator(".sheet-open")).to_have_count(0)
    page.wait_for_timeout(500)
    assert page.evaluate("window.isSame && history.length") == length
    assert "/session/participants/" in page.url


def test_tabs_that_do_not_fit_fade_and_the_chosen_one_is_in_view(come, picture):
    page = come(Kind.ROOM)
    page.set_viewport_size({"width": 300, "height": 700})
    page.locator("#live-sheet-button").click()
    line = page.locator(".live-tabs")
    assert line.evaluate("one => one.scrollWidth > one.clientWidth")
    assert line.evaluate(FADES) == [0, 40]
    page.get_by_role("link", name="Backchannel").click()
    expect(page.get_by_role("link", name="Backchannel")).to_have_attribute("aria-current", "page")
    picture(page, "tabs-300")
    assert page.get_by_role("link", name="Backchannel").evaluate(IN_VIEW)
    assert line.evaluate(FADES)[0] > 0
    page.set_viewport_size({"width": 600, "height": 700})
    until(page, lambda: line.evaluate(FADES) == [0, 0])


def test_by_keyboard_the_microphone_comes_before_the_way_off_the_stage(come):
    page = come(Kind.ROOM)
    go_on_stage(page)
    order = page.evaluate(
        "[...document.querySelectorAll('#stage-microphone, #stage-leave')].map((one) => one.id)"
    )
    assert order == ["stage-microphone", "stage-leave"]


def test_in_large_text_ones_name_is_there_and_nothing_overlaps(open_page, owner, picture):
    film = factories.MediaItemFactory(owner=owner, title="Cell division")
    link = factories.GuestLinkFactory(item=film, access_on=True)
    page = open_page()
    join(page, guest_link_address(link), name="Alexandra Konstantinopoulou")
    bar = page.locator(".guest-bar")
    for width, size in ((390, 16), (390, 24), (320, 24), (1280, 24)):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate("size => { document.documentElement.style.fontSize = `${size}px` }", size)
        picture(page, f"bar-{width}-{size}")
        assert bar.locator("bdi").bounding_box()["width"] > 60, (width, size)
        words, more = bar.locator("p").bounding_box(), bar.locator("a").bounding_box()
        assert words["x"] + words["width"] <= more["x"] + 1, (width, size)
        assert bar.evaluate("one => one.scrollWidth <= one.clientWidth"), (width, size)
        assert bar.locator("p").evaluate(HOLDS_ITS_PARTS), (width, size)
