"""The order of the top-level boxes of an MP4: whether it can play before all of it is there."""

from __future__ import annotations

import os
from pathlib import Path

_MOST_BOXES = 10_000


def top_level_boxes(path: str | os.PathLike[str]) -> list[str]:
    boxes: list[str] = []
    with Path(path).open("rb") as file:
        length = file.seek(0, os.SEEK_END)
        at = 0
        while at + 8 <= length and len(boxes) < _MOST_BOXES:
            file.seek(at)
            header = file.read(16)
            size = int.from_bytes(header[:4], "big")
            boxes.append(header[4:8].decode("latin-1"))
            if size == 1:  # a 64-bit size follows
                size = int.from_bytes(header[8:16], "big")
            elif size == 0:  # to the end of the file
                break
            if size < 8:
                break
            at += size
    return boxes


def starts_fast(path: str | os.PathLike[str]) -> bool:
    """The index comes before the media data, and the file is not fragmented (which seeks badly)."""
    boxes = top_level_boxes(path)
    if "moov" not in boxes or "moof" in boxes:
        return False
    return "mdat" not in boxes or boxes.index("moov") < boxes.index("mdat")
