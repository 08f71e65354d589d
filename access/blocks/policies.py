"""What removes somebody from an item."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import F

from access.blocks.models import Block
from media_items.models import MediaItem

if TYPE_CHECKING:
    from access.visitors import Visitor


def block_of(*, item: MediaItem, emails: Collection[str], are_proven: bool = True) -> Block | None:
    """What puts a person with these addresses out of the item; a block before a removal."""
    found = Block.objects.in_force().on(item).filter(email__in=emails)
    if are_proven:
        found = found.filter(only_typed=False)
    block: Block | None = found.order_by(F("session").asc(nulls_first=True), "pk").first()
    return block


def block_before(visitor: Visitor, item: MediaItem) -> Block | None:
    """What puts a person whom this browser proves out of the item. No query where nobody is."""
    emails = {email for proof in visitor.blocked_on(item) for email in proof.emails}
    return block_of(item=item, emails=emails, are_proven=False) if emails else None
