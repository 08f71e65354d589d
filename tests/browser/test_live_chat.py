"""The chat and the backchannel in real browsers: what one writes the others see at once."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import expect

from media_items.catalogue.models import Kind
from media_items.live.chat import services as chat
from media_items.live.sessions import services as sessions
from media_items.live.sessions.models import Participant
from tests import factories
from tests.browser.steps import scripts_run, until
from tests.conftest import client_with_admissions

pytestmark = pytest.mark.live


@pytest.fixture
def room(owner):
    return factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")


@pytest.fixture
def session(room):
    return sessions.open_session(item=room)


@pytest.fixture
def come_in(open_page, site, room, session):
    """`come_in(user=owner)`, or a guest; the page with the chat."""

    def make(*, user=None, name="Ada Lovelace", **window):
        page = open_page(user=user, **window)
        if user is None:
            link = factories.GuestLinkFactory(item=room, access_on=True)
            admission = factories.GuestAdmissionFactory(guest__link=link, name=name)
            cookie = client_with_admissions(admission).cookies[settings.SESSION_COOKIE_NAME]
            page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
        page.goto(f"/media/{room.public_id}/session/")
        page.get_by_role("button", name="Join the session").click()
        if window.get("javascript", True):
            scripts_run(page)
        if window.get("width", 1280) < 864:  # the panel is a sheet there
            page.get_by_role("button", name="Chat and people").click()
        expect(page.get_by_role("region", name="Messages")).to_be_visible()
        return page

    return make


def field(page):
    return page.get_by_role("textbox", name="Your message")


def write(page, text):
    field(page).fill(text)
    field(page).press("Enter")


def message(page, text):
    return page.locator(".chat-message", has_text=text)


def menu_of(page, text, item):
    message(page, text).hover()
    message(page, text).get_by_role("button", name="More for the message").click()
    page.get_by_role("menuitem", name=item).click()


def in_sight(page, text):
    """Inside the list's own window, not scrolled away in it."""
    return message(page, text).evaluate(
        """element => {
            const box = element.closest(".chat-scroll").getBoundingClientRect();
            const own = element.getBoundingClientRect();
            return own.bottom <= box.bottom + 1 && own.top >= box.top - 1;
        }"""
    )


@pytest.mark.on_sqlite_too
def test_two_people_write_to_each_other_and_see_it_without_loading_anew(come_in, owner):
    host, guest = come_in(user=owner), come_in()
    write(host, "Good morning")
    expect(message(guest, "Good morning")).to_contain_text("Host")
    expect(field(host)).to_be_focused()
    expect(field(host)).to_have_value("")

    field(guest).press_sequentially("Line one")
    field(guest).press("Shift+Enter")
    field(guest).press_sequentially("Line two")
    write(host, "Anybody there?")
    expect(message(guest, "Anybody there?")).to_be_visible()
    expect(field(guest)).to_have_value("Line one\nLine two")  # half written, and not lost
    field(guest).press("Enter")
    expect(message(host, "Line two")).to_contain_text("Ada Lovelace")
    expect(message(host, "Line two")).to_contain_text("Guest")

    menu_of(host, "Line two", "Delete")
    for page in (host, guest):
        expect(page.get_by_text("This message was removed.")).to_be_visible()
        expect(page.get_by_text("Line two")).to_have_count(0)

    # What is not the guest's has no menu for the guest.
    expect(message(guest, "Anybody there?").get_by_role("button")).to_have_count(0)


def test_pinned_paused_and_cleared_reach_everybody(come_in, owner):
    host, guest = come_in(user=owner), come_in()
    write(host, "Slides: https://media.example.edu/slides")
    menu_of(host, "Slides", "Pin message")
    pinned = guest.locator(".chat-pin")
    expect(pinned).to_contain_text("Slides")
    expect(pinned.get_by_role("link")).to_have_attribute("rel", re.compile("noopener"))

    field(guest).fill("Half written")
    host.get_by_role("button", name="More for the chat").click()
    host.get_by_role("menuitem", name="Pause the chat").click()
    expect(guest.get_by_text("The chat is paused.")).to_be_visible()
    expect(field(guest)).to_have_count(0)
    write(host, "A moment, please")
    expect(message(guest, "A moment, please")).to_be_visible()
    host.get_by_role("button", name="More for the chat").click()
    host.get_by_role("menuitem", name="Resume the chat").click()
    expect(field(guest)).to_have_value("Half written")

    host.get_by_role("button", name="Unpin this message").click()
    expect(pinned).to_have_count(0)
    host.get_by_role("button", name="More for the chat").click()
    host.get_by_role("menuitem", name="Clear the chat").click()
    host.get_by_role("button", name="Clear for everybody").click()
    for page in (host, guest):
        expect(page.get_by_text("No messages yet.")).to_be_visible()
    expect(field(guest)).to_have_value("Half written")
    write(host, "Fresh start")
    expect(message(guest, "Fresh start")).to_have_count(1)


