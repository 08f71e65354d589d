"""Which blocks count, as SQL, and the condition that makes a proof worth nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Q, QuerySet

if TYPE_CHECKING:
    from access.blocks.models import Block  # noqa: F401
    from media_items.models import MediaItem


class BlockQuerySet(QuerySet["Block"]):
    def on(self, item: MediaItem) -> BlockQuerySet:
        return self.filter(item=item)

    def in_force(self) -> BlockQuerySet:
        """Not lifted; a removal only while its session is not ended."""
        return self.filter(Q(session=None) | Q(session__ended_at=None), lifted_at=None)


def blocked(*, item: Any, email: Any, is_typed: bool) -> Exists:
    """True where that address is out of that item: values, or `OuterRef`s of the query around.

    `is_typed`: the proof that is judged rests on an address that was typed and not proven; an
    block for typed addresses only does not touch any other.
    """
    from access.blocks.models import Block

    rows = Block.objects.in_force().filter(item=item, email=email)
    return Exists(rows if is_typed else rows.filter(only_typed=False))
