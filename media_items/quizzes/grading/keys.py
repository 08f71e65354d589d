"""A corrected key, or the one before it: what becomes of a frozen question, in every version that
has it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from media_items.quizzes.content import Option, Question
from media_items.quizzes.kinds import CHOICE_KINDS, TYPED_KINDS, QuestionKind
from media_items.quizzes.models.trail import RegradeWay

FULL_CREDIT = Decimal(100)


@dataclass(frozen=True)
class Correction:
    """With a new key: `credits` of options, `accepted` answers of what is typed, `matches` of
    prompts, or the `order` of the things, by the kind of the question."""

    way: RegradeWay
    credits: Mapping[str, Decimal] = field(default_factory=dict)
    accepted: tuple[Option, ...] = ()
    matches: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()

    def after(self, version: int, question: Question, original: Question) -> Question:
        """Of every version in the same way."""
        return corrected(question, original, self)


@dataclass(frozen=True)
class Undoing:
    """The question as it was marked before, by the version. Other versions stay as they are."""

    before: Mapping[int, Question]
    way: RegradeWay = RegradeWay.UNDO

    def after(self, version: int, question: Question, original: Question) -> Question:
        return self.before.get(version, question)


type Change = Correction | Undoing


def corrected(question: Question, original: Question, correction: Correction) -> Question:
    """`question` is as it is marked now, `original` as it was asked, with the points it had. What
    another version does not have is left as it is there."""
    if correction.way == RegradeWay.DROP:
        return replace(question, points=Decimal(0), full_marks=False)
    if correction.way == RegradeWay.FULL_MARKS:
        return replace(question, points=original.points, full_marks=True)
    return replace(
        question,
        points=original.points,
        full_marks=False,
        options=_options(question, correction),
    )


def as_written(question: Question, original: Question) -> Question:
    """What of a key a writer would have written: full marks and dropping concern attempts that were
    made."""
    return replace(question, points=original.points, full_marks=False)


def correction_of(question: Question) -> Correction:
    """By which a question comes to be marked as this one is."""
    way = RegradeWay.NEW_KEY
    if question.full_marks:
        way = RegradeWay.FULL_MARKS
    elif not question.points:
        way = RegradeWay.DROP
    return Correction(
        way=way,
        credits={one.id: one.credit for one in question.options}
        if question.kind in CHOICE_KINDS
        else {},
        accepted=question.options if question.kind in TYPED_KINDS else (),
        matches={one.id: one.match for one in question.options}
        if question.kind == QuestionKind.MATCHING
        else {},
        order=tuple(one.id for one in question.options)
        if question.kind == QuestionKind.ORDERING
        else (),
    )


def _options(question: Question, correction: Correction) -> tuple[Option, ...]:
    if question.kind in CHOICE_KINDS:
        return tuple(
            replace(one, credit=correction.credits.get(one.id, one.credit))
            for one in question.options
        )
    if question.kind in TYPED_KINDS:
        return correction.accepted or question.options
    if question.kind == QuestionKind.MATCHING:
        return tuple(_matched(question, one, correction.matches) for one in question.options)
    if question.kind == QuestionKind.ORDERING:
        return _in_order(question.options, correction.order)
    return question.options


def _matched(question: Question, option: Option, matches: Mapping[str, str]) -> Option:
    wanted = matches.get(option.id, option.match)
    return replace(option, match=wanted) if wanted in question.choice_of else option


def _in_order(options: tuple[Option, ...], order: tuple[str, ...]) -> tuple[Option, ...]:
    """Things that the order does not name stay behind those that it names."""
    place = {name: number for number, name in enumerate(order)}
    return tuple(sorted(options, key=lambda one: place.get(one.id, len(place))))