REFRESH = re.compile(r"/session/chat/\?first=")


def pause(host, act="Pause"):
    host.get_by_role("button", name="More for the chat").click()
    host.get_by_role("menuitem", name=f"{act} the chat").click()


@pytest.mark.parametrize("status", [0, 500, 429])
def test_what_the_site_did_not_answer_is_asked_for_again(come_in, owner, status):
    host, guest = come_in(user=owner), come_in(allow=["ERR_FAILED", "500", "429", "htmx:"])
    guest.route(
        REFRESH,
        lambda route: route.fulfill(status=status) if status else route.abort(),
        times=1,
    )
    pause(host)
    expect(guest.get_by_text("The chat is paused.")).to_be_visible(timeout=15_000)


def test_a_refusal_brings_the_state_that_the_page_has_missed(come_in, owner):
    host, guest = come_in(user=owner), come_in(allow=["ERR_FAILED", "422", "htmx:"])
    write(host, "Slides")
    expect(message(guest, "Slides")).to_be_visible()
    guest.route(REFRESH, lambda route: route.abort())
    menu_of(host, "Slides", "Pin message")
    pause(host)
    expect(host.get_by_text("The chat is paused.")).to_be_visible()
    write(guest, "Hello")
    expect(guest.get_by_text("This was not sent:")).to_be_visible()
    expect(guest.get_by_text("The chat is paused.")).to_be_visible()
    expect(guest.locator(".chat-pin")).to_contain_text("Slides")
    guest.unroute(REFRESH)
    pause(host, "Resume")
    expect(field(guest)).to_be_visible(timeout=15_000)


def test_news_that_waits_for_an_answer_is_not_lost_to_a_message_of_ones_own(
    come_in, owner, session
):
    host, held = come_in(user=owner), []
    write(host, "Slides")
    expect(message(host, "Slides")).to_be_visible()
    host.evaluate(
        "document.body.addEventListener('live:chat', ({ target }) => { heard[target.tagName] ="
        " true; }, window.heard = {})"
    )
    host.route(REFRESH, lambda route: held.append((route, route.fetch())), times=1)
    chat.pin(message=session.messages.get())
    until(host, lambda: held)
    host.evaluate("heard = {}")
    chat.pause(session=session)
    host.wait_for_function("() => heard.BODY")
    write(host, "One word more")
    host.wait_for_function("() => heard.FORM")
    [(route, answer)] = held
    route.fulfill(response=answer)
    expect(host.locator(".chat-pin")).to_contain_text("Slides")
    expect(host.get_by_text("The chat is paused.")).to_be_visible(timeout=15_000)


def test_a_heading_that_only_takes_the_focus_is_not_shown(come_in, owner):
    host, guest = come_in(user=owner), come_in()
    field(guest).fill("Half written")
    pause(host)
    expect(guest.get_by_text("The chat is paused.")).to_be_visible()
    title = guest.get_by_role("heading", name="Chat", exact=True)
    title.evaluate("element => { element.tabIndex = -1; element.focus(); }")
    expect(title).to_be_focused()
    assert title.bounding_box()["height"] <= 1


