"""The one-port form in the test process: pages and event stream side by side."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from media_items.catalogue.models import Kind
from media_items.live.events.announcing import announce
from media_items.live.sessions import services
from tests import factories
from tests.browser.steps import scripts_run

pytestmark = pytest.mark.live


def test_a_fact_reaches_an_open_page(open_page, owner):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")
    page = open_page(user=owner)
    page.goto(f"/media/{room.public_id}/session/")
    page.get_by_role("button", name="Enter the lobby").click()
    expect(page.get_by_role("link", name="Chat")).to_have_attribute("aria-current", "page")
    page.evaluate("document.body.addEventListener('live:qna', () => (document.title = 'heard'))")
    scripts_run(page)
    announce(services.session_of(room), "qna")
    expect(page).to_have_title("heard")
    expect(page.get_by_role("link", name="Q&A").locator(".live-dot")).to_be_visible()
