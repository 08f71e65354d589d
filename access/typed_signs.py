"""Signs that somebody typed: those that mean the same as ASCII ones, separators and quotes."""

from __future__ import annotations

# Signs that mean the same as ASCII ones, in the scripts and keyboards that have their own.
SAME = str.maketrans(
    {"＠": "@", "﹫": "@", "＜": "<", "＞": ">", "〈": "<", "〉": ">", "：": ":"}
    | dict.fromkeys("；﹔؛⁏\u037e", ";")
    | dict.fromkeys("，﹐،、﹑､", ",")
)
_SEPARATORS = "\t;,|"
_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“”", "«": "»", "”": "”", "‘": "’"}
LONGEST_QUOTED = 500  # characters; so the search for what closes a quote or a bracket ends


def split_outside_quotes(line: str) -> list[str]:
    """At tabs, semicolons, commas and bars that are neither in quotes nor in angle brackets.

    A quote opens only at the beginning of a part, and only if one closes it before a separator, a
    bracket or the end; every other is a sign like any other (`19"`, `ד"ר`).
    """
    parts: list[str] = []
    start = at = 0
    begun = False
    looked: dict[str, int] = {}
    while at < len(line):
        if line[at] in _QUOTES and not begun:
            at = _closing(line, at, looked) or at
        elif line[at] == "<":
            end = line.find(">", at, at + LONGEST_QUOTED)
            inner = line[at + 1 : max(end, 0)]
            at = end if end > 0 and "<" not in inner and inner.count("@") < 2 else at
        elif line[at] in _SEPARATORS:
            parts.append(line[start:at])
            start = at + 1
        begun = start <= at and (begun or not line[at].isspace())
        at += 1
    parts.append(line[start:])
    return [part.strip() for part in parts if part.strip()]


def _closing(line: str, opening: int, looked: dict[str, int]) -> int:
    """Where the quote at `opening` is closed, 0 if nowhere. `looked` holds how far none was found
    before, so that no sign is looked at for each of many quotes."""
    closers = _QUOTES[line[opening]]
    end = min(len(line), opening + LONGEST_QUOTED)
    at = max(opening + 1, looked.get(line[opening], 0))
    while at < end:
        if line[at] in closers:
            if line[at] == line[at + 1 : at + 2] == '"':  # a doubled quote is one inside
                at += 2
                continue
            after = line[at + 1 : at + 20].lstrip(" ")
            if not after or after[0] in f"{_SEPARATORS}<(":
                return at
        at += 1
    looked[line[opening]] = at
    return 0


def unquoted(text: str) -> str:
    bare = text.strip()
    if len(bare) > 1 and bare[0] in _QUOTES and bare[-1] in _QUOTES[bare[0]]:
        bare = bare[1:-1]
    return bare.replace('""', '"').strip()
