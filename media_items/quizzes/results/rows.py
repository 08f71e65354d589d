"""The people of a quiz as a host reads them, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from media_items.catalogue.models import MediaItem
from media_items.people_behind import PersonBehind, people_behind
from media_items.quizzes.attempts.passing import has_passed
from media_items.quizzes.choices import FINISHED, AttemptState
from media_items.quizzes.models import Attempt, Quiz, Taker, TakerKey
from media_items.quizzes.results import words
from media_items.quizzes.results.scores import percent_of
from media_items.quizzes.scoring import rules
from media_items.visitors import Certainty

_NOBODY = PersonBehind(email="", may_be_mailed=False)


@dataclass(frozen=True)
class TakerRow:
    """`attempts` are all of theirs, the newest first."""

    taker: Taker
    quiz: Quiz
    attempts: Sequence[Attempt] = ()
    behind: PersonBehind = _NOBODY

    @property
    def email(self) -> str:
        return self.behind.email

    @property
    def name(self) -> str:
        return self.taker.shown_name

    @property
    def how_sure(self) -> str:
        return str(words.HOW_SURE.get(self.taker.certainty, ""))

    @property
    def is_typed(self) -> bool:
        return self.taker.certainty == Certainty.TYPED

    @property
    def came_by(self) -> str:
        return words.came_in_words(self.taker)

    @property
    def attempt(self) -> Attempt | None:
        """The one to look at: in progress, else the one that counts, else the newest."""
        by_state = {one.state: one for one in reversed(self.attempts)}
        now = by_state.get(AttemptState.OPEN) or by_state.get(AttemptState.INTERRUPTED)
        newest = self.attempts[0] if self.attempts else None
        return now or self.kept or newest

    @property
    def kept(self) -> Attempt | None:
        return next((one for one in self.attempts if one.is_kept), None)

    @property
    def state(self) -> tuple[words.Words, str, str]:
        attempt = self.attempt
        if attempt is None:
            return words.NO_ATTEMPT
        if attempt.state in FINISHED and self.waits:
            return words.TO_MARK
        return words.state_of(attempt.state)

    @property
    def waits(self) -> bool:
        """Whether there is something to mark, as the list counts it: in any attempt."""
        return self.waiting > 0

    @property
    def waiting(self) -> int:
        """How many answers there are to mark, in whatever attempt."""
        if self.taker.erased_at is not None:
            return 0
        finished = (one for one in self.attempts if one.state in FINISHED and not one.is_preview)
        return sum(one.waiting for one in finished)

    @property
    def score(self) -> Decimal | None:
        return rounded(self.taker.score) if self.quiz.is_scored and self.taker.possible else None

    @property
    def possible(self) -> Decimal | None:
        return rounded(self.taker.possible)

    @property
    def percent(self) -> Decimal | None:
        return percent_of(self.taker.score, self.taker.possible) if self.quiz.is_scored else None

    @property
    def is_passed(self) -> bool | None:
        taker = self.taker
        return has_passed(self.quiz, taker.score, taker.possible, waiting=taker.waiting)

    @property
    def is_so_far(self) -> bool:
        """Whether an answer that counts is still to be marked."""
        return self.taker.waiting > 0

    @property
    def took(self) -> timedelta | None:
        """Of the attempt that counts, the last of several."""
        return length_of(self.kept) if self.kept else None

    @property
    def took_in_words(self) -> str:
        return words.length(self.took)

    @property
    def ended_at(self) -> datetime | None:
        return self.kept.ended_at if self.kept else None


def rows_of(takers: Collection[Taker], quiz: Quiz, item: MediaItem) -> list[TakerRow]:
    """In the order given. A fixed number of queries."""
    attempts: dict[int, list[Attempt]] = defaultdict(list)
    for one in Attempt.objects.filter(taker__in=takers).order_by("-number"):
        attempts[one.taker_id].append(one)
    behind = addresses_of(takers, item)
    return [TakerRow(one, quiz, attempts[one.pk], behind.get(one.pk, _NOBODY)) for one in takers]


def addresses_of(takers: Collection[Taker], item: MediaItem) -> dict[int, PersonBehind]:
    """By the key of the row; of several proofs the first with an address that may be mailed.
    SECURITY: of somebody proven none at which somebody was only typed."""
    keys = list(TakerKey.objects.filter(taker__in=takers).order_by("pk"))
    known = people_behind(list(dict.fromkeys(one.key for one in keys)), item)
    found: dict[int, PersonBehind] = {}
    proven = {one.taker_id for one in keys if one.is_proven}
    for key in (one for one in keys if one.is_proven or one.taker_id not in proven):
        person, taker = known.get(key.key), key.taker_id
        if person and person.email and (taker not in found or not found[taker].may_be_mailed):
            found[taker] = person
    return found


def length_of(attempt: Attempt) -> timedelta | None:
    """Without what an interruption cost."""
    if attempt.ended_at is None:
        return None
    given_back = timedelta(seconds=attempt.given_back_seconds)
    return max(timedelta(0), attempt.ended_at - attempt.started_at - given_back)


def rounded(points: Decimal | None) -> Decimal | None:
    return None if points is None else rules.rounded(points)


@dataclass(frozen=True)
class Bar:
    """One of a drawing: `label` and `count` in words and figures, the rest in its units."""

    label: str
    count: int
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0
    share: int = 0


@dataclass(frozen=True)
class Distribution:
    """Bars of equal width, as high as their counts, in a field of `WIDTH` by `HEIGHT`."""

    bars: list[Bar] = field(default_factory=list)
    most: int = 0

    WIDTH = 1000
    HEIGHT = 100


def distribution(counts: Sequence[int], labels: Sequence[str]) -> Distribution:
    most = max(counts, default=0)
    step = Distribution.WIDTH / max(1, len(counts))
    bars = []
    for number, (count, label) in enumerate(zip(counts, labels, strict=True)):
        height = round(Distribution.HEIGHT * count / most, 2) if most else 0
        bars.append(
            Bar(
                label,
                count,
                x=round(number * step + step * 0.06, 2),
                y=round(Distribution.HEIGHT - height, 2),
                width=round(step * 0.88, 2),
                height=height,
            )
        )
    return Distribution(bars, most)
