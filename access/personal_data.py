"""Personal data goes when its time is up.

Most is kept for a number of days that the site policy says, counted from when somebody last came
in; some rooms keep theirs for a shorter time of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from access.site_policy.models import current_policy
from media_items import personal_data

BATCH = 1_000  # rows per transaction, so that nobody waits long for a lock


def erase_outdated() -> int:
    """Erases what is kept no longer, room by room.

    Safe to run at any time and twice at once. Returns how many people or rows it was.
    """
    cutoff = timezone.now() - timedelta(days=current_policy().kept_days)
    return personal_data.erase_older_than(cutoff)


def update_in_batches(
    rows: QuerySet,
    *,
    lock: Callable[[Sequence[int]], None] | None = None,
    before: Callable[[Sequence[int]], None] | None = None,
    **values: object,
) -> int:
    """Writes `values`, which must take rows out of the query; returns how many rows there were.

    `before` gets the ids of each batch, in the same transaction; so does `lock`, after which the
    query is asked again: what has come to them meanwhile is seen.
    """
    done = 0
    while True:
        with transaction.atomic():
            batch = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
            if not batch:
                return done
            if lock:
                lock(batch)
                batch = list(rows.filter(pk__in=batch).values_list("pk", flat=True))
            if before:
                before(batch)
            done += rows.model.objects.filter(pk__in=batch).update(**values)
