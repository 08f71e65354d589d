"""The transcript of a recording: its captions as text, with times, one part at a time."""

from __future__ import annotations

from dataclasses import dataclass

from media_items.lengths import clock
from media_items.processing.models import MediaFile


@dataclass(frozen=True)
class Line:
    """`start` in seconds; `clock` is how a person reads it."""

    start: float
    clock: str
    text: str


@dataclass(frozen=True)
class Part:
    number: int
    lines: list[Line]
    starts: list[Neighbour]

    @property
    def earlier(self) -> Neighbour | None:
        return self._numbered(self.number - 1)

    @property
    def later(self) -> Neighbour | None:
        return self._numbered(self.number + 1)

    def _numbered(self, number: int) -> Neighbour | None:
        return next((one for one in self.starts if one.number == number), None)


@dataclass(frozen=True)
class Neighbour:
    """Another part, and when it starts."""

    number: int
    start: float
    clock: str


def read_part(captions: MediaFile | None, number: int) -> Part:
    """The part of this number, or the nearest there is; without lines where there is none."""
    parts = list(
        captions.transcript_parts.order_by("number").values_list("number", "starts_at_ms")
        if captions
        else []
    )
    number = max(1, min(number, len(parts)))
    kept = captions.transcript_parts.filter(number=number).first() if captions and parts else None
    return Part(
        number=number,
        lines=[Line(ms / 1000, clock(ms // 1000), text) for ms, text in kept.lines] if kept else [],
        starts=[Neighbour(one, ms / 1000, clock(ms // 1000)) for one, ms in parts],
    )
