"""Which exclusions count, as SQL, and the condition that makes a proof worth nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Q, QuerySet

if TYPE_CHECKING:
    from access.blocks.models import Exclusion  # noqa: F401
    from media_items.models import MediaItem


class ExclusionQuerySet(QuerySet["Exclusion"]):
    def on(self, item: MediaItem) -> ExclusionQuerySet:
        return self.filter(item=item)

    def in_force(self) -> ExclusionQuerySet:
        """Not lifted; a removal only while its sitting is not ended."""
        return self.filter(Q(session=None) | Q(session__ended_at=None), lifted_at=None)


def excluded(*, item: Any, email: Any, is_typed: bool) -> Exists:
    """True where that address is out of that item: values, or `OuterRef`s of the query around.

    `is_typed`: the proof that is judged rests on an address that was typed and not proven; an
    exclusion for typed addresses only does not touch any other.
    """
    from access.blocks.models import Exclusion

    rows = Exclusion.objects.in_force().filter(item=item, email=email)
    return Exists(rows if is_typed else rows.filter(only_typed=False))
