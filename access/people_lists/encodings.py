"""The text in the bytes of an uploaded list.

Found by byte order marks and by what can be decoded, not by statistics, for which a list of names
is too short: charset-normalizer takes four of six short Western lists for Central European ones,
and Hebrew for Cyrillic. Windows-1252 is what the spreadsheets of most users write.
"""

from __future__ import annotations

import codecs


def read_text(data: bytes) -> str:
    """The text of an uploaded list: UTF-8, UTF-16 with or without a mark, else Windows-1252."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    head = data[:2_000]
    if b"\x00" in head:
        # In UTF-16, every second byte of Latin letters is zero.
        even, odd = head[::2].count(0), head[1::2].count(0)
        if max(even, odd) > len(head) // 4:
            return data.decode("utf-16-be" if even > odd else "utf-16-le", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
