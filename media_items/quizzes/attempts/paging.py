"""The pages of an attempt: one with all questions, or one for each in their order."""

from __future__ import annotations

from collections.abc import Collection

from media_items.quizzes.attempts.refusals import NotReached, PageIsPast
from media_items.quizzes.attempts.shown import ordered_questions
from media_items.quizzes.attempts.watching import open_questions, refuse_later
from media_items.quizzes.choices import FINISHED
from media_items.quizzes.content import Question
from media_items.quizzes.models import Attempt


def pages_of(attempt: Attempt) -> list[list[Question]]:
    """A quiz on a film is one page: there the film says which questions are open."""
    questions = ordered_questions(attempt)
    if attempt.quiz.one_at_a_time and not attempt.quiz.film_id:
        return [[one] for one in questions]
    return [questions]


def goes_one_way(attempt: Attempt) -> bool:
    quiz = attempt.quiz
    return quiz.one_at_a_time and not quiz.may_go_back and not quiz.film_id


def page_for(attempt: Attempt, asked: int | None) -> int:
    """The page to show, from 0; `asked` counts from 1. Where there is no way back it is the one
    that has been reached."""
    last = max(0, len(pages_of(attempt)) - 1)
    if asked is None or goes_one_way(attempt):
        return min(attempt.position, last)
    return max(0, min(asked - 1, last))


def seen_in(attempt: Attempt, answered: Collection[str]) -> set[str]:
    """The questions that its person has been shown, as far as is known: all of a finished one; else
    the pages up to the one that is open where there is no way back, that page where there is, what
    the film has come to, and in any case what is answered."""
    every = ordered_questions(attempt)
    if attempt.state in FINISHED:
        return {one.id for one in every}
    pages = pages_of(attempt)
    at = min(attempt.position, len(pages) - 1)
    reached = pages[0 if goes_one_way(attempt) else at : at + 1]
    shown = open_questions(attempt, [one for page in reached for one in page])
    return {one.id for one in shown} | {one.id for one in every if one.id in answered}


def move_to(attempt: Attempt, page: int, *, after: int) -> None:
    """From the page `after` to another. Where there is no way back only to the next one, and
    whoever sends twice has gone on once."""
    page = max(0, min(page, len(pages_of(attempt)) - 1))
    if goes_one_way(attempt):
        if page == after + 1:
            Attempt.objects.open().filter(pk=attempt.pk, position=after).update(position=page)
    else:
        Attempt.objects.open().filter(pk=attempt.pk).update(position=page)


def refuse_elsewhere(attempt: Attempt, question_id: str) -> None:
    """Raises `PageIsPast` and `NotReached` where the quiz has no way back and another page is
    open, and `NotReached` where the film has not come to it."""
    if (question := attempt.version.questions.question_of.get(question_id)) is not None:
        refuse_later(attempt, question)
    if not goes_one_way(attempt):
        return
    ids = [one.id for one in ordered_questions(attempt)]
    if question_id in ids[: attempt.position]:
        raise PageIsPast
    if question_id in ids[attempt.position + 1 :]:
        raise NotReached
