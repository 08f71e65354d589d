"""Every page of a session with JavaScript off: nothing stands there that only a script could do,
and nothing is promised that only a script would keep."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page, expect

from media_items.catalogue.models import Kind, State
from media_items.live.sessions import services
from tests import factories
from tests.conftest import client_with_admissions

pytestmark = pytest.mark.live

ROOMS = (
    *("chat/", "qna/", "participants/", "backchannel/", "polls/", "polls/new/"),
    *("settings/", "stage-access/", "end/"),
)
OF_KIND = {
    Kind.ROOM: ("stage/device-check/", "stage/invitation/"),
    Kind.LIVE_EVENT: ("broadcast/watch/", "broadcast/recordings/", "broadcast/stop/"),
}
WAY_IN = re.compile("Enter the lobby|Join the session")
# What comes by itself needs a script, but where the page loads itself again or has been asked.
PROMISES = re.compile(r"Stay on this page|(starts|resumes) automatically|come back…")
# What is seen and does nothing: buttons that are no form's, links to nowhere, fields without a
# button that sends them.
DEAD = """
  () => {
    const isSeen = (one) => one.checkVisibility({ visibilityProperty: true });
    const seen = (what) => [...document.querySelectorAll(what)].filter(isSeen);
    const menus = [...document.querySelectorAll("[popover]")];
    for (const menu of menus) {
      menu.popover = "manual"; // several at once
      menu.showPopover();
    }
    const sends = (form) => [...form.elements].some((one) => one.type === "submit" && isSeen(one));
    const found = [
      ...seen("button").filter((one) => one.type === "button" && !one.popoverTargetElement),
      ...seen("button").filter((one) => one.type === "submit" && !one.form),
      ...seen("a:not(.skip-link)").filter((one) => !/^[^#]/.test(one.getAttribute("href") ?? "")),
      ...seen("input, select, textarea").filter((one) => !one.form || !sends(one.form)),
      ...seen(".dialog-panel").filter(() => !seen("main a[href]").length), // no way back
    ].map((one) => one.outerHTML.slice(0, 120));
    for (const menu of menus) menu.hidePopover();
    return found;
  }
"""


def of_guest(page: Page, item) -> Page:
    link = factories.GuestLinkFactory(item=item, access_on=True)
    client = client_with_admissions(factories.GuestAdmissionFactory(guest__link=link, name="Ada"))
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "domain": "localhost", "path": "/"}]
    )
    return page


@pytest.mark.long
@pytest.mark.parametrize("kind", OF_KIND)
def test_no_page_of_a_session_promises_what_only_a_script_does(
    open_page, owner, transactional_db, kind
):
    state = State.UNLISTED if kind == Kind.LIVE_EVENT else State.PRIVATE
    item = factories.MediaItemFactory(owner=owner, kind=kind, state=state, title="Office hour")
    base = f"/media/{item.public_id}/session/"
    host = open_page(user=owner, javascript=False, allow=["403", "404"])
    guest = of_guest(open_page(javascript=False, allow=["403", "404"]), item)
    wrong = []

    def look(page, when):
        words = page.locator("body").inner_text()
        wrong.extend((when, page.url, promise[0]) for promise in PROMISES.finditer(words))
        wrong.extend((when, page.url, dead) for dead in page.evaluate(DEAD))

    for when in ("lobby", "live"):
        for page in (host, guest):
            page.goto(item.get_absolute_url())
            look(page, when)
            page.goto(base)
            look(page, when)
            if (way_in := page.get_by_role("button", name=WAY_IN)).count():
                way_in.first.click()
            expect(page.get_by_role("link", name="Refresh")).to_be_visible()
            for end in (*ROOMS, *OF_KIND[kind]):
                page.goto(base + end)
                look(page, when)
        if when == "lobby":
            services.open_session(item=item)
    services.end_session(session=services.session_of(item), reason="by_host")
    for page in (host, guest):
        page.goto(base)
        look(page, "ended")
    session = item.live_sessions.get()
    for end in ("", "chat/", "questions/", "polls/", "write/"):
        host.goto(f"/media/{item.public_id}/sessions/{session.public_id}/{end}")
        look(host, "report")
    assert wrong == []


def test_without_script_the_settings_lead_back_into_the_session(open_page, owner, transactional_db):
    item = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")
    host = open_page(user=owner, javascript=False)
    host.goto(item.get_absolute_url())
    host.get_by_role("button", name="Open the session").click()
    for press in ("Cancel", "Save"):
        host.get_by_role("button", name="More for this session").click()
        host.get_by_role("menuitem", name="Session settings").click()
        host.get_by_role("heading", name="Session settings").wait_for()
        host.get_by_role("link" if press == "Cancel" else "button", name=press).click()
        expect(host).to_have_url(re.compile(r"/session/chat/$"))
