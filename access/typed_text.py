"""Making what people typed fit to be kept, and to stand in mails, tables and exports.

SECURITY: nothing typed by anybody starts a new header, fakes a paragraph, or turns the text
around it over by bidirectional control characters.
"""

from __future__ import annotations

import unicodedata

_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


def one_line(text: str, *, most: int = 200) -> str:
    """On one line, without control characters, and not longer than `most`."""
    return _cut(" ".join(_clean(text, keep="").split()), most)


def lines(text: str, *, most: int = 2_000) -> str:
    """Keeps the person's own line breaks and no other control characters."""
    return _cut(_clean("\n".join(text.splitlines()), keep="\n").strip(), most)


def isolated(text: str) -> str:
    """For plain text: words of the other direction do not disturb the sentence around them."""
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
        return f"{_ISOLATE}{text}{_END_ISOLATE}"
    return text


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


def _clean(text: str, *, keep: str) -> str:
    return "".join(
        " " if unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"} and one not in keep else one
        for one in text
        if one not in _BIDI_CONTROLS
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
