"""The score of a person in percent, as it is shown."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from media_items.quizzes.scoring import rules


def percent_of(score: Decimal | None, possible: Decimal | None) -> Decimal | None:
    """Rounded. None where nothing is marked: such a quiz has no score."""
    if score is None or not possible:
        return None
    return rules.rounded(Fraction(score) * 100 / Fraction(possible))
