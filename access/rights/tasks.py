"""Applying what a change of rights owes: at once, and again until it is done."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import DatabaseError
from django.db.models import F
from django.tasks import task
from django.utils import timezone

from access.rights.models import RightsChange

logger = logging.getLogger(__name__)

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 15, 60, 300))
WATCH = timedelta(seconds=30)  # after this, somebody looks whether it was applied
TAKEN_UP = 10  # of what was left behind, with any task


def attempt(change_id: int) -> None:
    """Applies it now. What fails is logged and tried again by a task, at growing pauses: nobody's
    act fails for what follows from it."""
    from access.rights.effects import apply  # transitional

    try:
        apply(change_id)
    except Exception:
        logger.exception("Change of rights %s is not applied yet; it is tried again.", change_id)
        _later(change_id)


@task(priority=60)
def apply_rights_change(change_id: int) -> None:
    """Safe to run twice. Does what was left behind as well."""
    attempt(change_id)
    left = RightsChange.objects.left_behind(timezone.now()).exclude(pk=change_id)
    for pk in left.values_list("pk", flat=True)[:TAKEN_UP]:
        attempt(pk)


def _later(change_id: int) -> None:
    try:
        change = RightsChange.objects.filter(pk=change_id).first()
        if change is None:
            return
        due_at = timezone.now() + PAUSES[min(change.attempts, len(PAUSES) - 1)]
        RightsChange.objects.filter(pk=change_id).update(attempts=F("attempts") + 1, due_at=due_at)
        apply_rights_change.using(run_after=due_at).enqueue(change_id)
    except DatabaseError:
        # It stays due; whatever comes next takes it up.
        logger.exception("Change of rights %s has no task; housekeeping takes it up.", change_id)
