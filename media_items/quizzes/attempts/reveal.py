"""The one rule of what a taker sees of an attempt, and when.

SECURITY: pages, fragments, mails, exports, files and certificates ask this and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from media_items.quizzes.choices import FINISHED, ShownWhen
from media_items.quizzes.models import Attempt, Quiz


@dataclass(frozen=True)
class Revealed:
    """Of an attempt: its score; of each question: points, whether right, and feedback; and the
    right answers with their explanations."""

    score: bool = False
    feedback: bool = False
    answers: bool = False


NOTHING = Revealed()
# Editors, who wrote it.
EVERYTHING = Revealed(score=True, feedback=True, answers=True)


@dataclass(frozen=True)
class Standing:
    """`is_checked`: this question's answer is final, though the attempt is not over."""

    is_finished: bool
    has_attempts_left: bool
    is_closed: bool
    is_checked: bool = False


def revealed(quiz: Quiz, standing: Standing) -> Revealed:
    return Revealed(
        score=quiz.is_scored and standing.is_finished and _is_shown(quiz.score_when, standing),
        feedback=_is_shown(quiz.feedback_when, standing),
        answers=_is_shown(quiz.answers_when, standing) and not _can_use_them(quiz, standing),
    )


def _can_use_them(quiz: Quiz, standing: Standing) -> bool:
    """Whoever may try once more than everybody, for whom right answers come after handing in. Where
    attempts have no limit it is practice."""
    is_limited = quiz.attempts_allowed is not None
    return is_limited and standing.has_attempts_left and not standing.is_closed


def standing_of(
    attempt: Attempt,
    *,
    attempts_left: int | None,
    closed_at: datetime | None,
    moment: datetime,
    is_checked: bool = False,
) -> Standing:
    """`attempts_left` is None without end; `closed_at` is when the quiz is over for everybody."""
    return Standing(
        is_finished=attempt.state in FINISHED,
        has_attempts_left=attempts_left is None or attempts_left > 0,
        is_closed=closed_at is not None and moment >= closed_at,
        is_checked=is_checked,
    )


def _is_shown(when: str, standing: Standing) -> bool:
    match ShownWhen(when):
        case ShownWhen.AT_ONCE:
            return standing.is_finished or standing.is_checked
        case ShownWhen.HANDED_IN:
            return standing.is_finished
        case ShownWhen.LAST_ATTEMPT:
            return standing.is_finished and (not standing.has_attempts_left or standing.is_closed)
        case ShownWhen.CLOSED:
            return standing.is_finished and standing.is_closed
        case _:
            return False
