"""Guest data goes when its time is up, a site-policy number of days after the last coming."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from access.exclusions.retention import erase_outdated_exclusions
from access.guests.models import AccessRequest, Guest, GuestAdmission
from access.guests.proofs import GuestProofs
from access.site_policy.models import current_policy
from media_items.live.people.forgetting import forget

BATCH = 1_000  # rows per transaction, so that nobody waits long for a lock


def erase_outdated() -> int:
    """Erases names, addresses and messages older than the site keeps them.

    Safe to run at any time and twice at once. Returns how many guests were erased.
    """
    moment = timezone.now()
    cutoff = moment - timedelta(days=current_policy().kept_days)
    _in_batches(
        GuestAdmission.objects.filter(admitted_at__lt=cutoff, erased_at=None),
        and_then=_forget_in_sittings,
        name="",
        erased_at=moment,
    )
    erase_outdated_exclusions(cutoff=cutoff)
    _in_batches(
        AccessRequest.objects.filter(asked_at__lt=cutoff, erased_at=None),
        name="",
        email="",
        message="",
        erased_at=moment,
    )
    still_here = GuestAdmission.objects.filter(guest=OuterRef("pk"), erased_at=None)
    return _in_batches(
        Guest.objects.filter(~Exists(still_here), joined_at__lt=cutoff, erased_at=None),
        name="",
        email="",
        erased_at=moment,
    )


def _forget_in_sittings(admission_ids: Sequence[int]) -> None:
    forget(keys=[str(GuestProofs.key_of(pk)) for pk in admission_ids])


def _in_batches(
    rows: QuerySet, *, and_then: Callable[[Sequence[int]], None] | None = None, **values: object
) -> int:
    done = 0
    while True:
        with transaction.atomic():
            batch = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
            if not batch:
                return done
            done += rows.model.objects.filter(pk__in=batch).update(**values)
            if and_then:
                and_then(batch)
