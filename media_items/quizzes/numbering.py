"""The number of a question for those who look after a quiz: one on every page and in every file.

It is that of the paper: the place in the published version. What only earlier versions had comes
after it, of newer versions first. Takers have numbers of their own where questions are shuffled.
"""

from __future__ import annotations

from collections.abc import Iterable

from media_items.quizzes.models import Quiz, QuizVersion


def paper_numbers(quiz: Quiz) -> dict[str, int]:
    """By the ids of the questions. One query."""
    return numbers_in(quiz, quiz.versions.filter(key_of=None))


def numbers_in(quiz: Quiz, versions: Iterable[QuizVersion]) -> dict[str, int]:
    """Of all versions of the quiz; a key has the questions of its version."""
    papers = [one for one in versions if one.key_of_id is None]
    papers.sort(key=lambda one: (one.pk == quiz.published_id, one.number), reverse=True)
    ids = dict.fromkeys(one.id for paper in papers for one in paper.questions.questions)
    return {one: number for number, one in enumerate(ids, start=1)}
