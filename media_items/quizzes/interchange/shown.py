"""Questions of an import as its page shows them to those who write the quiz: with the key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from media_items.quizzes import sizes, texts
from media_items.quizzes.content import Option, Question
from media_items.quizzes.interchange.batches import Numbered
from media_items.quizzes.interchange.neutral import Verdict, plain_number
from media_items.quizzes.kinds import (
    CHOICE_KINDS,
    RULES_OF,
    TRUE_FALSE_WORDS,
    TYPED_KINDS,
    QuestionKind,
    Tolerance,
)


@dataclass(frozen=True)
class ShownLine:
    """`credit` is said where it is neither all nor, of what is chosen, nothing. `partner` is
    HTML."""

    text: SafeString | str
    is_right: bool = False
    is_partly_right: bool = False
    partner: SafeString | str = ""
    credit: str = ""
    feedback: SafeString | str = ""


@dataclass(frozen=True)
class ShownFound:
    number: int
    name: str
    verdict: Verdict
    notes: tuple[str, ...]
    kind: str = ""
    points: str = ""
    rule: str = ""
    text: SafeString | str = ""
    lines: tuple[ShownLine, ...] = ()
    distractors: tuple[SafeString, ...] = ()
    is_ordered: bool = False
    hint: SafeString | str = ""
    explanation: SafeString | str = ""
    picture: str = ""
    picture_alt: str = ""


def all_shown(found: Iterable[Numbered]) -> list[ShownFound]:
    """Those that come after what can be drawn on one page are shown as they were typed."""
    rows = list(found)
    drawn = iter(sizes.drawn(one.found.question for one in rows if one.found.question))
    return [
        shown(
            replace(one, found=replace(one.found, question=next(drawn)))
            if one.found.question
            else one
        )
        for one in rows
    ]


def shown(numbered: Numbered) -> ShownFound:
    found, question = numbered.found, numbered.found.question
    if question is None:
        return ShownFound(numbered.number, found.name, found.verdict, found.notes)
    matched = {one.match for one in question.options}
    return ShownFound(
        number=numbered.number,
        name=found.name,
        verdict=found.verdict,
        notes=found.notes,
        kind=str(question.kind.label),
        points=plain_number(question.points) if question.is_marked else "",
        rule=str(question.rule.label) if len(RULES_OF[question.kind]) > 1 else "",
        text=texts.block(question.text),
        lines=tuple(_line(question, one) for one in question.options),
        distractors=tuple(
            texts.inline(one.text) for one in question.choices if one.id not in matched
        ),
        is_ordered=question.kind == QuestionKind.ORDERING,
        hint=texts.block(question.hint),
        explanation=texts.block(question.explanation),
        picture=question.picture,
        picture_alt=question.picture_alt,
    )


def _line(question: Question, one: Option) -> ShownLine:
    is_choice = question.kind in CHOICE_KINDS
    plain = {100} if question.kind in TYPED_KINDS else {0, 100}
    has_part = one.credit not in plain and question.kind != QuestionKind.MULTIPLE
    return ShownLine(
        text=_text(question, one),
        is_right=is_choice and one.is_right,
        is_partly_right=question.is_partly_right(one),
        partner=texts.inline(question.choice_of[one.match].text) if one.match else "",
        credit=plain_number(one.credit) if has_part else "",
        feedback=texts.inline(one.feedback),
    )


def _text(question: Question, one: Option) -> SafeString | str:
    if question.kind == QuestionKind.TRUE_FALSE:
        return str(TRUE_FALSE_WORDS.get(one.text, one.text))
    if question.kind == QuestionKind.NUMBER:
        return f"{_number(one)} {question.unit}".strip()
    if question.kind == QuestionKind.SHORT_TEXT:
        return one.text
    return texts.inline(one.text)


def _number(one: Option) -> str:
    match one.tolerance:
        case Tolerance.ABSOLUTE:
            return f"{one.text} ± {one.margin}"
        case Tolerance.RELATIVE:
            return f"{one.text} ± {one.margin} %"
        case Tolerance.INTERVAL:
            return f"{one.text} – {one.margin}"
        case _:
            return one.text
