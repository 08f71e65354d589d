"""The media page: what is on it, for whom."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from access.guests.models import GuestLink
from media_items.catalogue.models import Kind, State
from media_items.processing.models import Preparation, Purpose
from tests import factories
from tests.conftest import client_with_admissions
from tests.media_items.playback.conftest import address, store

pytestmark = pytest.mark.django_db

ENTRIES = (
    "Edit",
    "Publish",
    "Invite users",
    "Manage guest access",
    "Download",
    "Embed",
    "Delete",
)
NOON = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)


def page(client, item, query="") -> str:
    response = client.get(f"/media/{item.public_id}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def menu_entries(html: str) -> list[str]:
    start = html.find('id="item-menu"')
    menu = html[start : html.find("</article>")] if start > 0 else ""
    return [entry for entry in ENTRIES if re.search(rf"</svg>\s*{entry}\s*</a>", menu)]


def show_to_everybody(item):
    item.state = State.UNLISTED
    item.save()


# --- who sees which entrances -----------------------------------------------------------------


def test_the_owner_sees_share_and_every_entry(client_of, owner, item, playback, original):
    html = page(client_of(owner), item)
    assert menu_entries(html) == list(ENTRIES)
    assert f'href="/media/{item.public_id}/share/"' in html
    assert html.count('class="menu-group"') == 4


def test_a_co_editor_sees_everything_but_delete(client_of, co_editor, item, playback, original):
    html = page(client_of(co_editor), item)
    assert menu_entries(html) == [entry for entry in ENTRIES if entry != "Delete"]
    assert html.count('class="menu-group"') == 3


def test_download_is_absent_while_there_is_no_uploaded_file(client_of, owner, item):
    assert "Download" not in menu_entries(page(client_of(owner), item))


def test_a_visitor_without_abilities_sees_no_share_and_no_menu_button(
    client_of, stranger, item, playback, original
):
    show_to_everybody(item)
    for client in (client_of(stranger), Client()):
        html = page(client, item)
        assert item.title in html
        for absent in ("item-menu", "media-actions", "share-button", "access-line"):
            assert absent not in html


def test_a_guest_sees_who_they_are_and_no_entrances(guest_client, item, playback, original):
    html = page(guest_client, item)
    assert "Ada Lovelace" in html
    assert 'class="guest-bar"' in html
    assert "media-actions" not in html


def test_a_guest_who_may_download_sees_that_one_entry(guest_client, link, item, original):
    GuestLink.objects.filter(pk=link.pk).update(may_download=True)
    html = page(guest_client, item)
    assert menu_entries(html) == ["Download"]
    assert "share-button" not in html
    assert html.count('class="menu-group"') == 1


def test_only_those_who_may_share_see_the_state_line(client_of, owner, stranger, item):
    show_to_everybody(item)
    assert 'id="access-line"' in page(client_of(owner), item)
    assert 'id="access-line"' not in page(client_of(stranger), item)


def test_every_entrance_is_a_link_that_opens(client_of, owner, item, playback, original):
    client = client_of(owner)
    page(client, item)
    dialogs = ("share/", "publish/", "invitations/new/", "guest-links/", "embed-code/", "delete/")
    for end in ("edit/", *dialogs):
        assert client.get(f"/media/{item.public_id}/{end}").status_code == 200


def test_a_stranger_gets_404_for_a_private_item(client_of, stranger, item):
    assert client_of(stranger).get(f"/media/{item.public_id}/").status_code == 404
    assert Client().get("/media/nothing/").status_code == 404


# --- the words --------------------------------------------------------------------------------


def test_the_words_of_the_item_are_shown_and_escaped(client_of, owner, item, playback):
    item.title = "<script>alert(1)</script>"
    item.description = "See https://example.org/a?b=1&c=2 and www.example.edu\n\n<b>Second</b>"
    item.tags = "mitosis, <i>cells</i>"
    item.save()
    html = page(client_of(owner), item)
    assert "<script>alert" not in html
    assert "<b>Second" not in html
    assert "<i>cells" not in html
    assert 'href="https://example.org/a?b=1&amp;c=2" rel="nofollow"' in html
    assert 'href="https://www.example.edu" rel="nofollow"' in html
    assert "<p>&lt;b&gt;Second" in html
    assert "Noa Levi" in html
    assert "1:15" in html


def test_a_gallery_is_named_to_those_who_see_it(client_of, owner, stranger, member, item, gallery):
    item.state = State.PUBLISHED
    item.save()
    factories.PublicationFactory(item=item, gallery=gallery)
    secret = factories.GalleryFactory(name="Board meetings")
    factories.PublicationFactory(item=item, gallery=secret)
    html = page(client_of(member), item)
    assert gallery.name in html
    assert "Board meetings" not in html
    assert gallery.name not in page(client_of(owner), item)


# --- players ----------------------------------------------------------------------------------


def test_a_video_plays_with_captions_and_poster(client_of, owner, item, playback):
    store(item, Purpose.POSTER)
    track = store(item, Purpose.CAPTIONS, language="he", label="עברית")
    html = page(client_of(owner), item)
    assert f'<source src="{address(playback)}" type="video/mp4">' in html
    assert f'poster="/media/{item.public_id}/thumbnail/"' in html
    assert f'<track kind="captions" src="{address(track)}" srclang="he" label="עברית">' in html
    assert f"/media/{item.public_id}/transcript/" in html
    assert "controlslist" not in html


def test_the_native_control_offers_no_download_to_those_who_may_not(item, playback):
    show_to_everybody(item)
    assert 'controlslist="nodownload"' in page(Client(), item)


def test_an_audio_item_has_an_audio_player(client_of, owner):
    item = factories.MediaItemFactory(owner=owner, kind=Kind.AUDIO)
    row = store(item, Purpose.PLAYBACK, content_type="audio/mp4", waveform="00ff80")
    html = page(client_of(owner), item)
    assert '<audio slot="media" controls' in html
    assert address(row) in html
    assert 'data-waveform="00ff80"' in html


def test_the_frame_has_the_shape_of_the_film_before_it_is_there(client_of, owner, item, playback):
    assert 'viewBox="0 0 320 180"' in page(client_of(owner), item)
    item.files.filter(pk=playback.pk).update(width=None, height=None)
    assert 'viewBox="0 0 16 9"' in page(client_of(owner), item)


@pytest.mark.parametrize(
    ("query", "begins"), [("?t=1m5s", "#t=65"), ("?t=1:20", ""), ("?t=soon", ""), ("", "")]
)
def test_a_film_begins_where_the_address_says_within_its_length(item, playback, query, begins):
    show_to_everybody(item)
    html = page(Client(), item, query)
    assert f'<source src="{address(playback)}{begins}" type="video/mp4">' in html
    assert ("data-begins-at" in html) is bool(begins)


def test_how_far_one_has_watched_goes_by_a_name_of_one_person_and_one_item(
    client_of, owner, guest_client, item, playback
):
    def watcher(client) -> str:
        return re.search(r'data-watcher="(\w*)"', page(client, item))[1]

    show_to_everybody(item)
    known = {watcher(client_of(owner)), watcher(guest_client)}
    assert len(known) == 2
    assert all(len(one) == 64 for one in known)
    assert watcher(Client()) == ""  # two whom the site does not know cannot be told apart


def test_only_a_page_with_a_player_has_a_nonce_for_its_styles_and_its_scripts(item, playback):
    show_to_everybody(item)
    plain = "style-src 'self';"
    response = Client().get(item.get_absolute_url())
    policy = response["Content-Security-Policy"]
    [nonce] = re.findall(r'player/styles\.js" nonce="([^"]+)"', response.content.decode())
    assert f"style-src 'self' 'nonce-{nonce}'" in policy
    assert "script-src 'self';" in policy
    assert "media-src 'self';" in policy
    item.files.all().delete()
    response = Client().get(item.get_absolute_url())
    assert plain in response["Content-Security-Policy"] + ";"
    assert "media-chrome" not in response.content.decode()


@pytest.fixture
def document(owner):
    item = factories.MediaItemFactory(owner=owner, kind=Kind.DOCUMENT)
    for number in range(1, 46):
        store(item, Purpose.PAGE, number=number, width=1400, height=1980, text=f"Words of {number}")
    return item


def numbers(html):
    return [number for number in range(1, 46) if f'id="page-{number}"' in html]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", range(1, 21)),
        ("?page=20", range(1, 21)),
        ("?page=21", range(21, 41)),
        ("?page=45", range(41, 46)),
        ("?page=9999", range(41, 46)),
        ("?page=0", range(1, 21)),
        ("?page=-3", range(1, 21)),
        ("?page=abc", range(1, 21)),
        ("?page=²", range(1, 21)),
        ("?page=" + "9" * 5000, range(1, 21)),
    ],
)
def test_a_document_is_read_twenty_pages_at_a_time(client_of, owner, document, query, shown):
    assert numbers(page(client_of(owner), document, query)) == list(shown)


def test_a_page_of_a_document_has_its_size_its_name_and_its_text(client_of, owner, document):
    html = page(client_of(owner), document, "?page=25")
    assert 'width="1400" height="1980" alt="Page 25"' in html
    assert "Words of 25" in html
    assert "of 45" in html
    assert 'href="?page=1" rel="prev"' in html
    assert 'href="?page=41" rel="next"' in html
    before, after = html.split("autofocus")
    assert 'id="page-25"' in before[-200:]
    assert 'alt="Page 25"' in after


def test_pages_of_a_private_document_are_not_for_strangers(client_of, stranger, document):
    row = document.files.first()
    assert client_of(stranger).get(address(row)).status_code == 404


# --- quiz, live event, room -------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.LIVE_EVENT, Kind.ROOM])
@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ((1, 2), "Not yet started"),
        ((-1, 1), "The lobby is open"),
        ((-2, -1), "This session has ended"),
    ],
)
def test_a_session_says_where_it_is_in_its_time(client_of, owner, kind, hours, said):
    start, end = (NOON + timedelta(hours=hour) for hour in hours)
    item = factories.MediaItemFactory(
        owner=owner, kind=kind, starts_at=start, ends_at=end, time_zone="Asia/Jerusalem"
    )
    client = client_of(owner)
    with time_machine.travel(NOON, tick=False):
        client.force_login(owner)
        html = page(client, item)
    assert said in html
    # The event's own clock stands once, and what is over says one time.
    is_over = said == "This session has ended"
    assert (f"{start:%H:%M} UTC</time>" in html) is not is_over
    assert f"{end:%H:%M} UTC</time>" in html
    there = f"(event time: {start + timedelta(hours=3):%H:%M} UTC+3)"
    assert html.count('class="event-time"') == html.count(there) == (0 if is_over else 1)
    assert ("data-countdown" in html) == (said == "Not yet started")


@pytest.mark.parametrize("who", ["owner", "guest"])
def test_what_is_not_shown_of_the_file_is_said_to_its_owner_only(
    client_of, owner, guest_client, item, playback, original, who
):
    notes = [{"note": "subtitles", "total": 1}]
    Preparation.objects.update_or_create(item=item, defaults={"notes": notes})
    html = page(client_of(owner) if who == "owner" else guest_client, item)
    assert ("This file contains 1 subtitle track" in html) is (who == "owner")


# --- the bare address -------------------------------------------------------------------------


def test_the_bare_address_leads_to_ones_own_media_or_to_the_door(client_of, owner):
    assert client_of(owner).get("/")["Location"] == "/media/"
    assert Client().get("/")["Location"] == "/accounts/sign-in/"


# --- cost -------------------------------------------------------------------------------------


def test_the_media_page_of_a_guest_costs_three_queries(
    guest_client, item, playback, original, django_assert_num_queries
):
    store(item, Purpose.CAPTIONS, language="en")
    with django_assert_num_queries(3):  # session, item with admission, files
        page(guest_client, item)


def test_the_media_page_of_a_guest_of_a_room_costs_four_queries(owner, django_assert_num_queries):
    """Two more than a closed door would: the newest session and the settings say the state."""
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    link = factories.GuestLinkFactory(item=room, access_on=True)
    client = client_with_admissions(factories.GuestAdmissionFactory(guest__link=link))
    with django_assert_num_queries(4):  # session, item with admission, session, settings
        page(client, room)


def test_a_long_document_costs_as_many_queries_as_a_short_one(document, django_assert_num_queries):
    show_to_everybody(document)
    short = factories.MediaItemFactory(kind=Kind.DOCUMENT, state=State.UNLISTED)
    store(short, Purpose.PAGE, number=1, width=10, height=10)
    for item in (short, document):
        with django_assert_num_queries(3):  # item, files, pages
            page(Client(), item)


def test_the_page_is_asked_for_each_time(item, playback):
    show_to_everybody(item)
    response = Client().get(f"/media/{item.public_id}/")
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-cache"}


def test_without_script_a_page_that_opens_later_asks_again_by_itself(client, owner):
    client.force_login(owner)
    now, hour = timezone.now(), timedelta(hours=1)
    for starts_at, ends_at, asks in ((now + hour, None, True), (now - hour, now, False)):
        room = factories.MediaItemFactory(
            owner=owner, kind=Kind.ROOM, starts_at=starts_at, ends_at=ends_at
        )
        html = page(client, room)
        assert ('<noscript><meta http-equiv="refresh"' in html) is asks
