"""How an attempt ends: handed in, time up, interrupted; and how an interrupted one goes on.

Ending never validates: it marks what is saved.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from math import ceil

from django.db import transaction
from django.utils import timezone

from media_items.quizzes.attempts.deadlines import set_deadline
from media_items.quizzes.attempts.events import note
from media_items.quizzes.attempts.exemptions import exemption_of
from media_items.quizzes.attempts.locking import lock_quiz, lock_takers, lock_to_score
from media_items.quizzes.attempts.marking import keep_score, mark_attempt
from media_items.quizzes.attempts.windows import deadline_of, is_overdue, window_of
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Attempt, Taker
from media_items.refusals import NotNow


def hand_in(*, attempt: Attempt, is_time_up: bool = False) -> Attempt:
    """Once: whoever comes second gets the attempt as it has ended. One that is overdue ends as
    `TIME_UP`, at its deadline; so does one whose page handed it in because its time was up."""
    state = AttemptState.TIME_UP if is_time_up else AttemptState.HANDED_IN
    return _end(attempt, state, timezone.now())


def close_if_overdue(attempt: Attempt, moment: datetime) -> Attempt:
    """Whoever reads an overdue attempt closes it. Twice is once."""
    if attempt.state != AttemptState.OPEN or not is_overdue(attempt, moment):
        return attempt
    return _end(attempt, AttemptState.TIME_UP, moment, only_overdue=True)


@transaction.atomic
def _end(
    attempt: Attempt, state: AttemptState, moment: datetime, *, only_overdue: bool = False
) -> Attempt:
    """Whether it is open, and whether it is overdue, the locked row says: its deadline may be
    another one by now; so may whoever writes it."""
    writer = attempt.by_id
    attempt = lock_to_score(attempt)
    overdue = is_overdue(attempt, moment)
    if attempt.by_id != writer and not overdue:
        return attempt
    if attempt.state != AttemptState.OPEN or (only_overdue and not overdue):
        return attempt
    end_locked(attempt, AttemptState.TIME_UP if overdue else state, moment)
    return attempt


def end_locked(attempt: Attempt, state: AttemptState, moment: datetime) -> None:
    """The caller holds the locks on the taker and the attempt. One conditional UPDATE
    decides who ends it."""
    ended_at = min(moment, attempt.deadline) if attempt.deadline else moment
    attempt.state, attempt.ended_at = state, max(ended_at, attempt.started_at)
    if (
        not Attempt.objects.open()
        .filter(pk=attempt.pk)
        .update(state=state, ended_at=attempt.ended_at)
    ):
        return
    mark_attempt(attempt)
    keep_score(attempt.taker, attempt.quiz)
    note(attempt, state)


@transaction.atomic
def interrupt(*, takers: Collection[int]) -> int:
    """Their right has ended: what is saved stays. Whose time was up already has ended by that.
    Returns how many were interrupted."""
    moment = timezone.now()
    there = Attempt.objects.open().filter(taker__in=takers)
    at_it = list(there.values_list("taker", flat=True))
    lock_takers(at_it)
    rows = list(
        Attempt.objects.select_for_update(of=("self",), no_key=True)
        .filter(taker__in=at_it, state=AttemptState.OPEN)
        .select_related("quiz__item", "version", "taker")
        .order_by("pk")
    )
    interrupted = 0
    for attempt in rows:
        if attempt.deadline is not None and moment >= attempt.deadline:
            end_locked(attempt, AttemptState.TIME_UP, moment)
            continue
        interrupted += 1
        attempt.state, attempt.ended_at = AttemptState.INTERRUPTED, moment
        attempt.save(update_fields=["state", "ended_at"])
        note(attempt, AttemptState.INTERRUPTED)
    Taker.objects.filter(pk__in=[one.taker_id for one in rows]).update(right_ended_at=moment)
    return interrupted


@transaction.atomic
def let_go_on(*, attempt: Attempt) -> Attempt:
    """An interrupted attempt is open again, with the time it had left. Raises `NotNow` where it is
    not interrupted, where another one is open, and of somebody erased: nobody could reach it."""
    quiz = lock_quiz(attempt.quiz)
    attempt = lock_to_score(attempt)
    moment = timezone.now()
    others = attempt.taker.attempts.filter(state=AttemptState.OPEN)
    if attempt.taker.erased_at is not None:
        raise NotNow
    if attempt.state != AttemptState.INTERRUPTED or attempt.ended_at is None or others.exists():
        raise NotNow
    attempt.given_back_seconds += ceil((moment - attempt.ended_at).total_seconds())
    attempt.state, attempt.ended_at = AttemptState.OPEN, None
    set_deadline(attempt, deadline_of(attempt, window_of(quiz, exemption_of(attempt.taker))))
    if attempt.deadline is not None and attempt.deadline <= moment:
        raise NotNow
    attempt.save(update_fields=["given_back_seconds", "state", "ended_at", "deadline", "is_late"])
    Taker.objects.filter(pk=attempt.taker_id).update(right_ended_at=None)
    note(attempt, "continued")
    return attempt
