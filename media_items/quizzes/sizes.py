"""How much there may be to draw in all the texts of a quiz: formulas, formatting, tables.

Drawing a character of TeX takes 15 µs in what people write, and 56 µs at worst; a mark 15 to 25 µs.
So a whole quiz is drawn in about a second, by whoever looks at it first in a process; after that it
is kept (`drawn_once`). Nothing beyond it is published. The pages of those who write a quiz draw the
questions in their order as long as they stay below it, and show the others as they were typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from media_items.quizzes.content import Question
from media_items.quizzes.kinds import TYPED_KINDS
from media_items.quizzes.texts import AsTyped, Size, size_of

MOST = Size(tex=30_000, marks=60_000)


def size_of_all(questions: Iterable[Question]) -> Size:
    return _sum(_size(one) for one in questions)


def too_much(questions: Iterable[Question]) -> list[str]:
    """What a quiz of these questions could not be published for, in whole sentences."""
    size = size_of_all(questions)
    said = []
    if size.tex > MOST.tex:
        said.append(
            _(
                "All formulas together are too long: a quiz may have %(most)d characters of them, "
                "and here the count is %(count)d. Shorten them, or make two quizzes."
            )
            % {"count": size.tex, "most": MOST.tex}
        )
    if size.marks > MOST.marks:
        said.append(
            _(
                "All texts together have too much formatting: tables, lists, line breaks, signs. "
                "Take some of it out, or make two quizzes."
            )
        )
    return said


def drawn(questions: Iterable[Question]) -> list[Question]:
    """The same; those that come after what is drawn on one page have texts `AsTyped`."""
    size, found = Size(), []
    for one in questions:
        size += _size(one)
        found.append(one if _is_within(size) else as_typed(one))
    return found


def drawn_texts(texts: Iterable[str]) -> list[str]:
    size, found = Size(), []
    for one in texts:
        size += size_of(one)
        found.append(one if _is_within(size) else AsTyped(one))
    return found


def as_typed_because() -> str:
    return _(
        "Shown as you typed it: the questions before it have all the formulas and formatting that "
        "a quiz may have."
    )


def is_as_typed(question: Question) -> bool:
    return isinstance(question.text, AsTyped)


def as_typed(question: Question) -> Question:
    return replace(
        question,
        text=AsTyped(question.text),
        hint=AsTyped(question.hint),
        explanation=AsTyped(question.explanation),
        options=tuple(
            replace(one, text=AsTyped(one.text), feedback=AsTyped(one.feedback))
            for one in question.options
        ),
        choices=tuple(replace(one, text=AsTyped(one.text)) for one in question.choices),
    )


def _size(question: Question) -> Size:
    texts = [question.text, question.hint, question.explanation]
    texts += [one.text for one in question.choices]
    for one in question.options:
        texts.append(one.feedback)
        if question.kind not in TYPED_KINDS:
            texts.append(one.text)
    return _sum(size_of(one) for one in texts)


def _sum(sizes: Iterable[Size]) -> Size:
    return sum(sizes, Size())


def _is_within(size: Size) -> bool:
    return size.tex <= MOST.tex and size.marks <= MOST.marks
