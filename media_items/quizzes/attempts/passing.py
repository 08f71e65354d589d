"""Whether a score passes: one rule for pages of takers and hosts, files and certificates.

While an answer that counts waits to be marked nothing is said: the score is so far. `SETTLED` is
that in SQL, of attempts and of people (`marking.keep_score` counts for them what counts).
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django.db.models import Q

from media_items.quizzes.models import Quiz

SETTLED = Q(waiting=0)

# Columns keep ten decimals of a third of a point.
_PLACES = 6


def share_of(score: Decimal | None, possible: Decimal | None) -> Fraction | None:
    """None where there is no score."""
    if score is None or not possible:
        return None
    return Fraction(score) / Fraction(possible)


def has_passed(
    quiz: Quiz, score: Decimal | None, possible: Decimal | None, *, waiting: int
) -> bool | None:
    """None without a pass mark, without a score, and while answers are `waiting` to be marked. The
    mark itself passes."""
    share = share_of(score, possible)
    if share is None or waiting or quiz.pass_percent is None or not quiz.is_scored:
        return None
    return round(100 * share, _PLACES) >= quiz.pass_percent
