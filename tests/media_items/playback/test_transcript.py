"""Captions as a text to read, and as lines that lead into the film."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_items.lengths import clock
from media_items.playback.transcript import read_part
from media_items.processing import services as processing
from media_items.processing.models import TranscriptPart
from media_items.processing.transcripts import LINES_PER_PART
from tests.media_items.playback.conftest import main_of

pytestmark = pytest.mark.django_db

VTT = """WEBVTT

00:00:03.500 --> 00:00:05.000
<v Ada>Cells &amp; <b>more</b>
cells

01:01:15.000 --> 01:01:16.000
&lt;script&gt;alert(1)&lt;/script&gt;
"""


def add(item, text=VTT, *, language="en", label="English"):
    upload = ContentFile(text.encode(), name="captions.vtt")
    return processing.add_captions(item=item, upload=upload, language=language, label=label)


@pytest.fixture
def captions(item):
    return add(item)


def read(client, item, query="", *, htmx=False):
    headers = {"HX-Request": "true"} if htmx else {}
    return client.get(f"/media/{item.public_id}/transcript/{query}", headers=headers)


def test_a_transcript_is_words_and_times(captions):
    first, second = read_part(captions, 1).lines
    assert (first.start, first.clock, first.text) == (3.5, "0:03", "Cells & more cells")
    assert (second.start, second.clock) == (3675.0, "1:01:15")


def test_what_lies_on_disk_is_not_read_again(captions, client_of, owner, item):
    captions.file.storage.delete(captions.file.name)
    assert "Cells &amp; more cells" in read(client_of(owner), item).content.decode()


def long_captions(lines):
    cues = (
        f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.000 --> "
        f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.900\nwords {n}.\n"
        for n in range(lines)
    )
    return "WEBVTT\n\n" + "\n".join(cues)


def test_a_page_holds_one_part_however_long_the_captions(client_of, owner, item):
    """49,000 lines cost 5.8 s for each anonymous reader when they were read from the file."""
    add(item, long_captions(2 * LINES_PER_PART + 10))
    client = client_of(owner)
    first, last = read(client, item), read(client, item, "?part=3")
    assert first.content.count(b"<li dir") == LINES_PER_PART
    assert last.content.count(b"<li dir") == 10
    assert "Later, from 16:40" in first.content.decode()
    assert "part=2" in first.content.decode()
    assert "Earlier" not in first.content.decode()
    assert "Earlier, from 16:40" in last.content.decode()
    assert "Later" not in last.content.decode()
    assert "words 2009." in last.content.decode()
    for odd in ("99", "0", "-1", "x", "9" * 40):
        assert read(client, item, f"?part={odd}").status_code == 200


def test_a_reader_costs_as_many_questions_for_long_captions_as_for_short_ones(
    client_of, owner, item
):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            read(client, item, "?language=en")
        return len(asked)

    client = client_of(owner)
    add(item, long_captions(3))
    read(client, item)
    short = questions()
    add(item, long_captions(3 * LINES_PER_PART))
    assert questions() == short


def test_an_update_of_the_site_makes_the_transcripts_of_captions_there_are(item, captions):
    lost = add(item, language="de")
    lost.file.storage.delete(lost.file.name)
    TranscriptPart.objects.all().delete()
    import_module("media_items.migrations.0003_transcript_parts").make_parts(apps, None)
    assert [line.text for line in read_part(captions, 1).lines] == [
        "Cells & more cells",
        "<script>alert(1)</script>",
    ]
    assert read_part(lost, 1).lines == []


def test_under_the_player_the_parts_follow_each_other(client_of, owner, item):
    add(item, long_captions(LINES_PER_PART + 1))
    html = read(client_of(owner), item, htmx=True).content.decode()
    assert 'data-transcript="later" data-part-start="1000.000"' in html


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
    add(item, VTT.replace("Cells", "Zellen"), language="de", label="Deutsch")
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
