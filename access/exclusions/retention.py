"""The addresses of people put out go when nothing hangs on them any more.

While an exclusion is in force its address stays, whatever is erased about the guest: it is all that
keeps the person out, and erasing one's own data must not be a way back in.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from access.exclusions.models import Exclusion
from access.exclusions.querysets import ExclusionQuerySet
from media_items.models import MediaItem

BATCH = 1_000


def _over() -> ExclusionQuerySet:
    rows: ExclusionQuerySet = Exclusion.objects.filter(
        Q(lifted_at__isnull=False) | Q(session__ended_at__isnull=False), erased_at=None
    )
    return rows


def forget_address(*, item: MediaItem, email: str) -> None:
    """Of a guest who is being erased; what is still in force stays until it is over."""
    _erase(list(_over().filter(item=item, email=email).values_list("pk", flat=True)))


def erase_outdated_exclusions(*, cutoff: datetime) -> int:
    """Of all that are over and were made before; returns how many."""
    done = 0
    while pks := list(
        _over().filter(made_at__lt=cutoff).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        done += _erase(pks)
    return done


def _erase(pks: list[int]) -> int:
    return Exclusion.objects.filter(pk__in=pks).update(email="", erased_at=timezone.now())
