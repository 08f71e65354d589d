"""How an attempt ends: handed in, time up, interrupted; and how an interrupted one goes on.

Ending never validates: it marks what is saved.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from media_items.quizzes.attempts.events import note
from media_items.quizzes.attempts.locking import lock_attempt, lock_quiz
from media_items.quizzes.attempts.marking import keep_score, mark_attempt
from media_items.quizzes.attempts.windows import exemption_of, is_overdue, window_of
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Attempt
from media_items.refusals import NotNow


def hand_in(*, attempt: Attempt) -> Attempt:
    """Once: whoever comes second gets the attempt as it has ended. One that is overdue ends as
    `TIME_UP`, at its deadline."""
    moment = timezone.now()
    if is_overdue(attempt, moment):
        return close_if_overdue(attempt, moment)
    with transaction.atomic():
        return _end(attempt, AttemptState.HANDED_IN, moment)


def close_if_overdue(attempt: Attempt, moment: datetime) -> Attempt:
    """Whoever reads an overdue attempt closes it. Twice is once."""
    if attempt.state != AttemptState.OPEN or not is_overdue(attempt, moment):
        return attempt
    with transaction.atomic():
        return _end(attempt, AttemptState.TIME_UP, moment)


def _end(attempt: Attempt, state: AttemptState, moment: datetime) -> Attempt:
    """One conditional UPDATE decides who ends it."""
    ended_at = min(moment, attempt.deadline) if attempt.deadline else moment
    row = Attempt.objects.open().filter(pk=attempt.pk)
    if state == AttemptState.TIME_UP:
        row = row.filter(deadline=attempt.deadline)  # nobody has given more time meanwhile
    won = row.update(state=state, ended_at=max(ended_at, attempt.started_at))
    attempt = lock_attempt(attempt)
    if won:
        mark_attempt(attempt)
        keep_score(attempt.taker, attempt.quiz)
        note(attempt, state)
    return attempt


@transaction.atomic
def interrupt(*, takers: Collection[int]) -> int:
    """Their right has ended: what is saved stays. Returns how many attempts were open."""
    moment = timezone.now()
    rows = list(
        Attempt.objects.select_for_update(of=("self",), no_key=True)
        .filter(taker__in=takers, state=AttemptState.OPEN)
        .order_by("pk")
    )
    for attempt in rows:
        attempt.state, attempt.ended_at = AttemptState.INTERRUPTED, moment
        attempt.save(update_fields=["state", "ended_at"])
        note(attempt, AttemptState.INTERRUPTED)
    return len(rows)


@transaction.atomic
def let_go_on(*, attempt: Attempt) -> Attempt:
    """An interrupted attempt is open again, with the time it had left. Raises `NotNow` where it is
    not interrupted, or where another one is open."""
    lock_quiz(attempt.quiz)
    attempt = lock_attempt(attempt)
    moment = timezone.now()
    others = attempt.taker.attempts.filter(state=AttemptState.OPEN)
    if attempt.state != AttemptState.INTERRUPTED or attempt.ended_at is None or others.exists():
        raise NotNow
    attempt.given_back_seconds += round((moment - attempt.ended_at).total_seconds())
    attempt.state, attempt.ended_at = AttemptState.OPEN, None
    window = window_of(
        attempt.quiz, exemption_of(attempt.quiz, attempt.taker, [attempt.taker.person])
    )
    attempt.deadline = window.deadline_of(
        attempt.started_at, given_back=timedelta(seconds=attempt.given_back_seconds)
    )
    if attempt.deadline is not None and attempt.deadline <= moment:
        raise NotNow
    attempt.save(update_fields=["given_back_seconds", "state", "ended_at", "deadline"])
    note(attempt, "continued")
    return attempt
