"""The locks of quizzes, always in this order: the person (`kept_people.keep`), the item, the quiz,
the attempt."""

from __future__ import annotations

from media_items.quizzes.models import Attempt, Quiz, Taker


def lock_quiz(quiz: Quiz) -> Quiz:
    """Until the transaction ends nobody else starts, merges or changes its settings."""
    Quiz.objects.select_for_update(no_key=True).only("pk").get(pk=quiz.pk)
    # In a query of its own: what PostgreSQL joins to a row it has waited for is as it was before.
    locked: Quiz = Quiz.objects.select_related("item", "published").get(pk=quiz.pk)
    return locked


def lock_attempt(attempt: Attempt) -> Attempt:
    """Until the transaction ends nobody else answers, ends or marks it."""
    rows = (
        Attempt.objects.select_for_update(of=("self",), no_key=True)
        .select_related("quiz__item", "version", "taker")
        .filter(pk=attempt.pk)
    )
    # PostgreSQL finds nothing where the taker has become another one while it waited for the row.
    locked: Attempt = next(iter(rows), None) or rows.get()
    return locked


def lock_attempts_of(*takers: Taker) -> list[Attempt]:
    """All attempts of these, in the order in which they were made."""
    return list(
        Attempt.objects.select_for_update(of=("self",), no_key=True)
        .select_related("quiz__item", "version", "taker")
        .filter(taker__in=takers)
        .order_by("pk")
    )
