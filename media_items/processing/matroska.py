"""The outermost elements of a Matroska or WebM file: whether all of it is there."""

from __future__ import annotations

import os
from pathlib import Path

_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"


def missing_share(path: str | os.PathLike[str]) -> float:
    """How much of the file is not there, 0 to 1. A file that was written as it was recorded does
    not know its length: 0."""
    length = Path(path).stat().st_size
    with Path(path).open("rb") as file:
        at = 0
        for name in (_EBML, _SEGMENT):
            file.seek(at)
            if file.read(4) != name:
                return 0.0
            size, width = _size(file.read(8))
            if size is None:
                return 0.0
            at += 4 + width + size
    return (at - length) / size if size and at > length else 0.0


def _size(head: bytes) -> tuple[int | None, int]:
    """(size, number of bytes it takes); None for an unknown one, which is all ones."""
    if not head or not head[0]:
        return None, 0
    width = 9 - head[0].bit_length()
    size = int.from_bytes(head[:width], "big") & ((1 << 7 * width) - 1)
    return (None if size == (1 << 7 * width) - 1 else size), width
