"""The score of an attempt as its person reads it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from media_items.quizzes.attempts.passing import has_passed
from media_items.quizzes.models import Attempt, Quiz
from media_items.quizzes.scoring import rules


@dataclass(frozen=True)
class Score:
    """`is_passed` is None without a pass mark, and while answers are still to be marked.
    Rounded once, here."""

    earned: Decimal
    possible: Decimal
    percent: Decimal
    waiting: int
    is_passed: bool | None


def score_of(quiz: Quiz, attempt: Attempt) -> Score | None:
    """None where nothing is marked. SECURITY: whether it may be shown is `reveal.revealed`'s."""
    if not quiz.is_scored or not attempt.possible or attempt.score is None:
        return None
    share = Fraction(attempt.score) / Fraction(attempt.possible)
    return Score(
        earned=rules.rounded(attempt.score),
        possible=rules.rounded(attempt.possible),
        percent=rules.rounded(share * 100),
        waiting=attempt.waiting,
        is_passed=has_passed(quiz, attempt.score, attempt.possible, waiting=attempt.waiting),
    )
