"""Names as they stand in the header of a mail, beside an address.

SECURITY: a header that is too long is folded, and folding loses the quotes around a name (seen in
Python 3.11 to 3.13). What a stranger typed as their name, `Admin <admin@example.edu>, and so on`,
would then be read as an address. So a name has no character that means something in a header,
with or without quotes, and is short.
"""

from __future__ import annotations

import re
import unicodedata
from email.utils import formataddr, parseaddr
from functools import lru_cache

from access.email_addresses import normal_domain
from access.typed_text import one_line
from media_items.visible_text import ZWJ, without_ignorable

LONGEST = 40  # bytes in UTF-8
_MEANS_SOMETHING = re.compile(r"[\"<>,;:@\\()\[\]]")
_ENCODED_WORD = re.compile(r"=\?|\?=")
_PLAIN = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.ASCII)
_LINE = 70  # characters, beside the name of a header
_REGIONAL = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)


@lru_cache(200)
def header_name(text: str, *, longest: int = LONGEST) -> str:
    """Cut between characters as people see them; `…` says that something is missing."""
    plain = _ENCODED_WORD.sub(" ", _MEANS_SOMETHING.sub(" ", without_ignorable(text, keep=_JOINS)))
    plain = one_line(plain, most=1_000).strip("'`. ")
    if _size(plain) <= longest:
        return plain
    kept = ""
    for cluster in _clusters(plain):
        if _size(f"{kept}{cluster}…") > longest:
            break
        kept += cluster
    return f"{kept.rstrip()}…"


def header_text(text: str) -> str:
    """For a subject: on one line, and no encoded word of somebody's own."""
    return _ENCODED_WORD.sub(" ", one_line(text, most=1_000))


@lru_cache(200)
def named_address(name: str, address: str) -> str:
    """`Ada Lovelace <ada@example.org>`; the address alone where nothing of the name is left."""
    return formataddr((header_name(name, longest=100), ascii_address(address)))


def ascii_address(address: str) -> str:
    """As a mail server takes it. Django would write the domain by the rules of IDNA 2003, by which
    `faß.de` is `fass.de`."""
    if is_plain_address(address):
        return address
    local, at, domain = parseaddr(address)[1].rpartition("@")
    return f"{local}{at}{normal_domain(domain)}" if at else domain


def is_plain_address(address: str) -> bool:
    """In its form, and such that nothing in it means anything else in a header, where it fits on a
    line: as nearly every address is."""
    is_plain = len(address) <= _LINE and bool(_PLAIN.fullmatch(address))
    return is_plain and "xn--" not in address


_JOINS = f"{ZWJ}\u200c\ufe0e\ufe0f"


def _size(text: str) -> int:
    return len(text.encode(errors="replace"))


def _clusters(text: str) -> list[str]:
    """About the grapheme clusters of UAX 29: marks, joined and toned emoji, flags stay whole."""
    found: list[str] = []
    for one in text:
        if found and _belongs_to(found[-1], one):
            found[-1] += one
        else:
            found.append(one)
    return found


def _belongs_to(cluster: str, one: str) -> bool:
    if unicodedata.category(one)[0] == "M" or one in _JOINS or ord(one) in _SKIN_TONES:
        return True
    if cluster[-1] == ZWJ:
        return True
    return ord(one) in _REGIONAL and len(cluster) == 1 and ord(cluster) in _REGIONAL
