"""Whether a score passes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from media_items.quizzes.models import Quiz

# Columns keep ten decimals of a third of a point.
_PLACES = 6


def share_of(score: Decimal | None, possible: Decimal | None) -> Fraction | None:
    """None where there is no score."""
    if score is None or not possible:
        return None
    return Fraction(score) / Fraction(possible)


def has_passed(quiz: Quiz, score: Decimal | None, possible: Decimal | None) -> bool | None:
    """None without a pass mark, and without a score. The mark itself passes."""
    share = share_of(score, possible)
    if share is None or quiz.pass_percent is None or not quiz.is_scored:
        return None
    return round(100 * share, _PLACES) >= quiz.pass_percent
