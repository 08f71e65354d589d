"""Devices and line, tried before a session by anybody."""

from __future__ import annotations

import pytest

from access.links import guest_link_address
from media_items.catalogue.models import Kind
from media_items.live.stage.views.trying import LINE_BYTES
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/devices/"
LINE = "/devices/line/"
BYTES = "application/octet-stream"


def test_a_stranger_tries_devices_and_learns_of_no_item(client):
    room = factories.MediaItemFactory(kind=Kind.ROOM, title="Office hour")
    page = client.get(PAGE)
    assert page.status_code == 200
    assert 'id="device-check"' in page.text
    assert f'data-bytes="{LINE_BYTES}"' in page.text
    assert room.title not in page.text
    assert "Go on stage" not in page.text


def test_the_line_brings_as_many_bytes_as_it_takes(client):
    answer = client.get(LINE)
    assert len(answer.content) == LINE_BYTES
    assert "no-store" in answer["Cache-Control"]
    assert client.get(f"{LINE}?empty").status_code == 204
    assert client.post(LINE, b"x" * LINE_BYTES, content_type=BYTES).status_code == 204


def test_more_than_that_is_not_read(client):
    assert client.post(LINE, b"x" * (LINE_BYTES + 1), content_type=BYTES).status_code == 413


def test_a_network_measures_only_so_often(client, settings):
    settings.TRY_LINE_RATE_PER_NETWORK = "2/m"
    assert client.get(LINE).status_code == 200
    assert client.post(LINE, b"x", content_type=BYTES).status_code == 204
    assert client.get(LINE).status_code == 429
    assert client.post(LINE, b"x", content_type=BYTES).status_code == 429
    assert client.get(f"{LINE}?empty").status_code == 204
    assert client.get(LINE, REMOTE_ADDR="198.51.100.7").status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_no_other_site_makes_a_browser_measure(client, site):
    elsewhere = {"Sec-Fetch-Site": site}
    assert client.get(LINE, headers=elsewhere).status_code == 403
    assert client.post(LINE, b"x", content_type=BYTES, headers=elsewhere).status_code == 403
    answer = client.get(LINE, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(("kind", "offers"), [(Kind.ROOM, True), (Kind.VIDEO, False)])
def test_the_door_of_a_room_offers_it(client, kind, offers):
    item = factories.MediaItemFactory(kind=kind)
    link = factories.GuestLinkFactory(item=item, access_on=True)
    assert (PAGE in client.get(guest_link_address(link)).text) is offers


@pytest.mark.parametrize(("kind", "offers"), [(Kind.ROOM, True), (Kind.LIVE_EVENT, False)])
def test_the_entrance_of_a_room_offers_it_while_one_waits(client_of, kind, offers):
    item = factories.MediaItemFactory(kind=kind)
    page = client_of(item.owner).get(f"/media/{item.public_id}/session/", follow=True)
    assert (PAGE in page.text) is offers
