"""What is asked of all items that somebody sees or has made, compiled once for each list.

What somebody holds is told by values (`Holding.held`); the rule is that of `access.policies` and of
the kinds of proof.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache, wraps
from typing import Any

from django.db.models import QuerySet

from access import policies, proof_kinds
from access.proofs import NOTHING
from media_items.compiled import Compiled
from media_items.models import MediaItem
from media_items.visitors import Build


@cache
def of_visible(build: Build[Any]) -> Compiled:
    """`build` over the items that somebody sees who holds what the arguments say; with
    `unnoted_since` without those where a use is to be noted."""

    @wraps(build)
    def asked(
        *, moment: datetime, unnoted_since: datetime | None = None, **arguments: Any
    ) -> QuerySet[Any, Any]:
        reach, unnoted = policies.OPEN_TO_ALL, NOTHING
        for kind in proof_kinds.kinds():
            if kind.HELD and arguments.keys() >= kind.HELD:
                held = {name: arguments.pop(name) for name in kind.HELD}
                reach |= kind.reach_of(moment, **held)
                if unnoted_since is not None and proof_kinds.KINDS[kind.kind].note_use:
                    unnoted |= kind.unnoted_of(moment, unnoted_since, **held)
        items = policies.items_within(reach, moment=moment)
        if unnoted_since is not None:
            # Of whoever edits an item no other proof is asked, and nothing is noted.
            items = items.filter(reach.edits | ~unnoted)
        return build(items, **arguments)

    return Compiled(asked)


def owned_by(owner: int) -> QuerySet[MediaItem]:
    return MediaItem.objects.filter(owner_id=owner)


@cache
def of_own(build: Build[Any]) -> Compiled:
    """`build` over the items that somebody made."""

    @wraps(build)
    def asked(*, owner: int, **arguments: Any) -> QuerySet[Any, Any]:
        return build(owned_by(owner), **arguments)

    return Compiled(asked)
