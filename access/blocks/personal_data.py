"""The addresses of people removed go when nothing hangs on them any more.

While a block is in force it keeps its person out, whatever is erased about them: erasing one's own
data must not be a way back in. What stays then is a keyed digest (`access.blocks.digests`), unless
another row, of an account, of an invitation or of another browser, has the address anyway.
"""

from __future__ import annotations

from datetime import datetime
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from access.blocks.models import Block, BlockQuerySet
from access.personal_data import update_in_batches
from access.proof_kinds import is_known
from access.proofs import parsed
from media_items.live.sessions.models import LiveSession, Participant
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
        _lock_sessions(rows, subject)
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
        old = Block.objects.in_force().filter(made_at__lt=cutoff).exclude(email="")
        for some in batched(list(old.order_by("pk").values_list("pk", flat=True)), _AT_ONCE):
            with transaction.atomic():
                _keep_digests(Block.objects.in_force().filter(pk__in=some), moment)
        return 0


_AT_ONCE = 100  # each is asked after, and nobody waits long for its lock
_OVER = Q(lifted_at__isnull=False) | Q(session__ended_at__isnull=False)


def _lock_sessions(rows: BlockQuerySet, subject: Subject) -> None:
    """Before the blocks, as whoever removes somebody or lets them back in does; and all that are
    locked in this erasing together, in order."""
    theirs = Participant.objects.filter(key__in=subject.keys)
    if subject.item is not None:
        theirs = theirs.filter(session__item=subject.item)
    sessions = LiveSession.objects.select_for_update(of=("self",), no_key=True).under_way()
    both = Q(item__in=rows.values("item")) | Q(pk__in=theirs.values("session"))
    list(sessions.filter(both).order_by("pk"))


def _keep_digests(
    rows: BlockQuerySet, moment: datetime, *, apart_from: Subject | None = None
) -> None:
    """Of those whose address nobody else's row has. In a transaction.

    SECURITY: the rows are locked before anybody is asked after, see `services.recall`.
    """
    keys = parsed(apart_from.keys) if apart_from else []
    rows = rows.exclude(email="").select_related("item").order_by("pk")
    for block in rows.select_for_update(of=("self",)):
        if not is_known(block.email, block.item, apart_from=keys):
            Block.objects.filter(pk=block.pk).update(email="", erased_at=moment)
