"""Tries of whoever can edit the quiz are no results."""

from __future__ import annotations

from django.db import transaction

from media_items.quizzes.attempts.events import note
from media_items.quizzes.attempts.locking import lock_to_score
from media_items.quizzes.attempts.marking import keep_score
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Attempt

BECAME_EDITOR = "editor"  # `AnswerEvent.what`


@transaction.atomic
def become_preview(attempt: Attempt) -> Attempt:
    """Whoever writes it can edit the quiz by now, and so read the key: it never is a result,
    whatever becomes of their role. Twice is once."""
    attempt = lock_to_score(attempt)
    if attempt.is_preview or attempt.state != AttemptState.OPEN:
        return attempt
    attempt.is_preview = True
    attempt.save(update_fields=["is_preview"])
    taker = attempt.taker
    if not taker.attempts.filter(is_preview=False).exists():
        taker.is_preview = True
        taker.save(update_fields=["is_preview"])
    keep_score(taker, attempt.quiz)
    note(attempt, BECAME_EDITOR)
    return attempt
