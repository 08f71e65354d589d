"""The pages of a PDF: their number, their pictures and their text."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from media_items.processing.confinement import Limits, Reader, Tail, Watchdog, confined
from media_items.processing.errors import PreparationError

_WORKER = Path(__file__).with_name("pdf_worker.py")
_CONTENTS = Path(__file__).with_name("pdf_contents.py")
_SECONDS_PER_PAGE = 30
_SECONDS_TO_OPEN = 30
_SECONDS_TO_LOOK = 5
_SECONDS_FOR_CONTENTS = 30
_MOST_CRASHES = 5
_MEMORY_MEBIBYTES = 1024
_WIDTH = 1400
_A4 = (1400, 1980)
_EMPTY, _EDGE = (245, 245, 245), (90, 90, 90)
# SECURITY: the file may have taken over the worker that read it, so no size it sends is trusted.
_MOST_LINE_BYTES = 2_000_000
_MOST_PAGE_BYTES = 24 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Page:
    """`is_drawn` is false for a page that stands in the place of one that cannot be drawn. One that
    `is_empty` has something to show and came out white. On one that `is_bare` the renderer found
    nothing: it was made so, or its content is lost; `lost_among` tells."""

    number: int
    webp: bytes
    width: int
    height: int
    text: str
    is_drawn: bool = True
    is_empty: bool = False
    is_bare: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a document holds besides its pages: a form of XFA shows a note in their place, files
    inside it (of a portfolio, say) are not shown at all."""

    pages: int
    is_xfa: bool = False
    attachments: int = 0


class _TooLongError(PreparationError):
    """The time that was given for it is over."""


def facts_of(path: str | os.PathLike[str]) -> Facts:
    """Raises PreparationError when the file is damaged, empty or asks for a password."""
    return _facts_of(path, seconds=_SECONDS_TO_OPEN)


def page_count(path: str | os.PathLike[str]) -> int:
    """Raises PreparationError as `facts_of` does."""
    return facts_of(path).pages


def refuse_unreadable(path: str | os.PathLike[str]) -> None:
    """A quick look while a person waits for the form: what takes longer is left to the worker.

    Raises PreparationError when the file is damaged, empty or asks for a password.
    """
    with contextlib.suppress(_TooLongError):
        _facts_of(path, seconds=_SECONDS_TO_LOOK)


def _facts_of(path: str | os.PathLike[str], *, seconds: float) -> Facts:
    with _worker(path, "count", first=1, last=1, seconds=seconds) as (out, watchdog):
        try:
            said = _message(out)
        except PreparationError as error:
            if watchdog.fired:
                raise _too_long() from error
            raise
    pages, attachments = said.get("pages"), said.get("attachments")
    if not isinstance(pages, int) or pages < 1:
        raise PreparationError(_("This PDF has no pages."))
    return Facts(
        pages=pages,
        is_xfa=said.get("xfa") is True,
        attachments=attachments if isinstance(attachments, int) else 0,
    )


def _too_long() -> _TooLongError:
    return _TooLongError(_("Processing this file took too long, so we stopped. Try a shorter one."))


def pages_to_show(pages: int) -> int:
    return min(pages, getattr(settings, "DOCUMENT_MAX_PAGES", 1000))


def render_pages(
    path: str | os.PathLike[str], *, last: int | None = None, width: int = _WIDTH
) -> Iterator[Page]:
    """Every page to `last` (never more than DOCUMENT_MAX_PAGES), about `width` pixels across.

    Another stands in the place of a page that cannot be drawn. When PDFium itself crashes,
    rendering goes on after the page that crashed it. Raises PreparationError when no page can be
    drawn, or the document takes more than DOCUMENT_TIMEOUT_MINUTES.
    """
    ends = time.monotonic() + settings.DOCUMENT_TIMEOUT_MINUTES * 60
    last = pages_to_show(min(page_count(path), last or sys.maxsize))
    next_number, good, fatal = 1, 0, 0
    size = _A4
    while next_number <= last and fatal <= _MOST_CRASHES:
        # One worker for all pages; a new one only after a crash.
        left = ends - time.monotonic()
        if left <= 0:
            raise _too_long()
        with _worker(path, "render", first=next_number, last=last, width=width, seconds=left) as (
            out,
            watchdog,
        ):
            for page in _pages(out, watchdog, next_number):
                if page is None:
                    yield _in_place_of(next_number, size)
                else:
                    good += 1
                    size = page.width, page.height
                    yield page
                next_number += 1
                if time.monotonic() > ends:
                    raise _too_long()
        if next_number <= last:
            yield _in_place_of(next_number, size)
            next_number += 1
            fatal += 1
    if not good:
        raise PreparationError(_("We could not show any page of this PDF. It may be damaged."))
    for number in range(next_number, last + 1):
        yield _in_place_of(number, size)


