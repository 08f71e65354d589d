"""The hint of a question, read while it is answered. No answer is saved by it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from media_items.quizzes.attempts.ending import close_if_overdue
from media_items.quizzes.attempts.events import note
from media_items.quizzes.attempts.locking import lock_to_answer
from media_items.quizzes.attempts.paging import refuse_elsewhere
from media_items.quizzes.models import Answer, Attempt


def read_hint(*, attempt: Attempt, question_id: str) -> Answer:
    """Twice is once. Raises `AttemptOver`, `PageIsPast`, `NotReached`, and KeyError for a question
    of another version."""
    close_if_overdue(attempt, timezone.now())
    with transaction.atomic():
        attempt = lock_to_answer(attempt)
        question = attempt.version.questions.question_of[question_id]
        refuse_elsewhere(attempt, question_id)
        answer, _ = Answer.objects.get_or_create(attempt=attempt, question=question_id)
        if question.hint and answer.hint_seen_at is None:
            answer.hint_seen_at = timezone.now()
            answer.save(update_fields=["hint_seen_at"])
            note(attempt, "hint", question=question_id)
    return answer
