"""What happened in an attempt, for disputes."""

from __future__ import annotations

from typing import Any

from media_items.quizzes.models import AnswerEvent, Attempt


def note(attempt: Attempt, what: str, *, question: str = "", response: Any = None) -> None:
    AnswerEvent.objects.create(attempt=attempt, what=what, question=question, response=response)
