"""The transcript of captions: their words in parts of bounded length, made when they are added."""

from __future__ import annotations

from collections.abc import Sequence

from media_items.processing.captions import words
from media_items.processing.captions.cues import Cue
from media_items.processing.models import MediaFile, TranscriptPart

LINES_PER_PART = 1000


def parts_of(captions: MediaFile, cues: Sequence[Cue]) -> list[TranscriptPart]:
    """Unsaved; none where there are no words."""
    lines = [(cue.start, text) for cue in cues if (text := words.plain(cue.text))]
    lines.sort(key=lambda line: line[0])
    return [
        TranscriptPart(
            captions=captions,
            number=number,
            starts_at_ms=lines[first][0],
            lines=lines[first : first + LINES_PER_PART],
        )
        for number, first in enumerate(range(0, len(lines), LINES_PER_PART), start=1)
    ]
