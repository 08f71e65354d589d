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
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from media_items.quizzes.attempts.exemptions import Exemptions, exemption_of
from media_items.quizzes.attempts.reveal import Standing
from media_items.quizzes.attempts.spent import Spent
from media_items.quizzes.attempts.starting import Chance
from media_items.quizzes.attempts.windows import saved_until, saved_until_of, window_of
from media_items.quizzes.choices import UNDER_WAY, AttemptState
from media_items.quizzes.models import Attempt, Exemption, Quiz, Taker, TakerKey
from media_items.quizzes.models.takers import PROVEN

_LOADED: QuerySet[Any] = Attempt.objects.only(
    "quiz", "taker", "number", "state", "is_preview", "by"
)


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
    return on_quizzes([taker], _LOADED)[taker.pk]


def on_quizzes(takers: Collection[Taker], rows: QuerySet[Attempt]) -> dict[int, OnQuiz]:
    """Of each by the key of its row; `rows` says what is loaded of attempts. `taker.quiz` with its
    item must be loaded. A fixed number of queries."""
    moment = timezone.now()
    exemptions, spent = Exemptions(takers), Spent(takers)
    ends = saved_until_of({one.quiz_id: one.quiz for one in takers}.values())
    attempts = _Attempts(takers, rows)
    found: dict[int, OnQuiz] = {}
    for one in takers:
        exemption = exemptions.of(one)
        left = _left(one, attempts, window_of(one.quiz, exemption).attempts, spent)
        standing = _standing(attempts.counted(one), left, ends.get(one.quiz_id), moment)
        found[one.pk] = OnQuiz(standing, left, exemption, attempts.of_taker[one.pk])
    return found


def left_after(attempt: Attempt) -> int | None:
    """How many attempts its person has after this one; None without a limit, and without a query
    then. `attempt.quiz` with its item must be loaded."""
    return None if attempt.quiz.attempts_allowed is None else _left_and_others(attempt)[0]


def may_answer_besides(attempt: Attempt) -> bool:
    """Whether its person can still answer in another attempt than this one, where attempts are
    limited: one that they may begin, or one that they are in the middle of elsewhere."""
    if attempt.quiz.attempts_allowed is None:
        return False
    left, others = _left_and_others(attempt)
    return left != 0 or any(one.is_used and one.state in UNDER_WAY for one in others)


def _left_and_others(attempt: Attempt) -> tuple[int | None, list[Attempt]]:
    taker = attempt.taker
    taker.quiz = attempt.quiz
    allowed = window_of(attempt.quiz, exemption_of(taker)).attempts
    rows = _Attempts([taker], _LOADED)
    others = [one for one in rows.counted(taker) if one.pk != attempt.pk]
    return _left(taker, rows, allowed, Spent([taker])), others


class _Attempts:
    """What these takers have, and what counts with them wherever it is: what their proofs have made
    elsewhere, and of somebody proven what stands in another row of theirs (`Taker.is_apart`).
    `rows` says what is loaded of what they have. Two queries of typed ones, three of proven
    ones."""

    def __init__(self, takers: Collection[Taker], rows: QuerySet[Attempt]) -> None:
        self.of_taker: dict[int, list[Attempt]] = defaultdict(list)
        self._of_proof: dict[int, list[Attempt]] = defaultdict(list)
        self._of_person: dict[tuple[int, str], list[Attempt]] = defaultdict(list)
        pks = [one.pk for one in takers]
        for attempt in rows.filter(taker__in=pks).order_by("number"):
            self.of_taker[attempt.taker_id].append(attempt)
        proven = [one for one in takers if one.has_proven_address]
        for one in proven:
            self._of_person[_person(one)] += self.of_taker[one.pk]
        if proven:
            self._read_elsewhere(proven, pks)
        typed = [one for one in takers if not one.has_proven_address]
        if proofs := {made.by_id for one in typed for made in self.of_taker[one.pk]} - {None}:
            for attempt in _LOADED.filter(by__in=proofs):
                self._of_proof[attempt.by_id].append(attempt)

    def _read_elsewhere(self, proven: Collection[Taker], read: Collection[int]) -> None:
        keys = TakerKey.objects.filter(
            is_proven=True,
            quiz__in={one.quiz_id for one in proven},
            taker__person__in={one.person for one in proven},
            taker__certainty__in=PROVEN,
        )
        of_key, of_row = {}, {}
        for pk, quiz, row, person in keys.values_list("pk", "quiz", "taker", "taker__person"):
            of_key[pk] = of_row[row] = (quiz, person)
        theirs = Q(taker__in=list(of_row)) | Q(by__in=list(of_key))
        for attempt in _LOADED.filter(theirs).exclude(taker__in=read):
            found = of_row.get(attempt.taker_id) or of_key[attempt.by_id]
            self._of_person[found].append(attempt)

    def counted(self, taker: Taker) -> list[Attempt]:
        """Of several proofs that were only typed what any of them has made."""
        if taker.has_proven_address:
            return self._of_person[_person(taker)]
        theirs = self.of_taker[taker.pk]
        elsewhere = [
            made
            for proof in {one.by_id for one in theirs}
            for made in self.of_proof(proof)
            if made.taker_id != taker.pk
        ]
        return [*theirs, *elsewhere]

    def of_proof(self, proof: int | None) -> list[Attempt]:
        return [] if proof is None else self._of_proof[proof]


def _person(taker: Taker) -> tuple[int, str]:
    return taker.quiz_id, taker.person


def _left(taker: Taker, attempts: _Attempts, allowed: int | None, spent: Spent) -> int | None:
    """Somebody proven has used all that is theirs. Of several proofs that were only typed each goes
    on with what it has left of its own, wherever it has used it (`takers.counted_for`): the one
    that has most left is asked for, so that nobody sees what they could still use."""
    if allowed is None:
        return None
    theirs = attempts.of_taker[taker.pk]
    proofs = {one.by_id for one in theirs if one.by_id}
    if taker.has_proven_address or not proofs:
        left = allowed - _used(attempts.counted(taker))
        return max(0, left - spent.of_person(taker)) if left > 0 else 0
    nobodys = _used(one for one in theirs if one.by_id is None)
    left_by = {proof: allowed - nobodys - _used(attempts.of_proof(proof)) for proof in proofs}
    if max(left_by.values()) <= 0:
        return 0
    before = spent.of_proofs(taker)
    return max(0, *(left - before.get(proof, 0) for proof, left in left_by.items()))


def _used(attempts: Iterable[Attempt]) -> int:
    return sum(one.is_used for one in attempts)


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
