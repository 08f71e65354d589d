"""What the register says beside its rows, in one question: the counts of its tabs, how guests come
in, and whether there is anything that is asked for only where there is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, QuerySet

from access.accounts.models import User
from access.blocks.models import Block
from access.guests.models import GuestAccess, GuestLink
from access.memberships.models import CoEditor
from access.people_lists.services.correcting import KEPT, unsent_batches
from access.register.counting import number_of
from access.register.querysets import Shown, by_tab, numbers_shown
from access.register.summaries import number_inside
from access.register.undoing import UNDO_SECONDS, events_to_undo
from media_items.compiled import compiled
from media_items.models import MediaItem


class Beside(NamedTuple):
    """`inside`: guests who have access at that moment, however many browsers they use. `is_done`:
    by that account, something that may be undone."""

    numbers: str | None = None  # with `problems`: see `numbers_shown`
    problems: int = 0
    access_on: bool = False
    links: int = 0
    inside: int = 0
    blocked: int = 0
    has_co_editors: bool = False
    has_unsent: bool = False
    is_done: bool = False

    @property
    def by_tab(self) -> dict[Shown, int]:
        return by_tab(self.numbers, self.problems)


def beside_register(item: MediaItem, account: User, moment: datetime) -> Beside:
    """One query."""
    found = _beside(
        item=item.pk,
        account=account.pk,
        moment=moment,
        done_since=moment - timedelta(seconds=UNDO_SECONDS),
        since=moment - KEPT,
    )
    return Beside(*found[0]) if found else Beside()


@compiled
def _beside(
    *, item: int, account: int, moment: datetime, done_since: datetime, since: datetime
) -> QuerySet[MediaItem, Any]:
    return MediaItem.objects.filter(pk=item).values_list(
        *numbers_shown(item, moment),
        Exists(GuestAccess.objects.filter(item=item, enabled_at__isnull=False)),
        number_of(GuestLink.objects.filter(item=item, deleted_at=None)),
        number_inside(item, moment),
        number_of(Block.objects.in_force().filter(item=item)),
        Exists(CoEditor.objects.filter(item=item)),
        Exists(unsent_batches(item=item, account=account, since=since)),
        Exists(events_to_undo(item=item, account=account, since=done_since)),
    )
