"""How a recording ends: whole, or in the midst of one of its parts.

Streams say nothing of their length, or what they say may be older than they are: of a lesson that
was cut without being encoded anew, say. So none is refused for its ending. Its owner is told.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

_WINDOW = 256 * 1024
_LARGEST_CLUSTER = 32 * 1024 * 1024
# However large a file says that its parts are: nobody hears from a worker while it looks here.
_MOST_ELEMENTS = 500_000
_LARGEST_FRAMES = 1024 * 1024
_TS_SYNCS = 5
_ADTS_FRAMES = 4
_TOLERATED_BYTES = 1024


def breaks_off(path: str | os.PathLike[str], container: str) -> bool:
    look = _LOOKS.get(container)
    return look is not None and look(_File(path))


class _File:
    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.length = self.path.stat().st_size

    def head(self, size: int = _WINDOW) -> bytes:
        return self.read(0, size)

    def end(self, size: int = _WINDOW) -> bytes:
        return self.read(max(0, self.length - size), size)

    def read(self, at: int, size: int) -> bytes:
        with self.path.open("rb") as file:
            file.seek(at)
            return file.read(size)


# --- MPEG-TS ------------------------------------------------------------------------------------


def _ts(file: _File) -> bool:
    """In the midst of a packet. They are of one length, with a time before each or a sum after."""
    head = file.head()
    for size, before in ((188, 0), (192, 4), (204, 0)):
        for start in range(size):
            marks = head[start + before : start + before + size * _TS_SYNCS : size]
            if marks == b"\x47" * _TS_SYNCS:
                return (file.length - start) % size != 0
    return False


# --- Ogg ----------------------------------------------------------------------------------------

_OGG_MARK = b"OggS\x00"


def _ogg(file: _File) -> bool:
    """In the midst of a page, if only of its mark. The longest has 65,307 bytes."""
    end = file.end()
    at = end.rfind(_OGG_MARK)
    if at < 0:
        return False
    page = end[at:]
    if len(page) < 27 or len(page) < 27 + page[26]:
        return True
    size = 27 + page[26] + sum(page[27 : 27 + page[26]])
    behind = page[size:]
    return len(page) < size or (bool(behind) and _OGG_MARK.startswith(behind))


# --- AAC (ADTS) ---------------------------------------------------------------------------------


def _adts(file: _File) -> bool:
    """In the midst of a frame, after some that follow on one another. Behind the last whole one a
    tag may stand."""
    end = file.end()
    for start in range(max(0, len(end) - 7)):
        at, frames = start, 0
        while (size := _adts_size(end, at)) and at + size <= len(end):
            at, frames = at + size, frames + 1
        if frames >= _ADTS_FRAMES:
            return bool(size) or (0 < len(end) - at < 7 and end[at] == 0xFF)
    return False


def _adts_size(data: bytes, at: int) -> int:
    head = data[at : at + 7]
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return 0
    size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return size if size >= 7 else 0


# --- FLAC ---------------------------------------------------------------------------------------


_FLAC_BLOCKS = {
    1: 192,
    **{code: 576 << code - 2 for code in range(2, 6)},
    **{code: 256 << code - 8 for code in range(8, 16)},
}


def _flac(file: _File) -> bool:
    """Its head says how many samples there are, each frame which are its own."""
    head = file.head()
    at = head.find(b"fLaC")
    info = head[at + 8 : at + 42]
    if at < 0 or len(info) < 34:
        return False
    total = int.from_bytes(info[13:18], "big") & 0xF_FFFF_FFFF
    fixed = int.from_bytes(info[2:4], "big")
    largest = int.from_bytes(info[7:10], "big")
    end = file.end(min(max(_WINDOW, 2 * largest), _LARGEST_FRAMES))
    reached = [
        found
        for mark in (b"\xff\xf8", b"\xff\xf9")
        for start in _all(end, mark)
        if (found := _flac_end(end[start : start + 16], fixed))
    ]
    return bool(total and reached) and not any(found >= total for found in reached)


def _all(data: bytes, mark: bytes) -> list[int]:
    found, at = [], data.find(mark)
    while at >= 0:
        found.append(at)
        at = data.find(mark, at + 1)
    return found


def _flac_end(head: bytes, fixed: int) -> int:
    """The sample after this frame's last; 0 when these bytes are no head of a frame."""
    if len(head) < 16 or head[3] & 1 or head[2] >> 4 == 0 or head[2] & 15 == 15:
        return 0
    number, width = _utf8_number(head[4:11])
    at = 4 + width
    code = head[2] >> 4
    if code in (6, 7):
        size = int.from_bytes(head[at : at + code - 5], "big") + 1
        at += code - 5
    else:
        size = _FLAC_BLOCKS[code]
    at += {12: 1, 13: 2, 14: 2}.get(head[2] & 15, 0)
    if not width or at >= len(head) or _crc8(head[:at]) != head[at]:
        return 0
    first = number if head[1] & 1 else number * fixed
    return first + size


