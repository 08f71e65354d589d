"""What a recorder's bytes are, judged by the bytes, and where reading them may begin.

A recorder gives one endless file in pieces. Its head, up to the first cluster (WebM, Matroska) or
fragment (MP4), says what follows; with the head in front, reading may begin at any later cluster.
"""

from __future__ import annotations

from dataclasses import dataclass

_EBML = b"\x1a\x45\xdf\xa3"
_CLUSTER = b"\x1f\x43\xb6\x75"
_H264 = (b"V_MPEG4/ISO/AVC", b"avc1", b"avc3")
# No head is longer; what goes on without a cluster is no recording.
MOST_BYTES_OF_HEAD = 1024 * 1024


class UnknownRecording(Exception):
    """Neither WebM nor MP4 as recorders make them."""


@dataclass(frozen=True)
class Head:
    """`demuxers` are ffmpeg's; `copies` says that the picture may be sent on as it is."""

    content: bytes
    demuxers: str
    copies: bool

    def entry_in(self, content: bytes | bytearray) -> int | None:
        """Where in these bytes the next cluster begins."""
        return _cluster(content) if self.demuxers.startswith("matroska") else _fragment(content)


def begins_a_recording(content: bytes) -> bool:
    """As far as these bytes go: a busy browser's first piece may be a single byte."""
    if len(content) < 8:
        return _EBML.startswith(content[:4]) or (
            content.startswith(b"\0") and b"ftyp".startswith(content[4:])
        )
    return content.startswith(_EBML) or content[4:8] == b"ftyp"


def read_head(content: bytes | bytearray) -> Head | None:
    """None: more is needed. Raises `UnknownRecording`."""
    if len(content) < 12:
        return None
    if content.startswith(_EBML):
        end, demuxers = _cluster(content), "matroska,webm"
    elif content[4:8] == b"ftyp":
        end, demuxers = _fragment(content), "mov,mp4,m4a,3gp,3g2,mj2"
    else:
        raise UnknownRecording
    if end is None:
        if len(content) > MOST_BYTES_OF_HEAD:
            raise UnknownRecording
        return None
    head = bytes(content[:end])
    return Head(head, demuxers, any(mark in head for mark in _H264))


def _cluster(content: bytes | bytearray) -> int | None:
    found = content.find(_CLUSTER)
    return None if found < 0 else found


def _fragment(content: bytes | bytearray) -> int | None:
    """A box begins with its length in four bytes."""
    found = content.find(b"moof", 4)
    return None if found < 0 else found - 4
