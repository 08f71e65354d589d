"""The locks of quizzes, always in this order: the person (`kept_people.keep`), the quiz, the
attempt."""

from __future__ import annotations

from media_items.quizzes.models import Attempt, Quiz


def lock_quiz(quiz: Quiz) -> Quiz:
    """Until the transaction ends nobody else starts, merges or changes its settings."""
    locked: Quiz = (
        Quiz.objects.select_for_update(of=("self",), no_key=True)
        .select_related("item", "published")
        .get(pk=quiz.pk)
    )
    return locked


def lock_attempt(attempt: Attempt) -> Attempt:
    """Until the transaction ends nobody else answers, ends or marks it."""
    locked: Attempt = (
        Attempt.objects.select_for_update(of=("self",), no_key=True)
        .select_related("quiz__item", "version", "taker")
        .get(pk=attempt.pk)
    )
    return locked
