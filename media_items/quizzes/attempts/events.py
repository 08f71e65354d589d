"""What happened in an attempt, for disputes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from media_items.quizzes.models import AnswerEvent, Attempt

LONGEST_TEXT = 5_000  # characters of what somebody typed; the answer itself has all of it
_TYPED = "text"  # in a response, `scoring.responses`


def note(attempt: Attempt, what: str, *, question: str = "", response: Any = None) -> None:
    AnswerEvent.objects.create(attempt=attempt, what=what, question=question, response=response)


def note_answer(
    attempt: Attempt, what: str, *, question: str, response: Any, since: datetime | None
) -> None:
    """Of one question one a minute of the clock, the last: a browser saves while somebody types.
    `since`: the last one was not before; None where there was none."""
    moment = timezone.now()
    minute = moment.replace(second=0, microsecond=0)
    shortened = _shortened(response)
    if since is not None and since >= minute:
        of_this_minute = AnswerEvent.objects.filter(
            attempt=attempt, question=question, what=what, at__gte=minute
        )
        if of_this_minute.update(response=shortened, at=moment):
            return
    note(attempt, what, question=question, response=shortened)


def _shortened(response: Any) -> Any:
    typed = response.get(_TYPED) if isinstance(response, dict) else None
    if not isinstance(typed, str) or len(typed) <= LONGEST_TEXT:
        return response
    return {**response, _TYPED: f"{typed[:LONGEST_TEXT]}…"}
