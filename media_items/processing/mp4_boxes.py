"""The top-level boxes of an MP4: whether it plays before all of it is there, and whether it is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_MOST_BOXES = 10_000


@dataclass(frozen=True)
class Box:
    name: str
    start: int
    end: int


def boxes_of(path: str | os.PathLike[str]) -> list[Box]:
    boxes: list[Box] = []
    with Path(path).open("rb") as file:
        length = file.seek(0, os.SEEK_END)
        at = 0
        while at + 8 <= length and len(boxes) < _MOST_BOXES:
            file.seek(at)
            header = file.read(16)
            size = int.from_bytes(header[:4], "big")
            if size == 1:  # a 64-bit size follows
                size = int.from_bytes(header[8:16], "big")
            elif size == 0:  # to the end of the file
                size = length - at
            boxes.append(Box(header[4:8].decode("latin-1"), at, at + size))
            if size < 8:
                break
            at += size
    return boxes


def top_level_boxes(path: str | os.PathLike[str]) -> list[str]:
    return [box.name for box in boxes_of(path)]


def missing_share(path: str | os.PathLike[str]) -> float:
    """How much of the pictures and sounds that the index speaks of is not there, 0 to 1."""
    data = [box for box in boxes_of(path) if box.name == "mdat"]
    length = Path(path).stat().st_size
    whole = sum(box.end - box.start for box in data)
    there = sum(min(box.end, length) - box.start for box in data)
    return (whole - there) / whole if whole > 0 else 0.0


def starts_fast(path: str | os.PathLike[str]) -> bool:
    """The index comes before the media data, and the file is not fragmented (which seeks badly)."""
    boxes = top_level_boxes(path)
    if "moov" not in boxes or "moof" in boxes:
        return False
    return "mdat" not in boxes or boxes.index("moov") < boxes.index("mdat")
