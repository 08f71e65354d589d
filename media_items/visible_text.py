"""Characters that are not drawn: what of a typed text there is to see."""

from __future__ import annotations

import unicodedata
from itertools import chain

ZWNJ, ZWJ = "\u200c", "\u200d"

# Default_Ignorable_Code_Point of the Unicode Character Database (DerivedCoreProperties.txt), which
# `unicodedata` does not know.
_IGNORABLE = frozenset(
    map(
        chr,
        chain(
            (0x00AD, 0x034F, 0x061C, 0x3164, 0xFEFF, 0xFFA0),
            range(0x115F, 0x1161),
            range(0x17B4, 0x17B6),
            range(0x180B, 0x1810),
            range(0x200B, 0x2010),
            range(0x202A, 0x202F),
            range(0x2060, 0x2070),
            range(0xFE00, 0xFE10),
            range(0xFFF0, 0xFFF9),
            range(0x1BCA0, 0x1BCA4),
            range(0x1D173, 0x1D17B),
            range(0xE0000, 0xE1000),
        ),
    )
)
# Blank, and letters or symbols by their category: Hangul fillers, the empty Braille cell.
BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_DRAWN = frozenset("LNPS")  # categories; marks are drawn only on one of these


def is_ignorable(character: str) -> bool:
    """Not drawn by itself, wherever it stands."""
    return character in _IGNORABLE or unicodedata.category(character) == "Cf"


def without_ignorable(text: str, *, keep: str = "") -> str:
    return "".join(one for one in text if one in keep or not is_ignorable(one))


def is_visible(text: str) -> bool:
    """Whether anything of it can be seen."""
    return any(
        unicodedata.category(one)[0] in _DRAWN and one not in BLANKS and not is_ignorable(one)
        for one in text
    )
