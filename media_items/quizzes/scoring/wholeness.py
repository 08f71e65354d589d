"""Whether an answer is a whole one. Half of one is marked as it is; its person is told before that.

js/quiz/fields.js knows the same of what is chosen; whether a number can be read, it is told.
"""

from __future__ import annotations

from media_items.quizzes.content import Question
from media_items.quizzes.kinds import QuestionKind
from media_items.quizzes.scoring.normalising import number_in
from media_items.quizzes.scoring.responses import Response


def is_whole(question: Question, response: Response) -> bool:
    """No answer is none."""
    if response is None:
        return False
    return not empty_places(question, response) and not is_unread(question, response)


def empty_places(question: Question, response: Response) -> int:
    """Of a matching that has been begun: how many have no partner."""
    if question.kind != QuestionKind.MATCHING or not response:
        return 0
    return len(question.options) - len(response["pairs"])


def is_unread(question: Question, response: Response) -> bool:
    """What was typed doesn't read as a number."""
    if question.kind != QuestionKind.NUMBER or not response:
        return False
    return number_in(str(response["text"]), unit=question.unit) is None
