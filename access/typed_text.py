"""Making what people typed fit to be kept, and to stand in mails, tables and exports.

SECURITY: nothing typed by anybody starts a new header, fakes a paragraph, or turns the text
around it over by bidirectional control characters.
"""

from __future__ import annotations

import re
import unicodedata

from media_items.visible_text import ZWJ, ZWNJ, is_visible

_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_JOINERS = f"{ZWNJ}{ZWJ}"
# At the edge of a word, or beside letters and signs of ASCII, which none is needed for.
_JOINS_NOTHING = re.compile(
    rf"(?<![^\s\x00-\x7f])[{_JOINERS}]+|(?<![{_JOINERS}])[{_JOINERS}]++(?![^\s\x00-\x7f{_JOINERS}])"
)
_AS_SPACES = "\u2800\u3164\uffa0"  # drawn as blanks: the empty Braille cell, Hangul fillers
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


def one_line(text: str, *, most: int = 200) -> str:
    """On one line, without control characters, and not longer than `most`."""
    return _cut(" ".join(_clean(text, keep="").split()), most)


def lines(text: str, *, most: int = 2_000) -> str:
    """Keeps the person's own line breaks and no other control characters."""
    return _cut(_clean("\n".join(text.splitlines()), keep="\n").strip(), most)


def isolated(text: str) -> str:
    """For plain text: words of the other direction do not disturb the sentence around them."""
    if text.isascii():
        return text
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
        return f"{_ISOLATE}{text}{_END_ISOLATE}"
    return text


def clean_words(text: str, *, most: int) -> str:
    """A name, a cell: one line without control characters and without marks that turn the direction
    of text; empty where nothing of it can be seen.

    SECURITY: names stand in mails, tables and exports beside other people's; they never break a
    header, nor rearrange what stands next to them. Joiners stay where they join something: in the
    names of some scripts, and in emoji.
    """
    kept = (
        " " if unicodedata.category(c) in {"Cc", "Zl", "Zp", "Zs"} or c in _AS_SPACES else c
        for c in text
        if unicodedata.category(c) not in {"Cf", "Cs", "Co", "Cn"} or c in _JOINERS
    )
    words = " ".join(_JOINS_NOTHING.sub("", "".join(kept)).split())[:most].strip(f" {_JOINERS}")
    return words if is_visible(words) else ""


def same_words(text: str) -> str:
    """What two names have in common that people take for one: large and small letters, spaces and
    the ways to write a letter do not tell them apart. At most three times as long."""
    composed = unicodedata.normalize("NFC", clean_words(text, most=len(text)))
    return unicodedata.normalize("NFC", composed.casefold())


def _clean(text: str, *, keep: str) -> str:
    if text.isprintable():
        return text  # it has nothing of all that
    return "".join(
        " " if unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"} and one not in keep else one
        for one in text
        if one not in _BIDI_CONTROLS
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
