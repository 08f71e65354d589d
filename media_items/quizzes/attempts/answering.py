"""Saving one answer: an older one never overwrites a newer one, and none comes after the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from media_items.quizzes.attempts.ending import close_if_overdue
from media_items.quizzes.attempts.events import note_answer
from media_items.quizzes.attempts.locking import lock_to_answer
from media_items.quizzes.attempts.paging import refuse_elsewhere
from media_items.quizzes.attempts.refusals import (
    AnswerIsFinal,
    NewerElsewhere,
    NothingAnswered,
)
from media_items.quizzes.models import Answer, Attempt
from media_items.quizzes.scoring.responses import BadResponse, Response, checked
from media_items.refusals import Refusal


@dataclass(frozen=True)
class Saved:
    """What is stored now. `was_newer`: another tab or device had saved a newer one, which stays."""

    response: Response
    revision: int
    was_newer: bool


@dataclass(frozen=True)
class Given:
    """What a page sends of one question. `revision` is the newest that the page has heard of."""

    response: Mapping[str, Any] | None
    revision: int


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
    With `final` the answer cannot be changed any more, if it is the one that is stored.

    Raises `AttemptOver`, `AnswerIsFinal`, `PageIsPast`, `NotReached`, `BadResponse`, with `final`
    `NothingAnswered` and `NewerElsewhere`, and KeyError for a question of another version.
    """
    close_if_overdue(attempt, timezone.now())
    with transaction.atomic():
        attempt = lock_to_answer(attempt)
        answer = attempt.answers.filter(question=question_id).first()
        sent = _Sent(given, revision, page, count)
        saved = _save(attempt, question_id, answer, sent, final=final, is_single=True)
    if final and saved.was_newer:
        raise NewerElsewhere
    return saved


def save_page(
    *, attempt: Attempt, given: Mapping[str, Given], page: str = "", count: int = 0
) -> dict[str, Saved | Exception]:
    """All that a page holds, as `save` does one, and what has come of each. Of what is as it was
    nothing is written; what one cannot be saved for does not keep the others from it.

    Raises `AttemptOver`.
    """
    close_if_overdue(attempt, timezone.now())
    with transaction.atomic():
        attempt = lock_to_answer(attempt)
        answers = {one.question: one for one in attempt.answers.filter(question__in=given)}
        found: dict[str, Saved | Exception] = {}
        for question_id, one in given.items():
            sent = _Sent(one.response, one.revision, page, count)
            try:
                answer = answers.get(question_id)
                found[question_id] = _save(attempt, question_id, answer, sent, final=False)
            except (Refusal, BadResponse, KeyError) as error:  # each says so before it writes
                found[question_id] = error
        return found


@dataclass(frozen=True)
class _Sent:
    given: Mapping[str, Any] | None
    revision: int
    page: str
    count: int

    def is_newer_than(self, answer: Answer) -> bool:
        if self.page and self.page == answer.page:
            return self.count > answer.count
        return self.revision >= answer.revision


def _hear(answer: Answer, sent: _Sent) -> None:
    """The same again, said later: what this page has sent before and comes after it is older. So it
    is of an answer that was cleared before it was ever stored."""
    answer.revision += sent.page != answer.page
    answer.page, answer.count = sent.page, sent.count
    answer.save(update_fields=["revision", "page", "count"] if answer.pk else None)


def _save(
    attempt: Attempt,
    question_id: str,
    answer: Answer | None,
    sent: _Sent,
    *,
    final: bool,
    is_single: bool = False,
) -> Saved:
    """`is_single`: sent for this question alone, because it was changed."""
    question = attempt.version.questions.question_of[question_id]
    refuse_elsewhere(attempt, question_id)
    response = checked(question, sent.given)
    answer = answer or Answer(attempt=attempt, question=question_id)
    is_same = answer.response == response
    if answer.is_final:
        if not is_same:
            raise AnswerIsFinal
        return Saved(response, answer.revision, was_newer=False)
    if final and response is None:
        raise NothingAnswered
    if is_same and not final:
        if (answer.pk or is_single) and sent.page and sent.is_newer_than(answer):
            _hear(answer, sent)
        return Saved(response, answer.revision, was_newer=False)
    if not is_same and not sent.is_newer_than(answer):
        # Not shown to anybody but kept: it may be all there is of a long text.
        now = timezone.now()
        note_answer(attempt, "older", question=question_id, response=response, since=now)
        return Saved(answer.response, answer.revision, was_newer=True)
    moment, before = timezone.now(), answer.saved_at if answer.pk else None
    answer.response, answer.saved_at = response, moment
    answer.page, answer.count = sent.page, sent.count
    answer.revision += 1
    answer.is_final = final
    answer.save()
    if attempt.deadline and moment > attempt.deadline and not attempt.is_late:
        attempt.is_late = True
        attempt.save(update_fields=["is_late"])
    note_answer(attempt, "saved", question=question_id, response=response, since=before)
    return Saved(response, answer.revision, was_newer=False)
