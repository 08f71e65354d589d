"""The questions of an attempt on the line of its film."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from media_items.lengths import clock
from media_items.quizzes.attempts.shown import ordered_questions
from media_items.quizzes.attempts.watching import open_questions
from media_items.quizzes.models import Attempt


@dataclass(frozen=True)
class Moment:
    """SECURITY: of a question that comes later a taker is told when, and nothing else."""

    id: str
    number: int
    at_ms: int
    at: str
    is_open: bool
    is_answered: bool

    @property
    def seconds(self) -> int:
        """As an address names it. One at the very beginning is there from its first second on."""
        return self.at_ms // 1000


def moments_of(attempt: Attempt, answered: Collection[str]) -> list[Moment]:
    """In the order of the film; those without a moment are none."""
    every = ordered_questions(attempt)
    reached = {one.id for one in open_questions(attempt, every)}
    return [
        Moment(
            id=one.id,
            number=number,
            at_ms=one.at_ms,
            at=clock(one.at_ms // 1000),
            is_open=one.id in reached,
            is_answered=one.id in answered,
        )
        for number, one in enumerate(every, start=1)
        if one.at_ms is not None
    ]