def test_many_messages_come_by_the_stream_each_once_and_nobody_asks_for_them(
    come_in, owner, session
):
    guest, host = come_in(), come_in(user=owner)
    expect(guest.locator("#live")).to_have_attribute("data-connection", "streaming")
    write(host, "Number 0.")
    expect(message(guest, "Number 0.")).to_be_visible()
    asked = []
    for page in (guest, host):
        page.on("request", lambda one: "/chat/?" in one.url and asked.append(one.url))
    ada = Participant.objects.get(name="Ada Lovelace")
    ada.session = session
    guest.evaluate(
        """() => {
            const log = document.querySelector("[role=log]");
            globalThis.states = [];
            new MutationObserver(() => globalThis.states.push(log.ariaLive))
                .observe(log, { attributeFilter: ["aria-live"] });
        }"""
    )
    for number in range(1, 31):
        chat.say(author=ada, text=f"Number {number}.")
    write(host, "Well said")
    for page in (guest, host):
        expect(page.locator(".chat-message")).to_have_count(32)
        texts = [text for text in page.locator(".chat-text").all_inner_texts() if "Number" in text]
        assert texts == [f"Number {number}." for number in range(31)]
        assert in_sight(page, "Well said")
        own = page.locator(".chat-own")
        expect(own).to_have_count(30 if page is guest else 2)
    assert asked == []
    # Who listens to the page is not read thirty messages, and hears the next ones again.
    expect(guest.locator("[role=log]")).to_have_attribute("aria-live", "polite")
    assert guest.evaluate("globalThis.states[0]") == "off"
    # The reader's own clock, as on what the page brought with it.
    clocks = guest.locator(".chat-time").all_inner_texts()
    assert len({len(clock) for clock in clocks}) == 1, clocks

    menu_of(guest, "Number 7.", "Delete")
    expect(host.get_by_text("This message was removed.")).to_be_visible()
    expect(guest.get_by_text("This message was removed.")).to_be_visible()
    assert asked == []
    menu_of(host, "Number 9.", "Pin message")
    expect(guest.locator(".chat-pin")).to_contain_text("Number 9.")


def test_what_all_have_missed_all_ask_for_over_a_while(come_in):
    guest = come_in()
    asked = []
    guest.on("request", lambda request: asked.append(request.url))
    guest.evaluate(
        """document.body.dispatchEvent(new CustomEvent("live:messages",
            {detail: {after: 900_000, last: 900_001, since: 0, rows: "", removed: [], w: 1e7}}))"""
    )
    guest.wait_for_timeout(500)
    assert not [url for url in asked if "/chat/" in url]


def test_a_message_told_while_the_panel_is_on_its_way_is_not_lost(come_in, session):
    guest = come_in()
    expect(guest.locator("#live")).to_have_attribute("data-connection", "streaming")
    guest.get_by_role("link", name=re.compile("^People|^Participants")).click()
    expect(guest.locator("#chat")).to_have_count(0)
    me = session.participants.get()
    held = []

    def hold(route):
        if held:
            route.continue_()
            return
        held.append(route.fetch())
        with ThreadPoolExecutor(1) as thread:
            thread.submit(say_of_another_thread, me, "Just now").result()
        time.sleep(1)  # the stream brings it
        route.fulfill(response=held[0])

    guest.route(re.compile("/session/chat/"), hold)
    guest.get_by_role("link", name="Chat").click()
    expect(message(guest, "Just now")).to_be_visible()


def say_of_another_thread(me, text):
    """The browser's own thread has an event loop, in which Django asks no database."""
    chat.say(author=me, text=text, through_pause=True)
    connection.close()


@pytest.mark.long
def test_whoever_reads_further_up_is_left_there(come_in, owner, session):
    guest = come_in()
    ada = Participant.objects.get()
    ada.session = session
    for number in range(120):
        chat.say(author=ada, text=f"Number {number}.")
    guest.reload()
    expect(message(guest, "Number 119.")).to_be_visible()
    assert in_sight(guest, "Number 119.")

    box = guest.get_by_role("region", name="Messages")
    box.focus()
    guest.keyboard.press("Home")
    earlier = guest.get_by_role("link", name="Earlier messages")
    earlier.scroll_into_view_if_needed()
    top_one = message(guest, "Number 70.")
    before = top_one.bounding_box()["y"]
    earlier.focus()
    guest.keyboard.press("Enter")
    expect(message(guest, "Number 20.")).to_have_count(1)
    assert abs(top_one.bounding_box()["y"] - before) < 80  # the link's own place, no more
    expect(earlier).to_be_focused()

    host = come_in(user=owner)
    write(host, "The newest of all")
    button = guest.get_by_role("button", name="New messages")
    expect(button).to_be_visible()
    assert not in_sight(guest, "The newest of all")
    button.click()
    expect(button).to_be_hidden()
    assert in_sight(guest, "The newest of all")
    write(host, "And one more")
    expect(message(guest, "And one more")).to_be_visible()
    assert in_sight(guest, "And one more")
    # What was loaded from further up is removed there too.
    chat.remove(message=session.messages.get(text="Number 25."), by=ada)
    expect(guest.get_by_text("This message was removed.")).to_have_count(1)


