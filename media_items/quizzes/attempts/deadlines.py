"""Deadlines of attempts under way follow what has changed: the limit, the dates, an exemption."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from media_items.quizzes.attempts.events import note
from media_items.quizzes.attempts.locking import lock_quiz
from media_items.quizzes.attempts.windows import deadline_of, exemption_of, is_overdue, window_of
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Attempt, Quiz


@transaction.atomic
def bring_up_to_date(quiz: Quiz) -> int:
    """Whoever changes a limit, a date or an exemption calls it in the same transaction. Over is
    over: an attempt whose time was up does not open again. Returns how many have another deadline.
    """
    quiz = lock_quiz(quiz)
    moment = timezone.now()
    rows = (
        Attempt.objects.select_for_update(of=("self",), no_key=True)
        .filter(quiz=quiz, state=AttemptState.OPEN)
        .select_related("taker")
        .order_by("pk")
    )
    changed = 0
    for attempt in rows:
        if is_overdue(attempt, moment):
            continue
        exemption = exemption_of(quiz, attempt.taker, attempt.taker.proven_persons)
        deadline = deadline_of(attempt, window_of(quiz, exemption))
        if deadline != attempt.deadline:
            attempt.deadline = deadline
            attempt.save(update_fields=["deadline"])
            note(attempt, "deadline")
            changed += 1
    return changed
