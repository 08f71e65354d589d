"""How somebody stands on a quiz, found in one place for every page, file and mail that shows
something of an attempt (`reveal`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from media_items.quizzes.attempts.reveal import Standing
from media_items.quizzes.attempts.spent import spent_of
from media_items.quizzes.attempts.starting import Chance
from media_items.quizzes.attempts.takers import person_digests
from media_items.quizzes.attempts.windows import saved_until, saved_until_of, window_of
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Attempt, Exemption, Quiz, Taker

UNDER_WAY = frozenset({AttemptState.OPEN, AttemptState.INTERRUPTED})


def standing_of(quiz: Quiz, chance: Chance) -> Standing:
    """Of a visitor, whose `chance` is."""
    until = saved_until(quiz)
    return Standing(
        is_under_way=any(one.is_used and one.state in UNDER_WAY for one in chance.attempts),
        has_attempts_left=chance.attempts_left != 0,
        is_closed=until is not None and timezone.now() > until,
        saved_until=until,
    )


@dataclass(frozen=True)
class OnQuiz:
    """One taker on their quiz. `attempts` are all of theirs, by their numbers."""

    standing: Standing
    exemption: Exemption | None
    attempts: list[Attempt]


def standing_of_taker(taker: Taker) -> Standing:
    return on_quizzes([taker], Attempt.objects.only("taker", "number", "state", "is_preview"))[
        taker.pk
    ].standing


def on_quizzes(takers: Collection[Taker], rows: QuerySet[Attempt]) -> dict[int, OnQuiz]:
    """Of each by the key of its row; `rows` says what is loaded of attempts. `taker.quiz` with its
    item must be loaded. A fixed number of queries."""
    moment = timezone.now()
    exemptions, used = _exemptions_of(takers), spent_of(takers)
    ends = saved_until_of({one.quiz_id: one.quiz for one in takers}.values())
    attempts: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in rows.filter(taker__in=takers).order_by("number"):
        attempts[attempt.taker_id].append(attempt)
    found: dict[int, OnQuiz] = {}
    for one in takers:
        theirs, exemption = attempts[one.pk], exemptions.get(one.pk)
        allowed = window_of(one.quiz, exemption).attempts
        if allowed is not None:
            allowed -= used.get(one.pk, 0)
        standing = _standing(theirs, allowed, ends.get(one.quiz_id), moment)
        found[one.pk] = OnQuiz(standing, exemption, theirs)
    return found


def _exemptions_of(takers: Collection[Taker]) -> dict[int, Exemption]:
    """As `windows.exemption_of`, of several: their own, or that of their address where it is
    proven. SECURITY: an exemption is not told to whoever has typed its address. One query."""
    proven = {(one.quiz_id, person): one.pk for one in takers for person in one.proven_persons}
    of_address = Q(quiz__in={quiz for quiz, _person in proven}) & ~Q(person="")
    found: dict[int, Exemption] = {}
    own: dict[int, Exemption] = {}
    for one in Exemption.objects.filter(Q(taker__in=takers) | of_address).order_by("-pk"):
        if one.taker_id is not None:
            own[one.taker_id] = one
        for person in {one.person, *person_digests(one.email)}:
            if (pk := proven.get((one.quiz_id, person))) is not None:
                found[pk] = one
    return found | own


def _standing(
    attempts: Iterable[Attempt], allowed: int | None, until: datetime | None, moment: datetime
) -> Standing:
    counted = [one for one in attempts if one.is_used]
    return Standing(
        is_under_way=any(one.state in UNDER_WAY for one in counted),
        has_attempts_left=allowed is None or len(counted) < allowed,
        is_closed=until is not None and moment > until,
        saved_until=until,
    )
