"""What a host does to an attempt: let it go on, end it, let it count or not; all in the trail."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from media_items.quizzes.attempts import ending
from media_items.quizzes.attempts.events import note
from media_items.quizzes.attempts.locking import lock_to_score
from media_items.quizzes.attempts.marking import keep_score, mark_attempt
from media_items.quizzes.choices import FINISHED, AttemptState
from media_items.quizzes.models import Attempt, QuizChange
from media_items.quizzes.results import trail
from media_items.refusals import NotNow
from media_items.signals import Account


@transaction.atomic
def let_go_on(*, attempt: Attempt, by: Account) -> Attempt:
    """Raises `NotNow` where it is not interrupted, where its time is over, and where the person has
    another one open."""
    attempt = ending.let_go_on(attempt=attempt)
    trail.note_change(attempt.quiz, trail.CONTINUED, by=by, attempt=attempt)
    return attempt


@transaction.atomic
def end_now(*, attempt: Attempt, by: Account) -> Attempt:
    """What is saved is marked, and counts. Also of an interrupted one. Twice is once. Raises
    `NotNow` of somebody erased: what they typed is gone."""
    attempt = lock_to_score(attempt)
    if attempt.taker.erased_at is not None:
        raise NotNow
    was = attempt.state
    if was == AttemptState.OPEN:
        attempt = ending.hand_in(attempt=attempt)
    elif was == AttemptState.INTERRUPTED:
        attempt.state = AttemptState.HANDED_IN
        attempt.ended_at = attempt.ended_at or timezone.now()
        attempt.save(update_fields=["state", "ended_at"])
        mark_attempt(attempt)
        keep_score(attempt.taker, attempt.quiz)
        note(attempt, AttemptState.HANDED_IN)
    else:
        return attempt
    trail.note_change(attempt.quiz, trail.ENDED, by=by, attempt=attempt, was={"state": was})
    return attempt


@transaction.atomic
def void(*, attempt: Attempt, by: Account, reason: str = "") -> Attempt:
    """It counts for nothing, and the person may take another in its place. Twice is once. Raises
    `NotNow` while it is open."""
    attempt = lock_to_score(attempt)
    if attempt.state == AttemptState.VOIDED:
        return attempt
    if attempt.state == AttemptState.OPEN:
        raise NotNow
    was = attempt.state
    attempt.state = AttemptState.VOIDED
    attempt.save(update_fields=["state"])
    keep_score(attempt.taker, attempt.quiz)
    note(attempt, AttemptState.VOIDED)
    trail.note_change(
        attempt.quiz, trail.VOIDED, by=by, attempt=attempt, was={"state": was}, reason=reason
    )
    return attempt


@transaction.atomic
def count_again(*, attempt: Attempt, by: Account) -> Attempt:
    """As it was before, marked with the newest key. Twice is once."""
    attempt = lock_to_score(attempt)
    if attempt.state != AttemptState.VOIDED:
        return attempt
    attempt.state = _state_before(attempt)
    attempt.save(update_fields=["state"])
    if attempt.state in FINISHED:
        mark_attempt(attempt)
    keep_score(attempt.taker, attempt.quiz)
    note(attempt, attempt.state)
    trail.note_change(attempt.quiz, trail.COUNTED, by=by, attempt=attempt)
    return attempt


def _state_before(attempt: Attempt) -> str:
    changes = QuizChange.objects.filter(attempt=attempt, what=trail.VOIDED)
    last = changes.order_by("-at", "-pk").first()
    was = last.was if last else None
    state = was.get("state") if isinstance(was, dict) else None
    known = {AttemptState.HANDED_IN, AttemptState.TIME_UP, AttemptState.INTERRUPTED}
    return state if state in known else AttemptState.HANDED_IN
