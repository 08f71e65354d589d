"""How somebody stands on a quiz, found in one place for every page, file and mail that shows
something of an attempt (`reveal`).

Of a visitor it is found from their `Chance`, of a taker from their rows; both by `_standing`, from
the same attempts, exemption and attempts used up before somebody was erased.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from media_items.quizzes.attempts.exemptions import Exemptions
from media_items.quizzes.attempts.reveal import Standing
from media_items.quizzes.attempts.spent import Spent
from media_items.quizzes.attempts.starting import Chance
from media_items.quizzes.attempts.windows import saved_until, saved_until_of, window_of
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Attempt, Exemption, Quiz, Taker


def standing_of(quiz: Quiz, chance: Chance) -> Standing:
    """Of a visitor, whose `chance` is."""
    until = saved_until(quiz)
    return _standing(chance.attempts, chance.attempts_left, until, timezone.now())


@dataclass(frozen=True)
class OnQuiz:
    """One taker on their quiz. `attempts` are all of theirs, by their numbers; `attempts_left` is
    None where there is no end to them."""

    standing: Standing
    attempts_left: int | None
    exemption: Exemption | None
    attempts: list[Attempt]


def standing_of_taker(taker: Taker) -> Standing:
    return on_quiz(taker).standing


def on_quiz(taker: Taker) -> OnQuiz:
    loaded = Attempt.objects.only("taker", "number", "state", "is_preview", "by")
    return on_quizzes([taker], loaded)[taker.pk]


def on_quizzes(takers: Collection[Taker], rows: QuerySet[Attempt]) -> dict[int, OnQuiz]:
    """Of each by the key of its row; `rows` says what is loaded of attempts. `taker.quiz` with its
    item must be loaded. A fixed number of queries."""
    moment = timezone.now()
    exemptions, spent = Exemptions(takers), Spent(takers)
    ends = saved_until_of({one.quiz_id: one.quiz for one in takers}.values())
    attempts: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in rows.filter(taker__in=takers).order_by("number"):
        attempts[attempt.taker_id].append(attempt)
    found: dict[int, OnQuiz] = {}
    for one in takers:
        theirs, exemption = attempts[one.pk], exemptions.of(one)
        allowed = window_of(one.quiz, exemption).attempts
        left = _left(one, theirs, allowed, spent)
        standing = _standing(theirs, left, ends.get(one.quiz_id), moment)
        found[one.pk] = OnQuiz(standing, left, exemption, theirs)
    return found


def _left(
    taker: Taker, attempts: Collection[Attempt], allowed: int | None, spent: Spent
) -> int | None:
    """Somebody proven has used all that is theirs. Of several proofs that were only typed each goes
    on with what it has left of its own (`takers.attempts_of`): the one that has most left is asked
    for, so that nobody sees what they could still use."""
    if allowed is None:
        return None
    counted = [one for one in attempts if one.is_used]
    proofs = {one.by_id for one in attempts if one.by_id}
    if taker.has_proven_address or not proofs:
        left = allowed - len(counted)
        return max(0, left - spent.of_person(taker)) if left > 0 else 0
    left_by = {
        proof: allowed - sum(one.by_id in {proof, None} for one in counted) for proof in proofs
    }
    if max(left_by.values()) <= 0:
        return 0
    before = spent.of_proofs(taker)
    return max(0, *(left - before.get(proof, 0) for proof, left in left_by.items()))


def _standing(
    attempts: Iterable[Attempt], left: int | None, until: datetime | None, moment: datetime
) -> Standing:
    """An interrupted attempt can go on until the quiz has closed (`ending.let_go_on`)."""
    is_closed = until is not None and moment > until
    under_way = {AttemptState.OPEN} if is_closed else {AttemptState.OPEN, AttemptState.INTERRUPTED}
    return Standing(
        is_under_way=any(one.is_used and one.state in under_way for one in attempts),
        has_attempts_left=left != 0,
        is_closed=is_closed,
        saved_until=until,
    )
