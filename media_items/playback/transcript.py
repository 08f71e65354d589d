"""The transcript of a recording: its captions as text, with times."""

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
    """Sorted by time; empty when the file is missing or cannot be read."""
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
        # webvtt has removed the tags from `caption.text`, but not the entities.
        words = " ".join(html.unescape(caption.text).split())
        if words:
            cues.append(Cue(seconds + start.milliseconds / 1000, clock(seconds), words))
    return sorted(cues, key=lambda cue: cue.start)


def clock(seconds: int) -> str:
    """75 → “1:15”, 3675 → “1:01:15”."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
