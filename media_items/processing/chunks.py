"""Containers that say in chunks how long they are: WAV, AVI, AIFF, CAF, W64. Is all of it there?

The lengths are written when a file is finished, so a file that is shorter has lost something. What
was recorded into a pipe or cut off by a crash has no length, or a placeholder: it passes for whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal

_MOST_CHUNKS = 10_000
# Writers that count a head or a padding in, or leave it out, are off by a few bytes.
_TOLERATED_BYTES = 4096
_NEAR = 64 * 1024
# What recorders write that do not know it yet: as much as fits, with a sign and without.
_PLACEHOLDERS = (0x7FFF_FFFF, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF)
_W64_HEAD_BYTES = 24
_W64_DATA = bytes.fromhex("64617461f3acd3118cd100c04f8edb8a")


def missing_share(path: str | os.PathLike[str]) -> float:
    """How much of the file is not there, 0 to 1."""
    length = Path(path).stat().st_size
    with Path(path).open("rb") as file:
        head = file.read(16)
        if head[:4] in {b"RIFF", b"RF64", b"BW64"}:
            end = _end_of_avi(file) if head[8:11] == b"AVI" else _end_of_wav(file)
        elif head[:4] == b"FORM":
            end = _end_of_form(head)
        elif head[:4] == b"caff":
            end = _end_of_caf(file)
        elif head[:4] == b"riff":
            end = _end_of_w64(file)
        else:
            return 0.0
    missing = end - length
    return missing / end if missing > _TOLERATED_BYTES else 0.0


def _is_known(size: int) -> bool:
    return size > 0 and all(abs(size - placeholder) > _NEAR for placeholder in _PLACEHOLDERS)


def _read(file: IO[bytes], at: int, size: int) -> bytes:
    """Fewer bytes, or none, where the file ends."""
    if at > file.seek(0, os.SEEK_END):
        return b""
    file.seek(at)
    return file.read(size)


def _chunks(
    file: IO[bytes], at: int, order: Literal["little", "big"]
) -> Iterator[tuple[bytes, int, int]]:
    """(name, start of its content, size) of each, until the file ends."""
    for _ in range(_MOST_CHUNKS):
        if len(head := _read(file, at, 8)) < 8:
            return
        size = int.from_bytes(head[4:], order)
        yield head[:4], at + 8, size
        at += 8 + size + size % 2


def _end_of_wav(file: IO[bytes]) -> int:
    large = 0  # RF64: a file of more than 4 GB says its length in a chunk before
    for name, start, size in _chunks(file, 12, "little"):
        if name == b"ds64":
            large = int.from_bytes(_read(file, start + 8, 8), "little")
        elif name == b"data":
            said = large if size == 0xFFFF_FFFF else size
            return start + said if _is_known(said) else 0
    return 0


def _end_of_avi(file: IO[bytes]) -> int:
    """Long ones are several, one after the other."""
    end = 0
    for name, start, size in _chunks(file, 0, "little"):
        if name != b"RIFF" or not _is_known(size):
            break
        end = start + size
    return end


def _end_of_form(head: bytes) -> int:
    size = int.from_bytes(head[4:8], "big")
    return 8 + size if head[8:12] in {b"AIFF", b"AIFC"} and _is_known(size) else 0


def _end_of_caf(file: IO[bytes]) -> int:
    at = 8
    for _ in range(_MOST_CHUNKS):
        if len(head := _read(file, at, 12)) < 12:
            return 0
        size = int.from_bytes(head[4:], "big")
        if head[:4] == b"data" or not _is_known(size):
            return at + 12 + size if _is_known(size) else 0
        at += 12 + size
    return 0


def _end_of_w64(file: IO[bytes]) -> int:
    at = 40  # the name and the size of the whole, and what kind it is
    for _ in range(_MOST_CHUNKS):
        head = _read(file, at, _W64_HEAD_BYTES)
        size = int.from_bytes(head[16:], "little")  # with its own head
        if len(head) < _W64_HEAD_BYTES or size < _W64_HEAD_BYTES or not _is_known(size):
            return 0
        if head[:16] == _W64_DATA:
            return at + size
        at += (size + 7) // 8 * 8
    return 0
