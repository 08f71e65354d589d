"""What somebody had used of their attempts when they were erased: erasing gives none anew. Where
there is no end to attempts nothing is kept, and a limit that is set later counts nothing of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cached_property

from media_items.keyed_digests import keyed_digest, keyed_digests
from media_items.quizzes.attempts.persons import person_digests, proven_persons
from media_items.quizzes.attempts.windows import closed_for_everybody_at
from media_items.quizzes.models import Quiz, SpentAttempts, Taker, TakerKey
from media_items.visitors import Identity

_SPENT = "media_items.quizzes.spent"


def spent(quiz: Quiz, identity: Identity) -> int:
    """None where there is no end to attempts, and no query."""
    if quiz.attempts_allowed is None or quiz.pk is None:
        return 0
    values = [*proven_persons(identity)]
    if identity.key:
        values.append(_proof(identity.key, identity.browser))
    rows = SpentAttempts.objects.filter(quiz=quiz, person__in=_digests(quiz, values))
    return max(rows.values_list("used", flat=True), default=0)


def has_any(quiz: Quiz) -> bool:
    """No query where there is no end to attempts."""
    return quiz.attempts_allowed is not None and quiz.pk is not None and quiz.spent.exists()


def without_attempts(quiz: Quiz, emails: Iterable[str]) -> set[str]:
    """Of people who have taken nothing that is still there, whose address has no attempts left. Two
    queries besides that for the addresses."""
    allowed = quiz.attempts_allowed
    if allowed is None:
        return set()
    used = dict(quiz.spent.values_list("person", "used"))
    more = dict(quiz.exemptions.exclude(email="").values_list("email", "extra_attempts"))
    return {
        email
        for email in emails
        if _most_used(used, quiz, person_digests(email)) >= allowed + more.get(email, 0)
    }


def _most_used(used: Mapping[str, int], quiz: Quiz, values: Iterable[str]) -> int:
    return max((used.get(one, 0) for one in _digests(quiz, values)), default=0)


class Spent:
    """As `spent`, of several takers. `taker.quiz` must be loaded. A query when it is asked for
    first, and another one where there is anything."""

    def __init__(self, takers: Collection[Taker]) -> None:
        self._takers = takers

    def of_person(self, taker: Taker) -> int:
        """By their address; what was used by a proof before it was proven counts by that one."""
        by_person = self._of(taker, taker.proven_persons)
        return max(by_person, min(self.of_proofs(taker).values(), default=0))

    def of_proofs(self, taker: Taker) -> dict[int, int]:
        """By the key of the proof."""
        if not self._used:
            return {}
        return {
            one.pk: self._of(taker, [_proof(one.key, one.browser)]) for one in self._keys[taker.pk]
        }

    @cached_property
    def _used(self) -> dict[str, int]:
        rows = SpentAttempts.objects.filter(quiz__in={one.quiz_id for one in self._takers})
        if len(self._takers) == 1:
            if not rows.exists():
                return {}
            [taker] = self._takers
            proofs = [_proof(one.key, one.browser) for one in self._keys[taker.pk]]
            rows = rows.filter(person__in=_digests(taker.quiz, [*taker.proven_persons, *proofs]))
        return {one.person: one.used for one in rows}

    @cached_property
    def _keys(self) -> dict[int, list[TakerKey]]:
        found: dict[int, list[TakerKey]] = defaultdict(list)
        for key in TakerKey.objects.filter(taker__in=self._takers):
            found[key.taker_id].append(key)
        return found

    def _of(self, taker: Taker, values: Iterable[str]) -> int:
        if not self._used:
            return 0
        return _most_used(self._used, taker.quiz, values)


def remember(taker: Taker) -> None:
    """Before they are erased: by their person where the address is proven, else by their proofs.
    The caller holds the lock on the quiz. Twice is once."""
    quiz = taker.quiz
    if quiz.attempts_allowed is None:
        return
    used = sum(one.is_used for one in taker.attempts.only("state", "is_preview"))
    values = taker.proven_persons or [_proof(one.key, one.browser) for one in taker.keys.all()]
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


def _proof(key: str, browser: str) -> str:
    """Of browsers that only typed one address each has its own."""
    return f"{key}\0{browser}" if browser else key


def _digests(quiz: Quiz, values: Iterable[str]) -> list[str]:
    return [one for value in values for one in keyed_digests(_SPENT, _of(quiz, value))]


def _of(quiz: Quiz, value: str) -> str:
    return f"{quiz.pk}:{value}"
