"""What hosts type and upload, made fit to be kept: text out of bytes, names, addresses."""

from __future__ import annotations

import codecs
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

_is_email = EmailValidator(allowlist=[])


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
        # Latin letters in UTF-16 are every other byte a nought.
        even, odd = head[::2].count(0), head[1::2].count(0)
        if max(even, odd) > len(head) // 4:
            return data.decode("utf-16-be" if even > odd else "utf-16-le", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def is_good_email(address: str) -> bool:
    """Whether mail can be sent there, and the table can hold it."""
    try:
        _is_email(address)
    except ValidationError:
        return False
    return len(address) <= 254 and address.isprintable()


def clean_words(text: str, *, most: int) -> str:
    """One line without control characters and without marks that turn the direction of text.

    SECURITY: names stand in mails, tables and exports beside other people's; they never break a
    header, nor rearrange what stands next to them. Joiners that some scripts need are kept.
    """
    kept = (
        " " if unicodedata.category(c) in {"Cc", "Zl", "Zp", "Zs"} else c
        for c in text
        if unicodedata.category(c) not in {"Cf", "Cs", "Co", "Cn"} or c in "\u200c\u200d"
    )
    return " ".join("".join(kept).split())[:most].strip()
