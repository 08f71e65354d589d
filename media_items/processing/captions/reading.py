"""Captions files (WebVTT, SubRip, SBV, TTML) become the WebVTT that every player reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from django.utils.translation import gettext as _

from media_items.processing.captions import cues as timed_lines
from media_items.processing.captions import ttml, words
from media_items.processing.captions.cues import Cue, shortened
from media_items.processing.errors import NotAcceptedFile
from media_items.text_encodings import Reading, readings

ACCEPT = ".vtt,.srt,.sbv,.ttml,.dfxp,.xml,text/vtt"
_MOST_BYTES = 5 * 1024 * 1024
_MOST_CUES = 50_000


def readings_of(data: bytes) -> list[Reading]:
    """The possible readings of a captions file's letters. Raises NotAcceptedFile for no text."""
    if not data.strip():
        raise NotAcceptedFile(_("This captions file is empty."))
    if len(data) > _MOST_BYTES:
        raise NotAcceptedFile(_("This captions file is too large."))
    if not (found := readings(data)):
        raise NotAcceptedFile(_no_captions())
    return found


def read_captions(data: bytes, name: str, *, encoding: str = "") -> list[Cue]:
    """The cues, in the letters that a person chose, or the likeliest.

    Raises NotAcceptedFile naming the line that cannot be read.
    """
    return cues_of(chosen_among(readings_of(data), encoding).text, name)


def chosen_among(found: Sequence[Reading], encoding: str) -> Reading:
    """The likeliest, where none or an unknown one was chosen."""
    return next((one for one in found if one.encoding == encoding), found[0])


def cues_of(text: str, name: str = "") -> list[Cue]:
    """As many as there are times in `text`. Raises NotAcceptedFile."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff\n ")
    if "\x00" in text:
        raise NotAcceptedFile(_no_captions())
    is_webvtt = text.startswith("WEBVTT")
    if ttml.is_ttml(text):
        cues = ttml.cues_of(text)
    else:
        cues = timed_lines.cues_of(text, is_webvtt=is_webvtt)
        if cues and not is_webvtt and PurePath(name).suffix.lower() == ".vtt":
            raise NotAcceptedFile(
                _("Line 1 of a .vtt file must be WEBVTT, but here it is “%(line)s”.")
                % {"line": shortened(text.split("\n", maxsplit=1)[0])}
            )
    if not cues:
        raise NotAcceptedFile(_no_captions())
    if not any(words.plain(cue.text) for cue in cues):
        raise NotAcceptedFile(_("This file has timestamps but no text."))
    if len(cues) > _MOST_CUES:
        raise NotAcceptedFile(_("There are too many captions in this file."))
    return cues


def to_webvtt(cues: Sequence[Cue]) -> str:
    """Times, places and words only; styles, regions and notes are left out."""
    return "WEBVTT\n\n" + "\n\n".join(_written(cue) for cue in cues) + "\n"


def _written(cue: Cue) -> str:
    times = f"{_clock(cue.start)} --> {_clock(cue.end)} {cue.settings}".rstrip()
    # An empty line ends a cue: one without words is its times alone.
    return f"{times}\n{cue.text}" if cue.text else times


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _no_captions() -> str:
    return _("This file has no captions. Choose a .vtt, .srt, .sbv or .ttml file.")
