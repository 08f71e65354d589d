"""The questions as a taker would get them now, to be tried. Nothing of it is stored."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from media_items.quizzes import sizes
from media_items.quizzes.attempts.reveal import EVERYTHING, NOTHING
from media_items.quizzes.attempts.shown import ShownQuestion, ordered_questions, shown_question
from media_items.quizzes.attempts.starting import order_for
from media_items.quizzes.content import Content, Question, to_json
from media_items.quizzes.models import Answer, Attempt, Quiz, QuizVersion
from media_items.quizzes.scoring.responses import BadResponse, Response, checked
from media_items.quizzes.taking.given import given_of


@dataclass(frozen=True)
class Trying:
    """What was pressed at which question: *check*, *hint*, *again*, or nothing; which were checked
    before, and the answers that stand in the fields."""

    answers: QueryDict
    act: str = ""
    question: str = ""
    checked: frozenset[str] = frozenset()

    @classmethod
    def of(cls, posted: QueryDict) -> Trying:
        act, _colon, question = posted.get("act", "").partition(":")
        return cls(posted, act, question, frozenset(posted.getlist("checked")))

    def is_checked(self, question: Question) -> bool:
        if self.is_at(question, "again"):
            return False
        return question.id in self.checked or self.is_at(question, "check")

    def fields_of(self, question: str) -> list[tuple[str, str]]:
        """What stands for its answer once it has no fields any more."""
        names = [name for name in self.answers if name.partition(".")[0] == question]
        return [(name, value) for name in names for value in self.answers.getlist(name)]

    def is_at(self, question: Question, act: str) -> bool:
        return (self.act, self.question) == (act, question.id)


_NOT_TRIED = Trying(QueryDict())


def shown_preview(
    quiz: Quiz,
    content: Content,
    *,
    trying: Trying = _NOT_TRIED,
    with_key: Collection[str] = (),
) -> list[ShownQuestion]:
    """What a page of a taker is made of. What is checked, and the questions `with_key`, are shown
    with all that there is to them. Those that come after what can be drawn on one page are shown as
    they were typed."""
    attempt = _attempt(quiz, Content(tuple(sizes.drawn(content.questions))))
    return [
        _shown(attempt, question, number, trying, has_key=question.id in with_key)
        for number, question in enumerate(ordered_questions(attempt), 1)
    ]


def _attempt(quiz: Quiz, content: Content) -> Attempt:
    """One that is never saved, over a version that is never saved; its order stays."""
    version = QuizVersion(quiz=quiz, number=0, content=to_json(content), draft=quiz.draft)
    dice = random.Random(0)  # noqa: S311 - nobody is marked by it
    return Attempt(quiz=quiz, version=version, number=1, order=order_for(quiz, content, dice))


def _shown(
    attempt: Attempt, question: Question, number: int, trying: Trying, *, has_key: bool
) -> ShownQuestion:
    has_key = has_key or trying.is_checked(question)
    is_anew = trying.is_at(question, "again")
    answer = Answer(
        attempt=attempt,
        question=question.id,
        response=None if is_anew else _response(question, trying.answers),
        is_final=has_key,
    )
    return shown_question(
        attempt,
        question,
        answer,
        number=number,
        revealed=EVERYTHING if has_key else NOTHING,
        is_hint_seen=trying.is_at(question, "hint"),
    )


def _response(question: Question, tried: QueryDict) -> Response:
    """None for what does not fit the question as it is written now."""
    if question.id not in tried.getlist("question"):
        return None
    given: Any = given_of(question, tried).response
    try:
        return checked(question, given)
    except BadResponse:
        return None
