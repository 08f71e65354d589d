"""Deadlines of attempts under way follow what has changed: the limit, the dates, an exemption, or
whose the attempt is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from media_items.quizzes.attempts.events import note
from media_items.quizzes.attempts.exemptions import Exemptions
from media_items.quizzes.attempts.locking import lock_quiz
from media_items.quizzes.attempts.windows import deadline_of, is_overdue, window_of
from media_items.quizzes.models import Attempt, Quiz


@transaction.atomic
def bring_up_to_date(quiz: Quiz) -> int:
    """Each as it would be if it had been started under what is set now. Whoever changes a limit, a
    date or an exemption calls it in the same transaction. Over is over: an attempt whose time was
    up does not open again. Returns how many have another deadline.
    """
    return follow(lock_quiz(quiz))


def follow(quiz: Quiz, *, takers: Collection[int] | None = None) -> int:
    """`bring_up_to_date` of these people alone, whose address, exemption or attempts have become
    others. The caller holds the locks on the quiz, and on them."""
    moment = timezone.now()
    rows = quiz.attempts.open()
    attempts = list(
        (rows if takers is None else rows.filter(taker__in=takers))
        .select_for_update(of=("self",), no_key=True)
        .select_related("taker")
        .order_by("pk")
    )
    exempt = Exemptions([one.taker for one in attempts])
    changed = 0
    for attempt in attempts:
        deadline = deadline_of(attempt, window_of(quiz, exempt.of(attempt.taker)))
        if deadline != attempt.deadline and not is_overdue(attempt, moment):
            set_deadline(attempt, deadline)
            attempt.save(update_fields=["deadline", "is_late"])
            note(attempt, "deadline")
            changed += 1
    return changed


def set_deadline(attempt: Attempt, deadline: datetime | None) -> None:
    """What was saved in the grace of an earlier one is late no more where it is in time by this
    one. What was in time stays so. The caller saves it."""
    attempt.deadline = deadline
    if attempt.is_late:
        attempt.is_late = (
            deadline is not None and attempt.answers.filter(saved_at__gt=deadline).exists()
        )