def _pages(out: Reader, watchdog: Watchdog, number: int) -> Iterator[Page | None]:
    """What one worker sends until it ends; None for a page it could not draw."""
    while True:
        watchdog.feed(_SECONDS_PER_PAGE)
        try:
            message = _message(out)
        except PreparationError:
            return
        if message.get("number") != number:
            return
        if "problem" in message:
            watchdog.rest()
            yield None
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
                is_empty=message.get("empty") is True,
                is_bare=message.get("bare") is True,
            )
        number += 1


def lost_among(path: str | os.PathLike[str], bare: Sequence[int], *, pages: int) -> list[int]:
    """Of the pages on which the renderer found nothing, those that are to draw something. A page
    that was left blank is none of them, nor one of which that cannot be told."""
    if not bare:
        return []
    command = [sys.executable, "-I", "-B", str(_CONTENTS), str(Path(path).absolute()), str(pages)]
    limits = Limits(
        cpu_seconds=_SECONDS_FOR_CONTENTS + 5, file_mebibytes=0, memory_mebibytes=_MEMORY_MEBIBYTES
    )
    lost = set()
    with confined(
        [*command, *map(str, bare)], limits=limits, timeout_seconds=_SECONDS_FOR_CONTENTS
    ) as child:
        Tail(child.err)
        for line in iter(lambda: child.out.readline(_MOST_LINE_BYTES), b""):
            with contextlib.suppress(ValueError):
                said = json.loads(line)
                if isinstance(said, dict) and said.get("draws") is True:
                    lost.add(said.get("number"))
    return [number for number in bare if number in lost]


def _in_place_of(number: int, size: tuple[int, int]) -> Page:
    """A page that says in words that this one could not be drawn, so that numbers stay right."""
    width, height = size
    words = _("Page %(number)d could not be shown.") % {"number": number}
    picture = Image.new("RGB", size, _EMPTY)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width - 1, height - 1), outline=_EDGE, width=4)
    font = ImageFont.load_default(max(16, width // 28))
    draw.text((width / 2, height / 2), words, fill=_EDGE, font=font, anchor="mm")
    out = io.BytesIO()
    picture.save(out, "WEBP", lossless=True)
    return Page(
        number=number,
        webp=out.getvalue(),
        width=width,
        height=height,
        text=words,
        is_drawn=False,
    )


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
    seconds: float,
    width: int = _WIDTH,
) -> Iterator[tuple[Reader, Watchdog]]:
    # "-I" keeps the site's folder and environment out of the worker.
    numbers = [str(first), str(last), str(width)]
    command = [sys.executable, "-I", "-B", str(_WORKER), mode, str(Path(path).absolute()), *numbers]
    limits = Limits(
        cpu_seconds=int(seconds) + 5, file_mebibytes=0, memory_mebibytes=_MEMORY_MEBIBYTES
    )
    with confined(command, limits=limits, timeout_seconds=seconds) as child:
        Tail(child.err)
        yield child.out, child.watchdog


def _message(out: Reader) -> dict[str, Any]:
    line = out.readline(_MOST_LINE_BYTES)
    try:
        message = json.loads(line)
    except ValueError:
        message = None
    if not isinstance(message, dict) or message.get("problem") == "damaged":
        raise PreparationError(_("This PDF is damaged. Try saving or exporting it again."))
    if message.get("problem") == "password":
        raise PreparationError(_("This PDF is protected with a password. Save a copy without one."))
    return message
