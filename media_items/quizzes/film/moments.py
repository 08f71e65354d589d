"""The questions of an attempt on the line of its film."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from media_items.lengths import clock
from media_items.quizzes import texts
from media_items.quizzes.attempts.shown import ordered_questions
from media_items.quizzes.attempts.watching import (
    Film,
    film_found,
    is_after_end,
    open_questions,
    openings_of,
)
from media_items.quizzes.models import Attempt, Quiz


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


def moments_of(
    attempt: Attempt, answered: Collection[str], film: Film | None = None
) -> list[Moment]:
    """In the order of the film; those without a moment are none."""
    every = ordered_questions(attempt)
    film = film or film_found(attempt.quiz)
    openings = openings_of(attempt, film)
    reached = {one.id for one in open_questions(attempt, every, film)}
    return [
        Moment(
            id=one.id,
            number=number,
            at_ms=openings[one.id],
            at=clock(openings[one.id] // 1000),
            is_open=one.id in reached,
            is_answered=one.id in answered,
        )
        for number, one in enumerate(every, start=1)
        if one.id in openings
    ]


@dataclass(frozen=True)
class WrittenMoment:
    """A question, as it is written, on the film: its number on the paper, from 1."""

    id: str
    number: int
    at: str
    title: str


def written_moments(quiz: Quiz) -> list[WrittenMoment]:
    """In the order of the film. One query."""
    if quiz.pk is None or quiz.film_id is None:
        return []
    rows = (
        quiz.questions.live().order_by("position", "pk").only("public_id", "at_ms", "text", "kind")
    )
    timed = [(one.at_ms, n, one) for n, one in enumerate(rows, 1) if one.at_ms is not None]
    return [
        WrittenMoment(
            id=one.public_id,
            number=number,
            at=clock(at_ms // 1000),
            title=texts.plain(one.text, 60) or str(one.get_kind_display()),
        )
        for at_ms, number, one in sorted(timed, key=lambda row: row[:2])
    ]


@dataclass(frozen=True)
class StrayMoment:
    """A question, as it is written, whose moment is none of the film: its number, from 1."""

    id: str
    number: int
    at: str


@dataclass(frozen=True)
class StrayMoments:
    """They open at the end where the film `ends_before`, else from the start: there is none."""

    questions: list[StrayMoment]
    ends_before: bool


def stray_moments(quiz: Quiz) -> StrayMoments | None:
    """None where each moment is one of the film, or may be. Two queries."""
    if quiz.pk is None:
        return None
    rows = quiz.questions.live().order_by("position", "pk").values_list("public_id", "at_ms")
    film = film_found(quiz)
    found = [
        StrayMoment(name, number, clock(at_ms // 1000))
        for number, (name, at_ms) in enumerate(rows, start=1)
        if at_ms is not None and (not film.is_there or is_after_end(at_ms, film.length_ms))
    ]
    return StrayMoments(found, film.is_there) if found else None
