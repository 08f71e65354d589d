"""The score of a person on a quiz: the one service for whatever passes it on, such as grades."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db.models import Max

from media_items.quizzes.choices import FINISHED
from media_items.quizzes.models import Quiz, Taker
from media_items.quizzes.scoring import rules


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


def score_of(quiz: Quiz, key: str) -> Score | None:
    """`key` is that of a proof (`Identity.key`). None without a finished attempt, of a quiz that
    gives no score, and of those who edit it. Two queries."""
    taker = Taker.objects.filter(quiz=quiz, keys__key=key, erased_at=None).first()
    if taker is None or taker.is_preview or taker.score is None or not taker.possible:
        return None
    if not quiz.is_scored:
        return None
    ended = taker.attempts.filter(state__in=FINISHED, is_kept=True)
    return Score(
        points=taker.score,
        possible=taker.possible,
        is_passed=has_passed(quiz, taker.score, taker.possible),
        waiting=taker.waiting,
        certainty=taker.certainty,
        at=ended.aggregate(last=Max("ended_at"))["last"],
    )


def has_passed(quiz: Quiz, score: Decimal | None, possible: Decimal | None) -> bool | None:
    """None where there is no pass mark, and nothing to be passed."""
    if quiz.pass_percent is None or not quiz.is_scored or score is None or not possible:
        return None
    # What a column keeps of a third of a point is that third.
    return rules.kept(Fraction(score) * 100 / Fraction(possible)) >= quiz.pass_percent


def percent_of(score: Decimal | None, possible: Decimal | None) -> Decimal | None:
    """Rounded, to be shown. None where nothing is marked: such a quiz has no score."""
    if score is None or not possible:
        return None
    return rules.rounded(Fraction(score) * 100 / Fraction(possible))
