"""Captions as a text to read, and as lines that lead into the film."""

from __future__ import annotations

import pytest

from media_items.playback.transcript import clock, read_transcript
from media_items.processing.models import Purpose
from tests.media_items.playback.conftest import main_of, store

pytestmark = pytest.mark.django_db

VTT = """WEBVTT

00:00:03.500 --> 00:00:05.000
<v Ada>Cells &amp; <b>more</b>
cells

01:01:15.000 --> 01:01:16.000
&lt;script&gt;alert(1)&lt;/script&gt;
"""


@pytest.fixture
def captions(item):
    return store(item, Purpose.CAPTIONS, VTT.encode(), language="en", label="English")


def read(client, item, query="", *, htmx=False):
    headers = {"HX-Request": "true"} if htmx else {}
    return client.get(f"/media/{item.public_id}/transcript/{query}", headers=headers)


def test_a_transcript_is_words_and_times(captions):
    first, second = read_transcript(captions.file)
    assert (first.start, first.clock, first.text) == (3.5, "0:03", "Cells & more cells")
    assert (second.start, second.clock) == (3675.0, "1:01:15")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"no captions at all", b"WEBVTT\n\n"])
def test_what_cannot_be_read_is_an_empty_transcript(item, content):
    row = store(item, Purpose.CAPTIONS, content, language="fr")
    assert read_transcript(row.file) == []


def test_a_lost_file_is_an_empty_transcript(captions):
    captions.file.storage.delete(captions.file.name)
    assert read_transcript(captions.file) == []


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00"), (75, "1:15"), (3675, "1:01:15")])
def test_a_clock_is_written_as_people_read_it(seconds, words):
    assert clock(seconds) == words


def test_without_script_the_transcript_is_a_page_of_plain_text(client_of, owner, item, captions):
    response = read(client_of(owner), item)
    assert b"<html" in response.content
    html = main_of(response)
    assert "Cells &amp; more cells" in html
    assert "<script>alert" not in html
    assert "data-start" not in html


def test_under_the_player_its_lines_are_buttons(client_of, owner, item, captions):
    response = read(client_of(owner), item, htmx=True)
    html = response.content.decode()
    assert "<html" not in html
    assert 'data-start="3.500"' in html
    assert "HX-Request" in response["Vary"]


def test_each_language_has_its_transcript(client_of, owner, item, captions):
    store(item, Purpose.CAPTIONS, VTT.replace("Cells", "Zellen").encode(), language="de")
    client = client_of(owner)
    assert "Zellen" in read(client, item, "?language=de").content.decode()
    assert "Cells" in read(client, item, "?language=en").content.decode()
    assert "Cells" in read(client, item).content.decode()  # the language of the page
    assert "Zellen" in read(client, item, "?language=xx").content.decode()


def test_an_item_without_captions_says_so(client_of, owner, item):
    assert "There is no transcript." in read(client_of(owner), item).content.decode()


def test_the_transcript_of_a_private_item_is_not_for_strangers(
    client_of, stranger, guest_client, item, captions
):
    assert read(client_of(stranger), item).status_code == 404
    assert read(guest_client, item).status_code == 200
