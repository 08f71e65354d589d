"""A session that is opened, or has ended, long before the time it is planned for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from media_items.catalogue.models import Kind
from media_items.live.sessions import services
from media_items.live.sessions.models import LiveSession
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys_made_up")]


@pytest.fixture
def browser(client_of, owner):
    return client_of(owner)


@pytest.fixture
def planned(owner):
    """`planned(hours)`: a live event that starts then."""

    def make(hours, **facts):
        starts_at = timezone.now() + timedelta(hours=hours)
        return factories.MediaItemFactory(
            owner=owner,
            kind=Kind.LIVE_EVENT,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            **facts,
        )

    return make


def address(item, end=""):
    return f"/media/{item.public_id}/session/{end}"


def test_opening_long_before_the_start_asks_and_says_for_when_it_is_planned(browser, planned):
    item = planned(150)
    for page in (item.get_absolute_url(), address(item)):
        html = browser.get(page).content.decode()
        assert f'hx-get="{address(item, "open/")}"' in html
        assert f'action="{address(item, "open/")}"' not in html
    asked = browser.get(address(item, "open/")).content.decode()
    assert "The start is planned for" in asked
    assert "can join at once" in asked
    assert not LiveSession.objects.exists()


def test_in_its_lobby_opening_it_long_before_the_start_asks_too(browser, planned):
    item = planned(150)
    browser.post(address(item, "enter/"))
    html = browser.get(address(item), follow=True).content.decode()
    assert f'hx-get="{address(item, "open/")}"' in html


@pytest.mark.parametrize("hours", [0.1, -0.1])
def test_opening_it_in_time_asks_nothing(browser, planned, hours):
    item = planned(hours)
    html = browser.get(address(item)).content.decode()
    assert f'action="{address(item, "open/")}"' in html
    assert f'hx-get="{address(item, "open/")}"' not in html


def test_a_viewer_is_not_asked_whether_to_open_it(planned, invite):
    item = planned(150)
    assert invite("viewer", item=item, inside=False).get(address(item, "open/")).status_code == 403


def test_before_the_lobbys_time_its_button_says_that_it_opens_the_lobby(browser, planned):
    html = browser.get(address(planned(150))).content.decode()
    assert "Open the lobby now" in html
    assert "Enter the lobby" not in html


def test_after_an_end_before_its_time_the_pages_say_when_and_what_is_planned(
    browser, planned, invite
):
    item = planned(150)
    browser.post(address(item, "open/"))
    browser.post(address(item, "end/"))
    viewer = invite("viewer", item=item, inside=False)
    host_reads = browser.get(address(item)).content.decode()
    assert "The session has ended" in host_reads
    assert "The session ended on" in host_reads
    assert "The lobby opens on" in host_reads
    viewer_reads = viewer.get(address(item)).content.decode()
    assert "The lobby is not open yet" in viewer_reads
    for html in (viewer_reads, browser.get(item.get_absolute_url()).content.decode()):
        assert "The last session ended on" in html
        assert "The lobby opens on" in html


def test_nothing_is_said_of_a_session_that_nobody_opened(browser, planned):
    item = planned(150)
    browser.post(address(item, "enter/"))
    services.end_session(session=LiveSession.objects.get())
    html = browser.get(address(item)).content.decode()
    assert "ended on" not in html
    assert "The lobby is not open yet" in html


def test_a_room_without_a_start_opens_at_once(browser, room):
    html = browser.get(address(room)).content.decode()
    assert f'action="{address(room, "open/")}"' in html