def _utf8_number(data: bytes) -> tuple[int, int]:
    """(number, bytes it takes) as UTF-8 would write it, up to 36 bits; (0, 0) when it is none."""
    ones = 8 - (data[0] ^ 0xFF).bit_length()
    if ones == 0:
        return data[0], 1
    if ones == 1 or ones > 7 or any(byte >> 6 != 2 for byte in data[1:ones]):
        return 0, 0
    number = data[0] & (0x7F >> ones)
    for byte in data[1:ones]:
        number = number << 6 | byte & 0x3F
    return number, ones


def _crc8(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x07) & 0xFF if crc & 0x80 else crc << 1
    return crc


# --- MP3 ----------------------------------------------------------------------------------------


def _mp3(file: _File) -> bool:
    """Shorter than the head says that some encoders put in front."""
    tags = 0
    head = file.head(10)
    if head[:3] == b"ID3":
        size = 0
        for byte in head[6:10]:
            size = size << 7 | byte & 0x7F
        tags = 10 + size
    frame = file.read(tags, 4096)
    at = max(frame[:256].find(b"Xing"), frame[:256].find(b"Info"))
    if at < 0:
        return False
    flags = int.from_bytes(frame[at + 4 : at + 8], "big")
    if not flags & 2:
        return False
    at += 8 + (4 if flags & 1 else 0)
    said = int.from_bytes(frame[at : at + 4], "big")
    return file.length - tags < said - _TOLERATED_BYTES


# --- FLV ----------------------------------------------------------------------------------------


def _flv(file: _File) -> bool:
    """Behind each part its length stands again, so the end leads back to the beginning of one."""
    size = int.from_bytes(file.end(4), "big")
    at = file.length - 4 - size
    if size < 11 or at < 13:
        return True
    head = file.read(at, 4)
    return head[0] & 0x1F not in {8, 9, 18} or int.from_bytes(head[1:], "big") + 11 != size


# --- Matroska and WebM --------------------------------------------------------------------------

_CLUSTER = b"\x1f\x43\xb6\x75"


def _matroska(file: _File) -> bool:
    """In the midst of a block, of what was written as it was recorded and knows no length."""
    size = _WINDOW
    while True:
        end = file.end(size)
        if (at := end.rfind(_CLUSTER)) >= 0:
            return _cluster_breaks_off(end, at)
        if size >= min(_LARGEST_CLUSTER, file.length):
            return False
        size *= 4


def _cluster_breaks_off(data: bytes, at: int) -> bool:
    size, at = _element_size(data, at + 4)
    if size is not None:
        return at + size > len(data)
    for _ in range(_MOST_ELEMENTS):
        if at >= len(data):
            return at > len(data)
        width = 9 - data[at].bit_length() if data[at] else 0
        if not width or width > 4:
            return False  # nothing that we know
        size, inside = _element_size(data, at + width)
        if size is None:
            return inside > len(data)
        at = inside + size
    return False


def _element_size(data: bytes, at: int) -> tuple[int | None, int]:
    """(size, where its content begins); None for one that is not known, or not there."""
    if at >= len(data):
        return None, len(data) + 1
    if not data[at]:
        return None, at
    width = 9 - data[at].bit_length()
    if at + width > len(data):
        return None, len(data) + 1
    all_ones = (1 << 7 * width) - 1
    size = int.from_bytes(data[at : at + width], "big") & all_ones
    return (None if size == all_ones else size), at + width


_LOOKS: dict[str, Callable[[_File], bool]] = {
    "mpegts": _ts,
    "ogg": _ogg,
    "aac": _adts,
    "flac": _flac,
    "mp3": _mp3,
    "flv": _flv,
    "webm": _matroska,
    "matroska": _matroska,
}
