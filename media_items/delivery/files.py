"""Sends the bytes of a stored file, once a view has made sure that the visitor may have them.

Hands them, ranges included, to the server as a file (`wsgi.file_wrapper`: docs/adr/0020), or tells
nginx which file to send (`ACCEL_REDIRECT_PREFIX`).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import quote

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from media_items.catalogue.models import MediaItem
from media_items.delivery.lookups import files_of
from media_items.delivery.ranges import (
    ByteRange,
    RangeNotSatisfiable,
    still_the_same,
    wanted_range,
)
from media_items.processing.models import Purpose

logger = logging.getLogger(__name__)

CHUNK_BYTES = 256 * 1024
# SECURITY: a browser shows only these types; everything else is sent as a download.
_SHOWN_TYPES = ("video/", "audio/", "text/vtt", "application/pdf", "application/vnd.apple.mpegurl")
_SHOWN_PICTURES = {"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"}
SAFETY_HEADERS = {
    # Asked for again at each use, so that access that ends is refused at the next request.
    "Cache-Control": "private, no-cache",
    "X-Content-Type-Options": "nosniff",
    # SECURITY: a file that turns out to be an HTML page runs no script and has no origin.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Stored(Protocol):
    """A file in a storage: a `FieldFile`, or a file of a live broadcast, which has no row."""

    @property
    def name(self) -> str | None: ...

    @property
    def storage(self) -> Storage: ...


@dataclass(frozen=True)
class Facts:
    """What is known of a stored file without opening it."""

    size: int
    changed_at: datetime
    etag: str


def deliver(
    request: HttpRequest,
    stored: Stored,
    *,
    content_type: str,
    disposition: str = "inline",
) -> HttpResponseBase:
    """The answer to GET or HEAD: 200, 206, 304, 412 or 416. Raises Http404 without the file."""
    if not _is_shown(content_type):
        content_type = "application/octet-stream"
        disposition = disposition if disposition.startswith("attachment") else "attachment"
    if settings.ACCEL_REDIRECT_PREFIX:
        response: HttpResponseBase = _sent_by_nginx(stored)
    else:
        response = _sent_by_us(request, stored)
    if response.status_code in (200, 206):
        response.headers["Content-Type"] = _with_charset(content_type)
        response.headers["Content-Disposition"] = disposition
    return _with_headers(response, SAFETY_HEADERS)


def deliver_picture_of(request: HttpRequest, item: MediaItem) -> HttpResponseBase:
    """The one picture of an item: its thumbnail, else its poster. Raises Http404 without either."""
    if item.thumbnail:
        # Re-encoded by us when it was uploaded, so its type is certain.
        return deliver(request, item.thumbnail, content_type="image/jpeg")
    posters = files_of(item=item.pk, purpose=Purpose.POSTER)
    if not posters:
        raise Http404
    [poster] = posters
    return deliver(request, poster.file, content_type=poster.content_type)


def _with_headers(response: HttpResponseBase, headers: Mapping[str, str]) -> HttpResponseBase:
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _is_shown(content_type: str) -> bool:
    return content_type.startswith(_SHOWN_TYPES) or content_type in _SHOWN_PICTURES


def _with_charset(content_type: str) -> str:
    return f"{content_type}; charset=utf-8" if content_type == "text/vtt" else content_type


def _sent_by_nginx(stored: Stored) -> HttpResponse:
    """Without length and validators: nginx knows them, and answers ranges and conditions itself."""
    response = HttpResponse()
    # SECURITY: nginx decodes this path, so everything but the slashes between folders is quoted.
    response.headers["X-Accel-Redirect"] = (
        f"{settings.ACCEL_REDIRECT_PREFIX}/{quote(stored.name or '', safe='/')}"
    )
    return response


def _sent_by_us(request: HttpRequest, stored: Stored) -> HttpResponseBase:
    facts = _facts_of(stored)
    validators = {
        "ETag": facts.etag,
        "Last-Modified": http_date(facts.changed_at.timestamp()),
        "Accept-Ranges": "bytes",
    }
    answered = get_conditional_response(
        request, etag=facts.etag, last_modified=int(facts.changed_at.timestamp())
    )
    if answered is not None:
        return _with_headers(answered, validators)
    try:
        part = _asked_part(request, facts)
    except RangeNotSatisfiable:
        return HttpResponse(
            status=416, headers={**validators, "Content-Range": f"bytes */{facts.size}"}
        )
    headers = validators | {"Content-Length": str(part.length if part else facts.size)}
    if part:
        headers["Content-Range"] = f"bytes {part.first}-{part.last}/{facts.size}"
    status = 206 if part else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    whole_or_part = part or ByteRange(0, facts.size - 1)
    response = FileResponse(_Part(stored, whole_or_part), status=status, headers=headers)
    response.block_size = CHUNK_BYTES
    return response


def _asked_part(request: HttpRequest, facts: Facts) -> ByteRange | None:
    # A range is defined for GET only; HEAD describes the whole file.
    asked = request.headers.get("Range", "") if request.method == "GET" else ""
    if_range = request.headers.get("If-Range", "")
    if not asked or not still_the_same(if_range, etag=facts.etag, changed_at=facts.changed_at):
        return None
    return wanted_range(asked, size=facts.size)


def _facts_of(stored: Stored) -> Facts:
    storage: Storage = stored.storage
    name = stored.name or ""
    try:
        size, changed_at = storage.size(name), storage.get_modified_time(name)
    except FileNotFoundError as error:
        logger.error("A stored file is gone: %s", name)
        raise Http404 from error
    mark = hashlib.sha256(f"{name}\0{size}\0{changed_at.timestamp()!r}".encode()).hexdigest()
    return Facts(size=size, changed_at=changed_at, etag=f'"{mark[:32]}"')


class _Part:
    """A range of a stored file, to be read or, by servers that can, sent from its descriptor.

    Opens the file when it is first asked for, so that a response nobody reads leaves none open. The
    response closes it when it is sent, and when the browser disconnects.
    """

    def __init__(self, stored: Stored, part: ByteRange) -> None:
        self._stored, self._part = stored, part
        self._left = part.length
        self._file: File[bytes] | None = None

    def read(self, most: int = CHUNK_BYTES) -> bytes:
        found = self._opened().read(min(most, self._left)) if self._left > 0 else b""
        self._left -= len(found)
        return found

    def fileno(self) -> int:
        return self._opened().fileno()

    def tell(self) -> int:
        return self._part.first + self._part.length - self._left

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _opened(self) -> File[bytes]:
        if self._file is None:
            self._file = self._stored.storage.open(self._stored.name or "", "rb")
            # Nothing is read ahead yet, so the descriptor stands here, too.
            self._file.seek(self._part.first)
        return self._file
