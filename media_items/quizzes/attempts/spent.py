"""What somebody had used of their attempts when they were erased: erasing gives none anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from media_items.keyed_digests import keyed_digest, keyed_digests
from media_items.quizzes.attempts.takers import proven_persons
from media_items.quizzes.attempts.windows import closed_for_everybody_at
from media_items.quizzes.models import Quiz, SpentAttempts, Taker, TakerKey
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


def spent_of(takers: Collection[Taker]) -> dict[int, int]:
    """As `spent`, of several by the keys of their rows; `taker.quiz` must be loaded. One query, a
    second one where there is anything; none where there is no end to attempts."""
    limited = [one for one in takers if one.quiz.attempts_allowed is not None]
    rows = SpentAttempts.objects.filter(quiz__in={one.quiz_id for one in limited})
    used = {one.person: one.used for one in rows} if limited else {}
    if not used:
        return {}
    values = {one.pk: list(one.proven_persons) for one in limited}
    for key in TakerKey.objects.filter(taker__in=limited):
        values[key.taker_id].append(key.key)
    return {
        one.pk: max(
            (
                used.get(digest, 0)
                for value in values[one.pk]
                for digest in keyed_digests(_SPENT, _of(one.quiz, value))
            ),
            default=0,
        )
        for one in limited
    }


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
