"""Pages that open by themselves on machines whose clock is wrong; times in another zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from playwright.sync_api import expect

from access.links import guest_link_address
from media_items.catalogue.models import Kind, MediaItem
from media_items.live.models import LiveSettings
from tests import factories

# Only what the clock on the wall says; the browser's steady clock is what it is.
WRONG_CLOCK = """
  (() => {
    const [Right, shift] = [Date, %d];
    globalThis.Date = class extends Right {
      constructor(...given) { given.length ? super(...given) : super(Right.now() + shift) }
      static now() { return Right.now() + shift }
    };
  })()
"""


def test_a_page_opens_by_itself_whatever_the_readers_clock_says(open_page):
    """A clock ahead opened it too early once and never again; one behind, that much too late."""
    opens = timezone.now() + timedelta(seconds=12)
    item = factories.MediaItemFactory(kind=Kind.ROOM, starts_at=opens)
    LiveSettings.objects.create(item=item, early_entrance_minutes=0)
    pages = []
    for shift in (30_000, -86_400_000):
        page = open_page(user=item.owner)
        page.add_init_script(WRONG_CLOCK % shift)
        page.goto(item.get_absolute_url())
        pages.append(page)
        expect(page.get_by_role("timer")).to_have_text(re.compile(r"0:\d\d"))
    for page in pages:
        expect(page.get_by_text("The lobby is open")).to_be_visible()


def test_a_first_visit_and_a_second_show_one_time_the_readers_own(open_page, picture):
    """The browser is in Jerusalem, the event in New York, the site in UTC."""
    starts = datetime(2031, 1, 15, 18, 45, tzinfo=UTC)
    event = factories.MediaItemFactory(
        kind=Kind.LIVE_EVENT, starts_at=starts, time_zone="America/New_York"
    )
    link = factories.GuestLinkFactory(item=event, access_on=True)
    shown = "Wed 15 Jan 2031, 20:45 UTC+2"
    without = open_page(javascript=False)
    without.goto(guest_link_address(link))
    expect(without.locator(".door-facts time")).to_have_text("Wed 15 Jan 2031, 18:45 UTC")
    expect(without.locator(".event-time")).to_have_text("(event time: 13:45 EST)")

    page = open_page(width=390)
    for visit in ("first", "second"):
        page.goto(guest_link_address(link))
        expect(page.locator(".door-facts time")).to_have_text(shown)
        expect(page.locator(".event-time")).to_have_text("(event time: 13:45 EST)")
        of = "browser" if visit == "second" else "site"
        assert page.locator("html").get_attribute("data-zone-of") == of
        picture(page, f"one-clock-{visit}")
    [cookie] = [one for one in page.context.cookies() if one["name"] == "foyer_zone"]
    assert (cookie["value"], cookie["sameSite"]) == ("Asia/Jerusalem", "Lax")

    MediaItem.objects.filter(pk=event.pk).update(time_zone="Africa/Cairo")
    fresh = open_page()
    fresh.goto(guest_link_address(link))
    expect(fresh.locator(".door-facts time")).to_have_text(shown)
    expect(fresh.locator(".event-time")).to_have_count(0)

    # A zone chosen in the account is obeyed, wherever the browser is.
    type(event.owner).objects.filter(pk=event.owner.pk).update(time_zone="Asia/Tokyo")
    host = open_page(user=event.owner)
    host.goto(event.get_absolute_url())
    expect(host.locator(".schedule time").first).to_have_text("Thu 16 Jan 2031, 03:45 UTC+9")
