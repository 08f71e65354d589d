"""Applying a change of rights: at once, and again until it is done."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import DatabaseError
from django.db.models import F
from django.tasks import task
from django.utils import timezone

from access.rights.effects import apply
from access.rights.models import RightsChange

logger = logging.getLogger(__name__)

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 15, 60, 300))
CHECK_AFTER = timedelta(seconds=30)  # after this, a task checks that it was applied
OVERDUE_PER_TASK = 10  # applied by any task, too


def try_to_apply(change_id: int) -> None:
    """Applies it now. What fails is logged and tried again by a task, at growing pauses: the act
    itself does not fail because of what follows from it."""
    try:
        apply(change_id)
    except Exception:
        logger.exception("Change of rights %s is not applied yet; it is tried again.", change_id)
        _try_again(change_id)


@task(priority=60)
def apply_rights_change(change_id: int) -> None:
    """Safe to run twice. Tries some that are overdue as well."""
    try_to_apply(change_id)
    left = RightsChange.objects.overdue(timezone.now()).exclude(pk=change_id)
    for pk in left.values_list("pk", flat=True)[:OVERDUE_PER_TASK]:
        try_to_apply(pk)


def _try_again(change_id: int) -> None:
    try:
        change = RightsChange.objects.filter(pk=change_id).first()
        if change is None:
            return
        due_at = timezone.now() + PAUSES[min(change.attempts, len(PAUSES) - 1)]
        RightsChange.objects.filter(pk=change_id).update(attempts=F("attempts") + 1, due_at=due_at)
        apply_rights_change.using(run_after=due_at).enqueue(change_id)
    except DatabaseError:
        # It stays due; any later task or housekeeping finds it.
        logger.exception("Change of rights %s has no task; housekeeping finds it.", change_id)
