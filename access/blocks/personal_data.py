"""The addresses of people removed go when nothing hangs on them any more.

While a block is in force it keeps its person out, whatever is erased about them: erasing one's own
data must not be a way back in. What stays then is a keyed digest (`access.blocks.digests`), unless
another row, of an account, of an invitation or of another browser, has the address anyway.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from access.blocks.models import Block, BlockQuerySet
from access.personal_data import update_in_batches
from access.proofs import is_known, parsed
from media_items.personal_data import Section, Subject


class BlockData:
    """Nothing of it is shown: whose address a host typed or removed is the host's record."""

    name = "removals and blocks"

    def sections(self, subject: Subject) -> list[Section]:
        return []

    def export(self, subject: Subject) -> list[dict[str, Any]]:
        return []

    def erase(self, subject: Subject, *, moment: datetime) -> None:
        email = subject.email or subject.typed_email
        if not email:
            return
        rows = Block.objects.filter(email=email)
        if subject.item is not None:
            rows = rows.filter(item=subject.item)
        # SECURITY: an address that was only typed is erased unless somebody else's row has it.
        item, keys = subject.item, parsed(subject.keys)
        if subject.email or (item and not is_known(email, item, apart_from=keys)):
            rows.filter(_OVER, erased_at=None).update(email="", digest="", erased_at=moment)
        _keep_digests(rows.in_force(), moment, apart_from=subject)

    def erase_older_than(self, cutoff: datetime) -> int:
        moment = timezone.now()
        over = Block.objects.filter(_OVER, erased_at=None, made_at__lt=cutoff)
        update_in_batches(over, email="", digest="", erased_at=moment)
        # Erased while they were in force, and over since.
        Block.objects.filter(_OVER, erased_at__isnull=False).exclude(digest="").update(digest="")
        _keep_digests(Block.objects.in_force().filter(made_at__lt=cutoff), moment)
        return 0


_OVER = Q(lifted_at__isnull=False) | Q(session__ended_at__isnull=False)


def _keep_digests(
    rows: BlockQuerySet, moment: datetime, *, apart_from: Subject | None = None
) -> None:
    """Of those whose address nobody else's row has."""
    keys = parsed(apart_from.keys) if apart_from else []
    for block in rows.exclude(email="").select_related("item"):
        if not is_known(block.email, block.item, apart_from=keys):
            Block.objects.filter(pk=block.pk).update(email="", erased_at=moment)
