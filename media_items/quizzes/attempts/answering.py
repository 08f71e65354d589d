"""Saving one answer: an older one never overwrites a newer one, and none comes after the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from media_items.quizzes.attempts.ending import close_if_overdue
from media_items.quizzes.attempts.events import note
from media_items.quizzes.attempts.locking import lock_attempt
from media_items.quizzes.attempts.refusals import AnswerIsFinal, AttemptOver
from media_items.quizzes.attempts.watching import refuse_later
from media_items.quizzes.attempts.windows import is_overdue
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Answer, Attempt
from media_items.quizzes.scoring.responses import Response, checked


@dataclass(frozen=True)
class Saved:
    """What is stored now. `was_newer`: another tab or device had saved a newer one, which stays."""

    response: Response
    revision: int
    was_newer: bool


def save(
    *,
    attempt: Attempt,
    question_id: str,
    given: Mapping[str, Any] | None,
    revision: int,
    page: str = "",
    count: int = 0,
    final: bool = False,
) -> Saved:
    """`revision` is the newest that the page has heard of. `page` names the open page and `count`
    what it has sent: what one page sends is never its own rival, and the same again is the same.
    With `final` the answer cannot be changed any more.

    Raises `AttemptOver`, `AnswerIsFinal`, `NotReached`, `BadResponse`, and KeyError for a question
    of another version.
    """
    close_if_overdue(attempt, timezone.now())
    return _save(attempt, question_id, given, _Sent(revision, page, count), final=final)


@dataclass(frozen=True)
class _Sent:
    revision: int
    page: str
    count: int

    def is_newer_than(self, answer: Answer) -> bool:
        if self.page and self.page == answer.page:
            return self.count > answer.count
        return self.revision >= answer.revision


def _hear(answer: Answer, sent: _Sent) -> None:
    """The same again, said later: what this page has sent before and comes after it is older."""
    answer.revision += sent.page != answer.page
    answer.page, answer.count = sent.page, sent.count
    answer.save(update_fields=["revision", "page", "count"])


@transaction.atomic
def _save(
    attempt: Attempt, question_id: str, given: Mapping[str, Any] | None, sent: _Sent, *, final: bool
) -> Saved:
    attempt = lock_attempt(attempt)
    moment = timezone.now()
    if attempt.state != AttemptState.OPEN or is_overdue(attempt, moment):
        raise AttemptOver
    question = attempt.version.questions.question_of[question_id]
    refuse_later(attempt, question)
    response = checked(question, given)
    answer = attempt.answers.filter(question=question_id).first()
    if answer is None:
        answer = Answer(attempt=attempt, question=question_id)
    is_same = answer.response == response
    if answer.is_final:
        if not is_same:
            raise AnswerIsFinal
        return Saved(response, answer.revision, was_newer=False)
    if is_same and not final:
        if answer.pk and sent.page and sent.is_newer_than(answer):
            _hear(answer, sent)
        return Saved(response, answer.revision, was_newer=False)
    if not is_same and not sent.is_newer_than(answer):
        return Saved(answer.response, answer.revision, was_newer=True)
    answer.response, answer.saved_at = response, moment
    answer.page, answer.count = sent.page, sent.count
    answer.revision += 1
    answer.is_final = final
    answer.save()
    if attempt.deadline and moment > attempt.deadline and not attempt.is_late:
        attempt.is_late = True
        attempt.save(update_fields=["is_late"])
    note(attempt, "saved", question=question_id, response=response)
    return Saved(response, answer.revision, was_newer=False)
