"""Converts captions files (WebVTT, SRT) to the WebVTT that every player reads."""

from __future__ import annotations

import io
import re
from pathlib import PurePath

import webvtt
from django.utils.translation import gettext as _
from webvtt.errors import MalformedCaptionError, MalformedFileError

from media_items.processing.errors import NotAcceptedFile

_MOST_BYTES = 5 * 1024 * 1024
_MOST_CUES = 50_000
_TIME = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}[.,]\d{1,3}"
_TIMINGS = {
    "vtt": re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$".replace("[.,]", r"\.")),
    "srt": re.compile(r"^\s*\d+:\d{1,2}:\d{1,2}[.,]\d+\s*-->\s*\d+:\d{1,2}:\d{1,2}[.,]\d+"),
}


def to_webvtt(data: bytes, name: str) -> str:
    """WebVTT with times, positions and text only; styles, regions and notes are left out.

    Raises NotAcceptedFile naming the line that cannot be read.
    """
    if not data.strip():
        raise NotAcceptedFile(_("This captions file is empty."))
    if len(data) > _MOST_BYTES:
        raise NotAcceptedFile(_("This captions file is larger than any captions we know of."))
    text = _decode(data).replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff\n ")
    if "\x00" in text:
        raise NotAcceptedFile(_("This file holds no captions. Choose a .vtt or .srt file."))
    lines = text.split("\n")
    format_ = "vtt" if lines[0].startswith("WEBVTT") else "srt"
    _check_timings(lines, format_, name)
    try:
        found = webvtt.from_buffer(io.StringIO(text), format=format_)
    except (MalformedFileError, MalformedCaptionError) as error:
        raise NotAcceptedFile(
            _("We could not read these captions. Export them again as .vtt or .srt.")
        ) from error
    cues = [cue for line in found.captions if (cue := _cue(line))]
    if not cues:
        raise NotAcceptedFile(_("There are times in this file, but no words."))
    if len(cues) > _MOST_CUES:
        raise NotAcceptedFile(_("There are too many captions in this file."))
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def _decode(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif data[1:2] == b"\x00":
        encodings = ["utf-16-le"]
    elif data[:1] == b"\x00":
        encodings = ["utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotAcceptedFile(_("We could not read the letters in this file. Save it as UTF-8."))


def _check_timings(lines: list[str], format_: str, name: str) -> None:
    """Raises NotAcceptedFile with the first line that cannot be read; webvtt-py would skip it."""
    seen = False
    for number, line in enumerate(lines, start=1):
        if "-->" not in line:
            continue
        times = re.findall(_TIME, line)[:2]
        if not _TIMINGS[format_].match(line) or any(_is_nonsense(time) for time in times):
            raise NotAcceptedFile(
                _("Line %(number)d is not a time we can read: “%(line)s”.")
                % {"number": number, "line": _shortened(line)}
            )
        start, end = times
        if _milliseconds(end) < _milliseconds(start):
            raise NotAcceptedFile(
                _("On line %(number)d the caption ends before it starts: “%(line)s”.")
                % {"number": number, "line": _shortened(line)}
            )
        seen = True
    if not seen:
        raise NotAcceptedFile(_("This file holds no captions. Choose a .vtt or .srt file."))
    if format_ == "srt" and PurePath(name).suffix.lower() == ".vtt":
        raise NotAcceptedFile(
            _("Line 1 of a .vtt file must say WEBVTT, but here it says “%(line)s”.")
            % {"line": _shortened(lines[0])}
        )


def _shortened(line: str) -> str:
    line = line.strip()
    return line if len(line) <= 60 else line[:59] + "…"


def _is_nonsense(time: str) -> bool:
    return any(int(part) > 59 for part in re.split(r"[.,]", time)[0].split(":")[-2:])


def _milliseconds(time: str) -> int:
    clock, fraction = re.split(r"[.,]", time)
    total = 0
    for part in clock.split(":"):
        total = total * 60 + int(part)
    return total * 1000 + int(fraction.ljust(3, "0"))


def _cue(caption: webvtt.Caption) -> str:
    # An empty line ends a cue and an arrow starts one, so the text may hold neither.
    words = [line.strip() for line in caption.raw_text.split("\n")]
    words = [line.replace("-->", "→") for line in words if line]
    if not words:
        return ""
    where = f" {caption.settings}".rstrip()
    return "\n".join([f"{caption.start} --> {caption.end}{where}", *words])
