"""Whether a separator stands where a slip of the finger put it into an address: `ada@x.co,m`,
`ada@uni.de;com`. What is left in front of it may be somebody else's address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from access.typed_names import as_name, is_title
from access.typed_roles import role_meant
from access.typed_signs import SAME

# An address, a separator without a space, and all that stands before the next separator or the end.
_GLUED = re.compile(
    r"(?P<domain>@[^\s,;|<>()\"@]+)[,;|]+(?P<tail>[^\s,;|<>()\"@]+)(?=[>)\"]*\s*(?:[,;|]|$))"
)
_END = re.compile(r"\.?[\w-]+(?:\.[\w-]+)*\.?")
_CLOSED = re.compile(r"[>)\"]*")
_NEXT = re.compile(r"[\s,;|]*(?P<part>[^,;|]*)")
_BEFORE = re.compile(r"[^\s,;|<>()\"]*\Z")
_LONGEST_MAILBOX = 500
_COMMON = frozenset(["com", "org", "net", "edu", "gov", "mil", "info", "biz", "eu"])


@dataclass(frozen=True)
class Cut:
    """`start` and `end` are those of the whole address in the text, with what was cut off and what
    closes behind it."""

    start: int
    end: int
    tail: str
    is_last: bool  # nothing, or another address, stands behind: it is no row of several cells

    @property
    def is_common(self) -> bool:
        return self.tail.strip(".") in _COMMON


def cuts_in(text: str) -> Iterator[Cut]:
    """Wherever one word that might end a domain, or is no name, is glued behind an address."""
    plain = text.translate(SAME)
    for match in _GLUED.finditer(plain):
        if not _may_be_cut_off(match["tail"], match["domain"]):
            continue
        at = match.start()
        before = _BEFORE.search(plain, max(at - _LONGEST_MAILBOX, 0), at)
        closed = _CLOSED.match(plain, match.end())
        end = closed.end() if closed else match.end()
        behind = _NEXT.match(plain, end)
        part = behind["part"] if behind else ""
        yield Cut(
            start=before.start() if before else at,
            end=end,
            tail=match["tail"],
            is_last=not part.strip() or "@" in part,
        )


def _may_be_cut_off(tail: str, domain: str) -> bool:
    if not as_name(tail) or is_title(tail):
        return True
    if role_meant(tail):  # ada@x.edu,moderator
        return False
    same_case = tail.islower() or (tail.isupper() and domain.isupper())
    return same_case and bool(_END.fullmatch(tail))
