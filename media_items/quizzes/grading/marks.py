"""Marks that people give: to open answers, and in place of what a rule gives.

What a marker had before them goes along as a revision, so that two never overwrite each other
without seeing it. Every change is a line of the trail.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.quizzes.attempts.locking import lock_to_score
from media_items.quizzes.attempts.marking import keep_score, key_for, mark_attempt
from media_items.quizzes.choices import FINISHED
from media_items.quizzes.content import Question
from media_items.quizzes.models import Answer, Attempt, QuizChange
from media_items.refusals import ChangedMeanwhile, Invalid, NotNow
from media_items.signals import Account

# `QuizChange.what`
MARKS = "marks"


@dataclass(frozen=True)
class Marks:
    """`points` is None where the rule decides, or where it has not been marked."""

    points: Decimal | None
    comment: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "points": None if self.points is None else str(self.points.normalize()),
            "comment": self.comment,
        }


class MarkedMeanwhile(ChangedMeanwhile):
    """Somebody else has marked it since it was read: `answer`, as it is now."""

    message = _("Somebody else has marked this answer in the meantime.")

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def least_points(question: Question) -> Decimal:
    return -question.points if question.may_be_negative else Decimal(0)


def marks_of(answer: Answer | None) -> Marks:
    return Marks(answer.given, answer.comment) if answer else Marks(None)


@transaction.atomic
def give_marks(
    *,
    attempt: Attempt,
    question_id: str,
    marks: Marks,
    marking: int,
    by: Account,
    reason: str = "",
) -> Answer:
    """`marking` is the revision of the marks that `by` had before them. The same again changes
    nothing. The score of the attempt and of the person follow.

    Raises `MarkedMeanwhile`, `NotNow` before the attempt is over, `Invalid` for points that the
    question does not have, and KeyError for a question of another version.
    """
    attempt = lock_to_score(attempt)
    if attempt.state not in FINISHED:
        raise NotNow(_("This attempt has not ended yet."))
    if attempt.taker.erased_at is not None:
        raise NotNow(_("This person was erased. Their points stay as they are."))
    question = key_for(attempt.version).questions.question_of[question_id]
    answer = attempt.answers.filter(question=question_id).select_related("marked_by").first()
    answer = answer or Answer(attempt=attempt, question=question_id)
    was = marks_of(answer)
    if was == marks:
        return answer
    if was.points != marks.points:
        _check(question, marks)
    if answer.marking != marking:
        raise MarkedMeanwhile(answer)
    answer.given, answer.comment = marks.points, marks.comment
    answer.marking += 1
    answer.marked_at, answer.marked_by = timezone.now(), by
    answer.save()
    QuizChange.objects.create(
        quiz=attempt.quiz,
        what=MARKS,
        taker=attempt.taker,
        attempt=attempt,
        question=question_id,
        was=was.as_json(),
        now=marks.as_json(),
        reason=reason,
        by=by,
    )
    mark_attempt(attempt)
    keep_score(attempt.taker, attempt.quiz)
    return answer


def _check(question: Question, marks: Marks) -> None:
    if marks.points is None:
        return
    if not question.is_marked:
        raise Invalid(_("This question gives no points."))
    if not least_points(question) <= marks.points <= question.points:
        raise Invalid(_("The question doesn’t have that many points."))
