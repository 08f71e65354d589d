"""Small stored files; what is in them matters to no test here but its length."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile

from media_items.models import MediaFile
from media_items.processing.models import Purpose

TEN = b"0123456789"
_TYPES = {
    Purpose.ORIGINAL: ("video/quicktime", "mov"),
    Purpose.PLAYBACK: ("video/mp4", "mp4"),
    Purpose.POSTER: ("image/jpeg", "jpg"),
    Purpose.CAPTIONS: ("text/vtt", "vtt"),
    Purpose.PAGE: ("image/webp", "webp"),
}


def store(item, purpose, content=TEN, **fields) -> MediaFile:
    content_type, extension = _TYPES[purpose]
    fields = {"content_type": content_type, "size": len(content), **fields}
    row = MediaFile(item=item, purpose=purpose, **fields)
    row.file.save(f"file.{extension}", ContentFile(content), save=False)
    row.save()
    return row


@pytest.fixture
def playback(item):
    """Ten bytes that `item` plays."""
    return store(item, Purpose.PLAYBACK, width=320, height=180, duration_ms=75_000)


@pytest.fixture
def original(item):
    return store(item, Purpose.ORIGINAL, original_name="lecture 7.mov")


def address(row: MediaFile) -> str:
    return f"/media/{row.item.public_id}/files/{row.pk}/"


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def main_of(response) -> str:
    """What stands between header and footer, without the words that scripts say."""
    html = response.content.decode()
    start = html.find("<main")
    return html[start : html.index("</main>")] if start >= 0 else html
