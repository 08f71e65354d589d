"""What keeps somebody off an item: the condition under which a proof is worth nothing."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, Q
from django.db.models.lookups import Exact

from access.blocks.digests import address_digests
from access.blocks.models import Block
from media_items.models import MediaItem

if TYPE_CHECKING:
    from access.visitors import Visitor


def blocked(
    *, item: Any, email: Any, is_typed: bool | Exact, digests: Collection[str] | None = None
) -> Exists:
    """True where that address is blocked on that item: values, or `OuterRef`s of the query around.

    `is_typed`: the proof that is judged rests on an address that was typed and not proven; a
    condition where that differs by row. A block for typed addresses only does not touch any other.
    `digests`: those of an address that is a value, for a question that is compiled; else they are
    made here.
    """
    rows = Block.objects.in_force().filter(item=item)
    if digests is not None:
        rows = rows.of_digested([email], digests)
    elif isinstance(email, str):
        rows = rows.of_addresses([email])
    else:
        # The database knows no digest of a column. Where a row is made whose address was erased
        # from a block, `services.recall` writes it back.
        rows = rows.filter(email=email).exclude(email="")
    if is_typed is True:
        return Exists(rows)
    reaches_proven = Q(only_typed=False)
    return Exists(rows.filter(Q(is_typed) | reaches_proven if is_typed else reaches_proven))


def block_of(*, item: MediaItem, emails: Collection[str], are_proven: bool = True) -> Block | None:
    """What keeps a person with these addresses off the item; a block before a removal."""
    found = Block.objects.in_force().on(item).of_addresses(emails)
    if are_proven:
        found = found.filter(only_typed=False)
    block: Block | None = found.order_by(F("session").asc(nulls_first=True), "pk").first()
    return block


def block_before(visitor: Visitor, item: MediaItem) -> Block | None:
    """What keeps a person whom this browser proves, or has proven before they left or erased what
    they gave, off it. No query for a browser that holds nothing and where nobody is blocked."""
    emails = {email for proof in visitor.blocked_on(item) for email in proof.emails}
    theirs = reduce(or_, (one.blocks_ever(item) for one in visitor.holdings), Q())
    if emails:
        theirs |= Q(email__in=emails) | Q(digest__in=address_digests(emails))
    if not theirs:
        return None
    found = Block.objects.in_force().on(item).filter(theirs)
    block: Block | None = found.order_by(F("session").asc(nulls_first=True), "pk").first()
    return block
