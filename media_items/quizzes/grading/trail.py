"""The trail of marks, for the page of one answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from media_items.quizzes.grading.marks import MARKS
from media_items.quizzes.models import Attempt, QuizChange

_MOST = 50


@dataclass(frozen=True)
class MarksChange:
    """`was` and `now` are None where nobody had given points. `who` is empty after an account was
    deleted."""

    at: datetime
    who: str
    was: Decimal | None
    now: Decimal | None
    comment: str
    reason: str


def changes_of_marks(attempt: Attempt, question_id: str) -> list[MarksChange]:
    """The newest first. One query."""
    rows = (
        QuizChange.objects.filter(attempt=attempt, question=question_id, what=MARKS)
        .select_related("by")
        .order_by("-at", "-pk")[:_MOST]
    )
    return [
        MarksChange(
            at=row.at,
            who=str(row.by) if row.by else "",
            was=_points(row.was),
            now=_points(row.now),
            comment=(row.now or {}).get("comment", ""),
            reason=row.reason,
        )
        for row in rows
    ]


def _points(stored: dict[str, str | None] | None) -> Decimal | None:
    points = (stored or {}).get("points")
    return None if points is None else Decimal(points)
