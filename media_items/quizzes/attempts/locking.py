"""The locks of quizzes, always in this order: the person (`kept_people.keep`), the quiz, the takers
by their keys, the attempts by theirs. Nobody who holds one of them asks for an earlier one, nor for
an earlier row of the same kind, or two people wait for each other.

An item is locked before its quiz. Who only answers locks the attempt and nothing else. Who ends or
marks an attempt finds the score of its person anew, which writes other attempts of theirs: they
lock the taker first, by `lock_to_score`. Who moves attempts from one taker to another locks the
quiz, and both, by `lock_people`. What is written of a quiz besides (answers, events, the trail,
certificates) is written under these and locked by nobody.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from media_items.catalogue.models import MediaItem
from media_items.quizzes.attempts.refusals import AttemptInterrupted, AttemptOver
from media_items.quizzes.attempts.windows import is_overdue
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Attempt, Quiz, Taker


def lock_quiz(quiz: Quiz) -> Quiz:
    """Until the transaction ends nobody else starts, merges or changes its settings. Answering,
    handing in and marking go on."""
    Quiz.objects.select_for_update(no_key=True).only("pk").get(pk=quiz.pk)
    # In a query of its own: what PostgreSQL joins to a row it has waited for is as it was before.
    locked: Quiz = Quiz.objects.select_related("item", "published").get(pk=quiz.pk)
    return locked


def lock_item_of(quiz: Quiz) -> None:
    """Before the quiz, by whoever changes both: the times of an item are followed by deadlines."""
    MediaItem.objects.select_for_update().only("pk").filter(pk=quiz.item_id).first()


def lock_takers(pks: Collection[int]) -> None:
    """Until the transaction ends nobody else finds their scores, or moves their attempts."""
    rows = Taker.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=pks)
    list(rows.order_by("pk").values_list("pk"))


def lock_people(pks: Collection[int]) -> list[Attempt]:
    """`lock_takers`, and all their attempts, in the order in which they were made. More than one of
    a quiz only by who holds the lock on it, and never first one and then another."""
    lock_takers(pks)
    return list(
        Attempt.objects.select_for_update(of=("self",), no_key=True)
        .select_related("quiz__item", "version", "taker")
        .filter(taker__in=pks)
        .order_by("pk")
    )


def lock_attempt(attempt: Attempt) -> Attempt:
    """Until the transaction ends nobody else answers, ends or marks it. Whoever ends or marks it
    calls `lock_to_score`, and whoever answers `lock_to_answer`."""
    rows = (
        Attempt.objects.select_for_update(of=("self",), no_key=True)
        .select_related("quiz__item", "version", "taker")
        .filter(pk=attempt.pk)
    )
    # PostgreSQL finds nothing where the taker has become another one while it waited for the row.
    locked: Attempt = next(iter(rows), None) or rows.get()
    return locked


def lock_to_answer(attempt: Attempt) -> Attempt:
    """The row as it is now, with the version and the quiz that were read with `attempt`: they are
    large, and what an attempt asks never changes. Raises `AttemptInterrupted`, and `AttemptOver`
    where it has ended, its time and the grace after it are up, or somebody else has claimed it
    since it was read, and goes on with it; `Http404` where it has been erased."""
    rows = Attempt.objects.select_for_update(no_key=True)
    locked: Attempt = get_object_or_404(rows, pk=attempt.pk)
    if locked.by_id != attempt.by_id:
        raise AttemptOver
    if locked.state == AttemptState.INTERRUPTED:
        raise AttemptInterrupted
    if locked.state != AttemptState.OPEN or is_overdue(locked, timezone.now()):
        raise AttemptOver
    for name in ("version", "quiz"):
        if name in attempt._state.fields_cache:
            setattr(locked, name, getattr(attempt, name))
    return locked


class _Moved(Exception):
    """Another taker's by now."""


def lock_to_score(attempt: Attempt) -> Attempt:
    """Its taker, and then itself. Where it has become another's meanwhile the lock on the first is
    given back before the other's is asked for."""
    of = Attempt.objects.filter(pk=attempt.pk).values_list("taker", flat=True)
    taker_id: int = attempt.taker_id or of.get()
    while True:
        try:
            with transaction.atomic():
                lock_takers([taker_id])
                locked = lock_attempt(attempt)
                if locked.taker_id != taker_id:
                    raise _Moved
                return locked
        except _Moved:
            taker_id = of.get()
