"""The addresses of people removed go when nothing hangs on them any more.

While a block is in force its address stays, whatever is erased about the person: it is all
that keeps them out, and erasing one's own data must not be a way back in.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from access.blocks.models import Block, BlockQuerySet
from access.personal_data import update_in_batches
from media_items.personal_data import Section, Subject


class BlockData:
    """Nothing of it is shown: whose address a host typed or removed is the host's record."""

    name = "removals and blocks"

    def sections(self, subject: Subject) -> list[Section]:
        return []

    def export(self, subject: Subject) -> list[dict[str, Any]]:
        return []

    def erase(self, subject: Subject, *, moment: datetime) -> None:
        if subject.email and subject.item is not None:
            over = _over().filter(item=subject.item, email=subject.email)
            over.update(email="", erased_at=moment)

    def erase_older_than(self, cutoff: datetime) -> int:
        update_in_batches(_over().filter(made_at__lt=cutoff), email="", erased_at=timezone.now())
        return 0


def _over() -> BlockQuerySet:
    rows: BlockQuerySet = Block.objects.filter(
        Q(lifted_at__isnull=False) | Q(session__ended_at__isnull=False), erased_at=None
    )
    return rows
