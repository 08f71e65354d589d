"""Session descriptions: as Chromium 156 writes them, cut to one codec a medium; and one-way ones
of Firefox 153, whole.
"""

from __future__ import annotations

from pathlib import Path

_HEAD = (
    "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
    "a=group:BUNDLE 0 1\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS 5f0c\r\n"
)
_MEDIA = (
    "m={medium} 9 UDP/TLS/RTP/SAVPF {number}\r\nc=IN IP4 0.0.0.0\r\n"
    "a=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:8hhY\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\n"
    "a=ice-options:trickle\r\na=fingerprint:sha-256 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:"
    "6B:19:E5:7C:AB:4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF\r\na=setup:actpass\r\na=mid:{mid}\r\n"
    "{direction}a=msid:5f0c 1b2e\r\na=rtcp-mux\r\na=rtpmap:{number} {codec}\r\n"
    "a=ssrc:1001 cname:4TOk42mSjXCkVIa6\r\n"
)


def description(audio: str = "sendrecv", video: str = "sendrecv") -> str:
    """ "" leaves the direction out."""
    media = [("audio", "111", "opus/48000/2", audio), ("video", "96", "VP8/90000", video)]
    return _HEAD + "".join(
        _MEDIA.format(
            medium=medium,
            number=number,
            codec=codec,
            mid=mid,
            direction=f"a={direction}\r\n" if direction else "",
        )
        for mid, (medium, number, codec, direction) in enumerate(media)
    )


def firefoxes(name: str) -> str:
    """Its "offer" of sound and picture to somebody who watches, or its "answer" to such a one."""
    file = Path(__file__).parent / "descriptions" / f"firefox-{name}.sdp"
    return file.read_text(encoding="utf-8").replace("\n", "\r\n")
