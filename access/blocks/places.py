"""What somebody who is blocked gives up on the item, and takes again when they are let back in.

Which rows hold a place is for the rooms above to know: each registers at start-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from access.accounts.models import User
    from access.blocks.models import Block
    from media_items.live.sessions.models import Participant
    from media_items.models import MediaItem


class Places(Protocol):
    """Inside the transaction of the block. `lock` comes before any session is locked."""

    def lock(self, item: MediaItem) -> None: ...

    def free(
        self,
        *,
        item: MediaItem,
        email: str,
        moment: datetime,
        by: User | None,
        by_participant: Participant | None,
    ) -> None:
        """`moment` is that of the block, by which its places are found again. Twice is once."""

    def take_again(
        self,
        *,
        item: MediaItem,
        blocks: Sequence[Block],
        by: User | None,
        by_participant: Participant | None,
    ) -> None:
        """What was freed by these blocks. May raise a `Refusal`. Twice is once."""


REGISTERED: list[Places] = []


def register(places: Places) -> None:
    if places not in REGISTERED:
        REGISTERED.append(places)


def lock(item: MediaItem) -> None:
    for one in REGISTERED:
        one.lock(item)


def free(
    *,
    item: MediaItem,
    blocks: Sequence[Block],
    by: User | None,
    by_participant: Participant | None,
) -> None:
    """Those of the addresses of these blocks."""
    for one in REGISTERED:
        for block in blocks:
            if block.is_lasting and block.email:
                one.free(
                    item=item,
                    email=block.email,
                    moment=block.made_at,
                    by=by,
                    by_participant=by_participant,
                )


def take_again(
    *,
    item: MediaItem,
    blocks: Sequence[Block],
    by: User | None,
    by_participant: Participant | None,
) -> None:
    lasting = [block for block in blocks if block.is_lasting]
    for one in REGISTERED:
        one.take_again(item=item, blocks=lasting, by=by, by_participant=by_participant)
