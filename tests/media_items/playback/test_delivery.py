"""Bytes as the app itself sends them, and what it says to nginx when nginx does."""

from __future__ import annotations

import os

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.test import Client

from media_items.catalogue.models import State
from media_items.delivery.files import CHUNK_BYTES
from media_items.processing.models import Purpose
from tests.media_items.playback.conftest import TEN, address, body, store

pytestmark = pytest.mark.django_db
YEAR_2001 = 1_000_000_000


@pytest.fixture
def row(item):
    """A playback file of an item that everybody may see, changed long ago."""
    item.state = State.UNLISTED
    item.save()
    row = store(item, Purpose.PLAYBACK)
    os.utime(row.file.path, (YEAR_2001, YEAR_2001))
    return row


def get(row, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client().get(address(row), headers=headers)


def test_the_whole_file_comes_with_everything_a_player_needs_to_seek(row):
    response = get(row)
    assert (response.status_code, body(response)) == (200, TEN)
    assert response["Content-Length"] == "10"
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Type"] == "video/mp4"
    assert response["Last-Modified"] == "Sun, 09 Sep 2001 01:46:40 GMT"
    assert response["ETag"].startswith('"')
    assert "Content-Range" not in response


def test_bytes_are_asked_for_each_time_and_run_nothing(row):
    response = get(row)
    assert response["Cache-Control"] == "private, no-cache"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Content-Disposition"] == "inline"


@pytest.mark.parametrize(
    ("asked", "sent", "content_range"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
    ],
)
def test_a_range_is_answered_with_206_and_that_part(row, asked, sent, content_range):
    response = get(row, range=asked)
    assert (response.status_code, body(response)) == (206, sent)
    assert response["Content-Range"] == content_range
    assert response["Content-Length"] == str(len(sent))
    assert response["Content-Type"] == "video/mp4"


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "bytes=nonsense", "lines=1-2", "bytes=4-2"])
def test_several_ranges_and_nonsense_are_answered_with_the_whole_file(row, asked):
    response = get(row, range=asked)
    assert (response.status_code, body(response)) == (200, TEN)


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=-0"])
def test_a_range_beyond_the_end_is_answered_with_416_and_the_size(row, asked):
    response = get(row, range=asked)
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */10"
    assert body(response) == b""
    assert response["Cache-Control"] == "private, no-cache"


def test_an_empty_file_is_sent_empty(item):
    item.state = State.UNLISTED
    item.save()
    row = store(item, Purpose.PLAYBACK, b"")
    response = get(row)
    assert (response.status_code, body(response), response["Content-Length"]) == (200, b"", "0")
    assert get(row, range="bytes=0-").status_code == 416
    assert get(row, range="bytes=-5").status_code == 200


def test_a_file_of_many_chunks_arrives_whole_from_any_byte_on(item):
    item.state = State.UNLISTED
    item.save()
    content = os.urandom(CHUNK_BYTES * 2 + 17)
    row = store(item, Purpose.PLAYBACK, content)
    assert body(get(row)) == content
    first = CHUNK_BYTES - 5
    assert (
        body(get(row, range=f"bytes={first}-{first + CHUNK_BYTES}"))
        == (content[first : first + CHUNK_BYTES + 1])
    )


def test_the_file_is_closed_when_the_browser_goes_away_in_the_middle(item, monkeypatch):
    opened = []
    open_file = FileSystemStorage.open

    def watch(storage, name, mode="rb"):
        opened.append(open_file(storage, name, mode))
        return opened[-1]

    item.state = State.UNLISTED
    item.save()
    row = store(item, Purpose.PLAYBACK, b"x" * CHUNK_BYTES * 2)
    monkeypatch.setattr(FileSystemStorage, "open", watch)
    response = get(row)
    assert opened == []
    assert len(next(iter(response))) == CHUNK_BYTES
    response.close()
    assert [file.closed for file in opened] == [True]


def test_head_tells_of_the_whole_file_and_sends_nothing(row):
    response = Client().head(address(row), headers={"range": "bytes=0-3"})
    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Length"] == "10"
    assert response["Accept-Ranges"] == "bytes"


