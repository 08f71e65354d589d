"""What somebody had used of their attempts when they were erased: erasing gives none anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from media_items.keyed_digests import keyed_digest, keyed_digests
from media_items.quizzes.attempts.takers import proven_persons
from media_items.quizzes.attempts.windows import closed_for_everybody_at
from media_items.quizzes.models import Quiz, SpentAttempts, Taker
from media_items.visitors import Identity

_SPENT = "media_items.quizzes.spent"


def spent(quiz: Quiz, identity: Identity) -> int:
    """None where there is no end to attempts, and no query."""
    if quiz.attempts_allowed is None or quiz.pk is None:
        return 0
    values = [identity.key, *proven_persons(identity)]
    digests = [one for value in values if value for one in keyed_digests(_SPENT, _of(quiz, value))]
    rows = SpentAttempts.objects.filter(quiz=quiz, person__in=digests)
    return max(rows.values_list("used", flat=True), default=0)


def remember(taker: Taker) -> None:
    """Before they are erased: by their person where the address is proven, else by their proofs.
    The caller holds the lock on the quiz. Twice is once."""
    quiz = taker.quiz
    if quiz.attempts_allowed is None:
        return
    used = sum(one.is_used for one in taker.attempts.only("state", "is_preview"))
    values: Iterable[str] = taker.proven_persons or taker.keys.values_list("key", flat=True)
    for value in values if used else ():
        digests = keyed_digests(_SPENT, _of(quiz, value))
        before = SpentAttempts.objects.filter(quiz=quiz, person__in=digests)
        earlier = sum(before.values_list("used", flat=True))
        before.delete()
        SpentAttempts.objects.create(
            quiz=quiz, person=keyed_digest(_SPENT, _of(quiz, value)), used=used + earlier
        )


def forget_closed(moment: datetime) -> int:
    """Those of quizzes that nobody can take any more."""
    quizzes = Quiz.objects.filter(spent__isnull=False, item__ends_at__lt=moment).distinct()
    closed = [
        quiz.pk
        for quiz in quizzes.select_related("item")
        if (closed_at := closed_for_everybody_at(quiz)) and closed_at < moment
    ]
    return SpentAttempts.objects.filter(quiz__in=closed).delete()[0]


def _of(quiz: Quiz, value: str) -> str:
    return f"{quiz.pk}:{value}"
