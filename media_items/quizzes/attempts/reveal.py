"""The one rule of what a taker sees of an attempt, and when.

SECURITY: pages, fragments, mails, exports, files and certificates ask this and nothing else. How
somebody stands on the quiz is found by `standings` alone.
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
    """Of somebody on a quiz: all their attempts together. `is_under_way`: one of them is open, or
    may be opened again, which none can be once the quiz has closed. `is_closed`: nobody can save an
    answer any more, since `saved_until`; None where the quiz never closes."""

    is_under_way: bool
    has_attempts_left: bool
    is_closed: bool
    saved_until: datetime | None = None


def revealed(quiz: Quiz, attempt: Attempt, standing: Standing) -> Revealed:
    """Nothing of an attempt that is not finished."""
    return revealed_of_finished(quiz, standing) if attempt.state in FINISHED else NOTHING


def revealed_of_finished(quiz: Quiz, standing: Standing) -> Revealed:
    return Revealed(
        score=quiz.is_scored and _is_shown(quiz.score_when, standing),
        feedback=_is_shown(quiz.feedback_when, standing),
        answers=_is_shown(quiz.answers_when, standing) and not _can_use_them(quiz, standing),
    )


def _can_use_them(quiz: Quiz, standing: Standing) -> bool:
    """Whoever may try once more than everybody, or is trying, for whom right answers come after
    handing in. Where attempts have no limit it is practice."""
    is_limited = quiz.attempts_allowed is not None
    may_answer = standing.has_attempts_left or standing.is_under_way
    return is_limited and may_answer and not standing.is_closed


def revealed_while_open(quiz: Quiz, *, is_checked: bool, may_answer_more: bool) -> Revealed:
    """Of one question of an open attempt. `is_checked`: its answer is final. `may_answer_more`: in
    another attempt than this one, where attempts are limited."""
    can_use_them = quiz.attempts_allowed is not None and may_answer_more
    return Revealed(
        feedback=is_checked and quiz.feedback_when == ShownWhen.AT_ONCE,
        answers=is_checked and quiz.answers_when == ShownWhen.AT_ONCE and not can_use_them,
    )


def _is_shown(when: str, standing: Standing) -> bool:
    """SECURITY: what waits for the last attempt, or for the end, is not shown to whoever can still
    answer."""
    match ShownWhen(when):
        case ShownWhen.AT_ONCE | ShownWhen.HANDED_IN:
            return True
        case ShownWhen.LAST_ATTEMPT:
            is_last = not standing.has_attempts_left or standing.is_closed
            return is_last and not standing.is_under_way
        case ShownWhen.CLOSED:
            return standing.is_closed and not standing.is_under_way
        case _:
            return False