def test_bytes_are_only_read(row):
    assert Client().post(address(row)).status_code == 405


def test_who_has_the_file_already_is_told_so(row):
    first = get(row)
    for headers in (
        {"if_none_match": first["ETag"]},
        {"if_none_match": "*"},
        {"if_modified_since": first["Last-Modified"]},
        {"if_none_match": first["ETag"], "range": "bytes=0-3"},
    ):
        response = get(row, **headers)
        assert (response.status_code, body(response)) == (304, b"")
        assert response["ETag"] == first["ETag"]
        assert response["Cache-Control"] == "private, no-cache"


def test_who_has_another_file_gets_this_one(row):
    assert get(row, if_none_match='"other"').status_code == 200
    assert get(row, if_modified_since="Sun, 09 Sep 2001 01:46:39 GMT").status_code == 200
    assert get(row, if_match='"other"').status_code == 412
    assert get(row, if_unmodified_since="Sun, 09 Sep 2001 01:46:39 GMT").status_code == 412


def test_if_range_completes_the_same_file_and_sends_another_one_whole(row):
    first = get(row)
    for proof in (first["ETag"], first["Last-Modified"]):
        assert get(row, range="bytes=4-", if_range=proof).status_code == 206
    for proof in ('"other"', f"W/{first['ETag']}", "Sun, 09 Sep 2001 01:46:39 GMT", "nonsense"):
        response = get(row, range="bytes=4-", if_range=proof)
        assert (response.status_code, body(response)) == (200, TEN)


def test_another_file_under_the_same_name_has_another_etag(row):
    before = get(row)["ETag"]
    storage, name = row.file.storage, row.file.name
    storage.delete(name)
    assert storage.save(name, ContentFile(b"9876543210")) == name
    assert get(row)["ETag"] != before


def test_a_file_that_is_gone_from_the_disk_is_404(row):
    row.file.storage.delete(row.file.name)
    assert get(row).status_code == 404


def test_captions_are_text_in_utf_8(item):
    item.state = State.UNLISTED
    item.save()
    row = store(item, Purpose.CAPTIONS, "WEBVTT\n\nשלום".encode(), language="he")
    assert get(row)["Content-Type"] == "text/vtt; charset=utf-8"


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "text/javascript", ""])
def test_what_a_browser_could_run_is_a_thing_to_save(item, content_type):
    item.state = State.UNLISTED
    item.save()
    row = store(item, Purpose.PLAYBACK, b"<script>", content_type=content_type)
    response = get(row)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == "attachment"


# --- nginx ------------------------------------------------------------------------------------


def test_nginx_is_told_which_file_to_send_and_nothing_that_it_knows_better(row, settings):
    settings.ACCEL_REDIRECT_PREFIX = "/protected"
    response = get(row, range="bytes=0-3", if_none_match=get(row).get("ETag", "*"))
    assert (response.status_code, body(response)) == (200, b"")
    assert response["X-Accel-Redirect"] == f"/protected/{row.file.name}"
    assert response["Content-Type"] == "video/mp4"
    assert response["Cache-Control"] == "private, no-cache"
    assert not {"ETag", "Last-Modified", "Content-Range", "Accept-Ranges"} & set(response.headers)


def test_the_path_for_nginx_is_quoted(row, settings):
    settings.ACCEL_REDIRECT_PREFIX = "/protected"
    row.file.name = "a b/ü?x=1#%2e%2e/;\r\nSet-Cookie: a.mp4"
    row.save()
    assert get(row)["X-Accel-Redirect"] == (
        "/protected/a%20b/%C3%BC%3Fx%3D1%23%252e%252e/%3B%0D%0ASet-Cookie%3A%20a.mp4"
    )


def test_nginx_is_told_nothing_for_a_stranger(row, settings):
    settings.ACCEL_REDIRECT_PREFIX = "/protected"
    row.item.state = State.PRIVATE
    row.item.save()
    response = get(row)
    assert response.status_code == 404
    assert "X-Accel-Redirect" not in response
