"""The questions as a taker would get them now. Nothing of it is stored."""

from __future__ import annotations

from media_items.quizzes.attempts.reveal import NOTHING, Revealed
from media_items.quizzes.attempts.shown import ShownQuestion, ordered_questions, shown_question
from media_items.quizzes.attempts.starting import order_for
from media_items.quizzes.content import Content, to_json
from media_items.quizzes.models import Attempt, Quiz, QuizVersion


def preview_attempt(quiz: Quiz, content: Content) -> Attempt:
    """One that is never saved, over a version that is never saved."""
    version = QuizVersion(quiz=quiz, number=0, content=to_json(content), draft=quiz.draft)
    return Attempt(quiz=quiz, version=version, number=1, order=order_for(quiz, content))


def shown_preview(
    quiz: Quiz, content: Content, *, revealed: Revealed = NOTHING
) -> list[ShownQuestion]:
    """What a page of a taker is made of, in an order as a start would fix it."""
    attempt = preview_attempt(quiz, content)
    return [
        shown_question(attempt, question, None, number=number, revealed=revealed)
        for number, question in enumerate(ordered_questions(attempt), 1)
    ]