def test_what_cannot_be_sent_stays_in_the_field_with_a_word_about_it(come_in, settings):
    settings.CHAT_RATE_PER_PERSON = "1/h"
    guest = come_in()
    write(guest, "a" * 2_001)
    expect(guest.get_by_role("alert")).to_contain_text("2001 characters long")
    expect(field(guest)).to_have_value("a" * 2_001)
    expect(field(guest)).to_be_focused()
    write(guest, "One")
    expect(message(guest, "One")).to_be_visible()
    expect(guest.get_by_role("alert")).to_have_count(0)
    write(guest, "Two, kept")
    expect(guest.get_by_role("alert")).to_contain_text("very fast")
    expect(field(guest)).to_have_value("Two, kept")


def test_the_backchannel_is_for_those_behind_the_stage(come_in, owner, room):
    other = factories.CoEditorFactory(item=room).user
    host, helper, guest = come_in(user=owner), come_in(user=other), come_in()
    field(host).fill("Half written")
    for page in (host, helper):
        page.get_by_role("link", name="Backchannel").click()
        expect(page.get_by_text("Only the people who run this session")).to_be_visible()
    write(host, "Two minutes left")
    expect(message(helper, "Two minutes left")).to_be_visible()
    menu_of(helper, "Two minutes left", "Delete")
    expect(host.get_by_text("This message was removed.")).to_be_visible()
    expect(guest.get_by_role("link", name="Backchannel")).to_have_count(0)
    host.get_by_role("link", name="Chat").click()
    expect(field(host)).to_have_value("Half written")
    host.go_back()
    expect(host.get_by_text("Only the people who run this session")).to_be_visible()
    expect(host).to_have_url(re.compile("/backchannel/$"))
    expect(host.get_by_role("link", name="Backchannel")).to_have_attribute("aria-current", "page")
    write(host, "Still listening")  # the page around the panel is still the same
    expect(message(helper, "Still listening")).to_be_visible()
    host.go_back()
    expect(host.get_by_role("link", name="Chat")).to_have_attribute("aria-current", "page")
    expect(field(host)).to_have_value("Half written")


def test_all_of_it_by_keyboard(come_in, owner, axe):
    page = come_in(user=owner)
    field(page).focus()
    page.keyboard.type("By hand")
    page.keyboard.press("Enter")
    expect(message(page, "By hand")).to_be_visible()
    for _ in range(12):  # back from the field to the message's own button
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.chat-more')"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Pin message")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This message was removed.")).to_be_visible()
    expect(page.get_by_role("region", name="Messages")).to_be_focused()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_is_in_the_way_of_anybody(come_in, owner, axe, session, dark):
    page = come_in(user=owner, width=390, dark=dark)
    axe(page, within=".chat")
    guest = Participant.objects.create(
        session=session, key="test:1", name="W" * 60, admitted_at=session.opened_at
    )
    write(page, "x" * 400)
    chat.say(author=guest, text="שלום https://example.org/" + "y" * 300)
    chat.pin(message=session.messages.last())
    chat.pause(session=session)
    expect(page.locator(".chat-pin")).to_be_visible()
    expect(page.get_by_text("The chat is paused.")).to_be_visible()
    expect(page.locator(".chat-message")).to_have_count(2)
    axe(page, within=".chat")
    wide = page.locator(".chat-scroll").evaluate("box => box.scrollWidth - box.clientWidth")
    assert wide <= 0
    small = page.locator(".chat").evaluate(
        """chat => [...chat.querySelectorAll("button:not([hidden]), .button")]
            .filter((one) => one.checkVisibility() && one.offsetHeight < 36).length"""
    )
    assert small == 0
    page.goto(page.url.replace("/chat/", "/backchannel/"))
    axe(page, within=".chat")


def test_without_javascript_it_is_a_form_and_a_page(come_in, owner, session):
    host, guest = come_in(user=owner, javascript=False), come_in(javascript=False)
    field(guest).fill("I have no script")
    guest.get_by_role("button", name="Send").click()
    expect(message(guest, "I have no script")).to_be_visible()
    host.get_by_role("link", name="Refresh").click()
    expect(message(host, "I have no script")).to_be_visible()
    menu_of(host, "I have no script", "Delete")
    expect(host.get_by_text("No messages yet.")).to_be_visible()

    ada = Participant.objects.get(name="Ada Lovelace")
    ada.session = session
    for number in range(60):
        chat.say(author=ada, text=f"Number {number}.")
    guest.get_by_role("link", name="Refresh").click()
    assert in_sight(guest, "Number 59.")
    guest.get_by_role("link", name="Earlier messages").click()
    expect(message(guest, "Number 9.")).to_be_visible()
    guest.get_by_role("link", name="Newest messages").click()
    field(guest).fill("")
    guest.get_by_role("button", name="Send").click()
    expect(guest.get_by_role("alert")).to_have_text("Write something first.")
