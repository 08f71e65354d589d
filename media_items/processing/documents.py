"""The pages of a PDF: their number, their pictures and their text."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from media_items.processing.confinement import Limits, Tail, Watchdog, confined
from media_items.processing.errors import PreparationError

_WORKER = Path(__file__).with_name("pdf_worker.py")
_SECONDS_PER_PAGE = 60
_SECONDS_TO_OPEN = 30
_WIDTH = 1400
# SECURITY: the file may have taken over the worker that read it, so no size it sends is trusted.
_MOST_LINE_BYTES = 2_000_000
_MOST_PAGE_BYTES = 24 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Page:
    number: int
    webp: bytes
    width: int
    height: int
    text: str


def page_count(path: str | os.PathLike[str]) -> int:
    """Raises PreparationError when the file is damaged, empty or asks for a password."""
    with _worker(path, "count", first=1, last=1, cpu_seconds=_SECONDS_TO_OPEN) as (out, _dog):
        pages = _message(out).get("pages")
    if not isinstance(pages, int) or pages < 1:
        raise PreparationError(_("This PDF has no pages."))
    return pages


def pages_to_show(pages: int) -> int:
    return min(pages, getattr(settings, "DOCUMENT_MAX_PAGES", 1000))


def render_pages(
    path: str | os.PathLike[str], *, last: int | None = None, width: int = _WIDTH
) -> Iterator[Page]:
    """Pages 1 to `last` (never more than DOCUMENT_MAX_PAGES), about `width` pixels across.

    A page that cannot be drawn is left out. When PDFium itself crashes, rendering goes on after the
    page that crashed it. Raises PreparationError when no page can be drawn.
    """
    last = pages_to_show(min(page_count(path), last or sys.maxsize))
    next_number, good, fatal = 1, 0, 0
    while next_number <= last:
        # One worker for all pages; a new one only after a crash, and at most five.
        with _worker(
            path, "render", first=next_number, last=last, width=width, cpu_seconds=3600
        ) as (out, watchdog):
            for page_or_number in _pages(out, watchdog, next_number):
                if isinstance(page_or_number, Page):
                    good += 1
                    yield page_or_number
                next_number += 1
        if next_number <= last:
            next_number += 1
            fatal += 1
            if fatal > 5:
                break
    if not good:
        raise PreparationError(_("We could not draw any page of this PDF. It may be damaged."))


def _pages(out: IO[bytes], watchdog: Watchdog, number: int) -> Iterator[Page | int]:
    """What one worker sends until it ends; a number alone is a page it could not draw."""
    while True:
        watchdog.feed()
        try:
            message = _message(out)
        except PreparationError:
            return
        if message.get("number") != number:
            return
        if "problem" in message:
            yield number
        else:
            size = message.get("size")
            if not isinstance(size, int) or not 0 < size <= _MOST_PAGE_BYTES:
                return
            webp = out.read(size)
            if len(webp) != size or webp[:4] != b"RIFF" or webp[8:12] != b"WEBP":
                return
            # The time the caller spends on the page does not count against the worker.
            watchdog.rest()
            yield Page(
                number=number,
                webp=webp,
                width=_whole(message.get("width")),
                height=_whole(message.get("height")),
                text=_storable(str(message.get("text", ""))),
            )
        number += 1


def _storable(text: str) -> str:
    """Without what a database refuses: NUL and lone surrogates."""
    return text.encode("utf-8", "ignore").decode().replace("\x00", "")


def _whole(value: object) -> int:
    return value if isinstance(value, int) and 0 < value <= 20_000 else 1


@contextlib.contextmanager
def _worker(
    path: str | os.PathLike[str],
    mode: str,
    *,
    first: int,
    last: int,
    cpu_seconds: int,
    width: int = _WIDTH,
) -> Iterator[tuple[IO[bytes], Watchdog]]:
    # "-I" keeps the site's folder and environment out of the worker.
    numbers = [str(first), str(last), str(width)]
    command = [sys.executable, "-I", "-B", str(_WORKER), mode, str(Path(path).absolute()), *numbers]
    limits = Limits(cpu_seconds=cpu_seconds, file_mebibytes=0, memory_mebibytes=2048)
    timeout = _SECONDS_TO_OPEN if mode == "count" else _SECONDS_PER_PAGE
    with confined(command, limits=limits, timeout_seconds=timeout) as child:
        Tail(child.err)
        yield child.out, child.watchdog


def _message(out: IO[bytes]) -> dict[str, Any]:
    line = out.readline(_MOST_LINE_BYTES)
    try:
        message = json.loads(line)
    except ValueError:
        message = None
    if not isinstance(message, dict) or message.get("problem") == "damaged":
        raise PreparationError(_("This PDF is damaged. Try saving or exporting it again."))
    if message.get("problem") == "password":
        raise PreparationError(_("This PDF asks for a password. Save a copy without one."))
    return message
