"""A page and its event stream: restarts, no stream at all, rights that change."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from media_items.catalogue.models import Kind
from media_items.live.events.announcing import announce, close_streams
from media_items.live.events.hub import HUB
from media_items.live.sessions import services
from tests import factories
from tests.browser.steps import of_script, scripts_run, seen_by_the_site, until

pytestmark = pytest.mark.live

# What a browser writes down by itself while there is no way to the site.
LOST = ["Failed to load resource", "ERR_", "/events/", "EventSource", "htmx:sendError"]
# A page asks by itself whether its right is still there, 40 s after it last did. Sooner is by the
# stream.
BY_THE_STREAM_MS = 25_000


@pytest.fixture
def room(owner):
    return factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")


def come_in(page: Page, room) -> None:
    page.goto(f"/media/{room.public_id}/session/")
    page.get_by_role("button", name=re.compile("Enter the lobby|Join the session")).click()
    expect(page).to_have_url(re.compile(r"/session/chat/$"))
    scripts_run(page)


def connection(page: Page, how: str) -> None:
    expect(page.locator("#live")).to_have_attribute("data-connection", how)


def lock_without_a_word(session) -> None:
    """As when the news of it was lost."""
    session.locked_at = timezone.now()
    session.save()


@pytest.mark.long
def test_after_a_restart_people_are_back_and_see_what_they_missed(
    open_page, live_process, owner, room
):
    page = open_page(user=owner, allow=LOST)
    come_in(page, room)
    connection(page, "streaming")
    session = services.session_of(room)
    me = session.participants.get()

    live_process.stop()
    lock_without_a_word(session)
    expect(page.get_by_text("The connection is lost")).to_be_visible()
    live_process.start()

    connection(page, "streaming")
    expect(page.locator("#live-top").get_by_text("Locked", exact=True).first).to_be_visible()
    expect(page.get_by_text("The connection is lost")).to_be_hidden()
    assert me.pk in HUB.attendance().here
    assert me.stays.filter(left_at=None).count() == 1
    announce(session, "qna")
    expect(page.get_by_role("link", name="Q&A").locator(".live-dot")).to_be_visible()


def test_a_script_that_was_not_to_be_had_is_asked_for_again(open_page, owner, room):
    page = open_page(user=owner, allow=LOST)
    refused = []

    def refuse_once(route):
        if refused:
            route.continue_()
        else:
            refused.append(route)
            route.abort("connectionrefused")

    page.route("**/live/participants.js*", refuse_once)
    come_in(page, room)
    with page.expect_response("**/live/participants.js*") as answered:
        until(page, lambda: refused)
    assert answered.value.ok


def test_what_was_only_missed_puts_a_dot_on_no_tab(open_page, live_process, owner, room):
    page = open_page(user=owner, allow=LOST)
    come_in(page, room)
    connection(page, "streaming")
    heard = "window.heard = 0; document.body.addEventListener('live:qna', () => window.heard++)"
    page.evaluate(heard)
    live_process.stop()
    live_process.start()
    page.wait_for_function("() => window.heard > 0")
    expect(page.locator(".live-dot:visible")).to_have_count(0)


def test_news_among_what_may_have_been_missed_is_news(open_page, owner, room):
    page = open_page(user=owner)
    come_in(page, room)
    connection(page, "streaming")
    of_script(
        page,
        "live/session.js",
        """({ relay }) => {
          relay.tell("qna", { w: 1000, again: true });
          relay.tell("qna", { w: 1000 });
          relay.tell("qna", { w: 1000, again: true });
        }""",
    )
    expect(page.get_by_role("link", name="Q&A").locator(".live-dot")).to_be_visible()


def test_without_a_stream_the_page_polls_and_its_person_is_there(open_page, owner, room):
    page = open_page(user=owner, allow=LOST)
    page.clock.install()
    page.route("**/events/**", lambda route: route.fulfill(status=502))
    come_in(page, room)
    connection(page, "polling")
    session = services.session_of(room)
    seen_at = session.participants.get().stays.get().seen_at
    lock_without_a_word(session)
    expect(page.locator("#live-top").get_by_text("Locked", exact=True).first).to_be_visible()
    page.clock.run_for(60_000)  # in which it says that its person is there
    until(page, lambda: session.participants.get().stays.get().seen_at > seen_at)
    assert session.participants.get().stays.get().left_at is None

    page.unroute("**/events/**")
    connection(page, "streaming")
    polls = []
    page.on(
        "request", lambda request: polls.append(request.url) if "/top/" in request.url else None
    )
    page.clock.run_for(30_000)
    seen_by_the_site(page)
    assert len(polls) <= 3  # what was missed, once, and no more


def test_a_right_that_changed_is_felt_at_once(open_page, owner, room):
    page = open_page(user=owner)
    come_in(page, room)
    connection(page, "streaming")
    session = services.session_of(room)
    [before] = HUB._of[session.participants.get().pk]
    with page.expect_response(re.compile("/session/heartbeat/")):
        announce(session, "rights", to=f"p{session.participants.get().pk}")
    me = session.participants.get().pk
    until(page, lambda: [one for one in HUB._of[me] if one is not before] == [*HUB._of[me]])
    connection(page, "streaming")


def test_whoever_is_removed_is_shown_so_at_once_and_hears_no_more(open_page, owner, room):
    proof = factories.InvitationProofFactory(invitation__item=room, invitation__role="viewer")
    services.open_session(item=room)
    page = open_page()
    page.context.add_cookies([_proof_cookie(proof, page)])
    come_in(page, room)
    connection(page, "streaming")
    me = services.session_of(room).participants.get()
    me.removed_at = timezone.now()
    me.save()
    close_streams(services.session_of(room), me.pk)
    ended = page.get_by_text("The host has removed you")
    expect(ended).to_be_visible(timeout=BY_THE_STREAM_MS)
    assert me.pk not in HUB.attendance().here


def test_two_windows_of_one_person_are_one_presence(open_page, owner, room):
    page = open_page(user=owner)
    come_in(page, room)
    connection(page, "streaming")
    other = page.context.new_page()
    other.goto(page.url)
    connection(other, "streaming")
    me = services.session_of(room).participants.get()
    assert len(HUB._of[me.pk]) == 2
    other.close()
    until(page, lambda: len(HUB._of[me.pk]) == 1)
    assert me.pk in HUB.attendance().here


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_the_line_about_a_lost_connection_can_be_read(open_page, axe, owner, room, width, dark):
    page = open_page(user=owner, width=width, dark=dark, allow=LOST)
    come_in(page, room)
    connection(page, "streaming")
    page.evaluate(
        "() => { const line = document.getElementById('live-connection');"
        "line.textContent = line.dataset.lost; }"
    )
    axe(page, within="#live-connection")


def _proof_cookie(proof, page):
    from django.conf import settings

    from tests.conftest import client_with_proofs

    name = settings.SESSION_COOKIE_NAME
    value = client_with_proofs(proof).cookies[name].value
    url = settings.SITE_URL
    return {"name": name, "value": value, "url": url, "httpOnly": True}


def test_what_is_told_while_scripts_are_on_their_way_is_not_lost(open_page, owner, room):
    page = open_page(user=owner)
    session = services.open_session(item=room)
    come_in(page, room)
    held, streams = [], []
    page.route("**/js/stage/tiles.js", lambda route: held.append(route), times=1)
    page.on("request", lambda request: streams.append(request) if "/events/" in request.url else 0)
    page.goto(f"/media/{room.public_id}/session/chat/", wait_until="commit")
    until(page, lambda: held)
    page.wait_for_timeout(500)
    services.lock_session(session=session)
    assert not streams
    held[0].continue_()
    locked = page.locator("#live-top").get_by_text("Locked", exact=True).first
    expect(locked).to_be_visible(timeout=BY_THE_STREAM_MS)
