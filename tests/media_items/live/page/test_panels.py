"""The page of a session is put together from what rooms hand in; it knows none of them."""

from __future__ import annotations

import pytest

from media_items.abilities import Ability
from media_items.catalogue.models import Kind
from media_items.live import wiring
from media_items.live.page import panels
from media_items.live.page.panels import Panel, Picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _undone(monkeypatch):
    """What a test hands in is gone after it."""
    for name in ("_panels", "_pictures", "_parts"):
        monkeypatch.setattr(panels, name, dict(getattr(panels, name)))


def tabs(browser, room):
    response = browser.get(f"/media/{room.public_id}/session/chat/")
    return [panel.name for panel in response.context["panels"]]


def test_a_room_that_hands_in_a_panel_has_a_tab(host, invite, room):
    before = tabs(host, room)
    panels.register_panel(Panel("polls", "Quiz", needs=Ability.MODERATE))
    assert tabs(host, room) == [*before, "polls"]
    assert "polls" not in tabs(invite("viewer"), room)


def test_a_part_is_in_the_context_of_every_page_inside(host, room):
    panels.register_part("clock", lambda place: {"clock_of": place.item})
    for name in ("chat", "qna", "participants"):
        page = host.get(f"/media/{room.public_id}/session/{name}/")
        assert page.context["clock_of"] == room


def test_a_picture_is_asked_for_with_the_whole_page_and_may_finish_every_answer(host, room):
    asked = []

    def context(request, place, live):
        asked.append(place.item)
        return {}

    def finish(response):
        response["X-Picture"] = "here"

    panels.register_picture(Kind.ROOM, Picture("components/_words.html", context, finish))
    address = f"/media/{room.public_id}/session/chat/"
    alone = host.get(address, headers={"HX-Request": "true"})
    assert (alone["X-Picture"], asked) == ("here", [])
    assert host.get(address)["X-Picture"] == "here"
    assert asked == [room]


def test_connecting_twice_is_once(host, room):
    before = tabs(host, room)
    wiring.connect()
    assert tabs(host, room) == before
