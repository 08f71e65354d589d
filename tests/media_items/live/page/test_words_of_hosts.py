"""Whoever runs a session is not told to wait for themself, before it and after it."""

from __future__ import annotations

import pytest

from media_items.live.sessions import services

pytestmark = pytest.mark.django_db

WAITS = "the host opens"


def pages(browser, room):
    """The item's own page, and the entrance."""
    item = room.get_absolute_url()
    return browser.get(item).text, browser.get(f"{item}session/").text


def test_a_host_is_told_what_opening_does_and_the_others_to_wait(client_of, owner, invite, room):
    for page in pages(client_of(owner), room):
        assert "Open the session" in page
        assert WAITS not in page
        assert "everybody in the lobby is let in automatically" in page
    for page in pages(invite("viewer", inside=False), room):
        assert WAITS in page


def test_a_host_who_has_ended_it_is_told_how_to_go_on(host, session, invite, room):
    services.end_session(session=session)
    _item, entrance = pages(host, room)
    assert "The session has ended" in entrance
    assert "You can open it again at any time" in entrance
    assert WAITS not in entrance
    assert WAITS in pages(invite("viewer", inside=False), room)[1]
