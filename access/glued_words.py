"""Whether what looks like an address is a part of a longer word, which is shown and never cut."""

from __future__ import annotations

from access.typed_signs import LONGEST_QUOTED

# What may stand around an address without being a part of it.
_SIGNS_AROUND = frozenset("\"'“”„‟«»‹›‘’`´()[]{}<>。｡•‣◦▪●·∙")
_BRACKETS = {"<": ">", "(": ")", "[": "]", "{": "}"}


def is_glued(text: str, start: int, end: int) -> bool:
    """Whether letters of another word stand at what was cut out of `text`, with nothing but quotes,
    bullets and brackets without a partner between: `a"b@x.de`, `a<b@x.de`, `ad•••ce@x.de`.

    Glued and clear are `Ada<ada@x.edu>` and `ada@x.edu(Ada)`.
    """
    left, right = start, end
    while left and text[left - 1] in _SIGNS_AROUND:
        left -= 1
    while right < len(text) and text[right] in _SIGNS_AROUND:
        right += 1
    before, after = text[left:start], text[end:right]
    is_inside = any(closer in after for sign, closer in _BRACKETS.items() if sign in before)
    if is_inside:
        return False
    if before and left and text[left - 1] != ":" and not _separates(text[left - 1]):
        return True
    while after and right < len(text) and text[right] in ".!?:":
        right += 1
    if right == len(text) or _separates(text[right]) or not after:
        return False
    closer = _BRACKETS.get(after[0])
    return closer is None or text.find(closer, right, right + LONGEST_QUOTED) < 0


def _separates(sign: str) -> bool:
    return sign.isspace() or sign in ",;|"


def word_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the word begins and ends: all that is glued to it, as much as can be shown."""
    first, last = max(start - LONGEST_QUOTED, 0), min(end + LONGEST_QUOTED, len(text))
    while start > first and not _separates(text[start - 1]):
        start -= 1
    while end < last and not _separates(text[end]):
        end += 1
    return start, end
