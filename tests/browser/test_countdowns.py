"""Pages that open by themselves, read on machines whose clock is wrong."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from media_items.catalogue.models import Kind
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
