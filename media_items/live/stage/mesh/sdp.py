"""Reading which way the media of a session description (SDP) run, to refuse those that must not.

Only what the rule needs is read; whether the rest makes sense is for the browsers.
"""

from __future__ import annotations

import re

from media_items.refusals import Invalid

SENDS = "sendonly"
RECEIVES = "recvonly"
BOTH = "sendrecv"
NEITHER = "inactive"

DIRECTIONS = frozenset({SENDS, RECEIVES, BOTH, NEITHER})
# What an offer to somebody who watches may say, and what their answer may say.
ONLY_SENDING = frozenset({SENDS, NEITHER})
ONLY_RECEIVING = frozenset({RECEIVES, NEITHER})

# Lines end in CR LF or LF, and nothing else that some reader might take for the end of a line.
_STRANGE = re.compile("[^\\n\\x20-\\x7e\\xa0-\\U0010ffff]|[\\u2028\\u2029]")
_LINE = re.compile(r"[a-z]=\S.*")


class WrongDescription(Invalid):
    """It is no description, or media run a way they must not."""

    reason = "description"


def check_directions(text: str, *, allowed: frozenset[str]) -> None:
    """Every medium of the description runs only ways that are `allowed`. Raises
    `WrongDescription`.

    SECURITY: a medium without a word of its own runs both ways, so where that is not allowed each
    must say its direction, and one that says two is judged by both. What is said above the first
    medium (Firefox writes `a=sendrecv` there, whichever way its media run) is judged by nobody: it
    is a default for media without a word of their own and never takes one's place (RFC 8866, 6.7),
    and browsers read the direction of a medium in its own lines alone (RFC 9429, 5.8.1 and 5.8.2;
    tests/browser/test_firefox_live.py asks two of them). Only sound and picture: a data channel has
    no direction, and nobody here needs one.
    """
    text = text.replace("\r\n", "\n").removesuffix("\n")
    if not text.startswith("v=0\n") or _STRANGE.search(text):
        raise WrongDescription
    said: set[str] | None = None  # of the medium being read; None before the first
    for line in text.split("\n"):
        if not _LINE.fullmatch(line):
            raise WrongDescription
        if line.startswith("m="):
            _judge(said, allowed)
            said = set()
            if not line.startswith(("m=audio ", "m=video ")):
                raise WrongDescription
        elif (direction := _direction(line)) and said is not None:
            said.add(direction)
    _judge(said, allowed)


def _direction(line: str) -> str:
    """The one it says, or "". SECURITY: spelt otherwise, some browsers read it and some do not."""
    word = line.removeprefix("a=")
    if word.strip().lower() not in DIRECTIONS:
        return ""
    if word not in DIRECTIONS:
        raise WrongDescription
    return word


def _judge(said: set[str] | None, allowed: frozenset[str]) -> None:
    if said is None:
        return
    if not (said or {BOTH}) <= allowed:
        raise WrongDescription
