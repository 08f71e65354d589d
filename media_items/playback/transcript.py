"""Captions read as a text: what is said, and when."""

from __future__ import annotations

import html
import io
from dataclasses import dataclass

import webvtt
from django.db.models.fields.files import FieldFile
from webvtt.errors import MalformedCaptionError, MalformedFileError


@dataclass(frozen=True)
class Cue:
    """`start` in seconds; `clock` is how a person reads it."""

    start: float
    clock: str
    text: str


def read_transcript(stored: FieldFile) -> list[Cue]:
    """In the order of time; empty when the file is gone or cannot be read."""
    try:
        with stored.open("rb") as file:
            text = file.read().decode("utf-8", errors="replace")
        captions = webvtt.from_buffer(io.StringIO(text)).captions
    except (FileNotFoundError, MalformedFileError, MalformedCaptionError):
        return []
    cues = []
    for caption in captions:
        start = caption.start_time
        seconds = start.hours * 3600 + start.minutes * 60 + start.seconds
        # `caption.text` has no tags any more; entities are still written out.
        words = " ".join(html.unescape(caption.text).split())
        if words:
            cues.append(Cue(seconds + start.milliseconds / 1000, clock(seconds), words))
    return sorted(cues, key=lambda cue: cue.start)


def clock(seconds: int) -> str:
    """75 → “1:15”, 3675 → “1:01:15”."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
