"""The score of a person on a quiz: the one service for whatever passes it on, such as grades."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db.models import Max

from media_items.quizzes.attempts.passing import has_passed
from media_items.quizzes.attempts.takers import takers_of
from media_items.quizzes.choices import FINISHED
from media_items.quizzes.models import Quiz
from media_items.quizzes.scoring import rules
from media_items.visitors import Identity


@dataclass(frozen=True)
class Score:
    """Of the attempts that count. `points` are so far while answers are `waiting` to be marked.
    `certainty` says how certain it is whose it is."""

    points: Decimal
    possible: Decimal
    is_passed: bool | None
    waiting: int
    certainty: str
    at: datetime | None

    @property
    def percent(self) -> Decimal | None:
        return percent_of(self.points, self.possible)


def score_of(quiz: Quiz, identity: Identity) -> Score | None:
    """None without a finished attempt, of a quiz that gives no score, and of those who edit it.
    SECURITY: of a proof that was only typed none, once its attempts are somebody else's, too. Two
    queries."""
    taker = takers_of(quiz, identity).first() if quiz.is_scored else None
    if taker is None or taker.is_preview or taker.score is None or not taker.possible:
        return None
    ended = taker.attempts.filter(state__in=FINISHED, is_kept=True)
    return Score(
        points=taker.score,
        possible=taker.possible,
        is_passed=has_passed(quiz, taker.score, taker.possible, waiting=taker.waiting),
        waiting=taker.waiting,
        certainty=taker.certainty,
        at=ended.aggregate(last=Max("ended_at"))["last"],
    )


def percent_of(score: Decimal | None, possible: Decimal | None) -> Decimal | None:
    """Rounded, to be shown. None where nothing is marked: such a quiz has no score."""
    if score is None or not possible:
        return None
    return rules.rounded(Fraction(score) * 100 / Fraction(possible))
