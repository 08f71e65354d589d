"""The share of a question's points that a response earns, exactly, as a fraction.

The rules: ../shared/field/quizzes.md, section 5. Nothing here rounds; `rounded` is for what is
shown, and is called once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from itertools import pairwise

from media_items.quizzes.content import Content, Option, Question
from media_items.quizzes.kinds import QuestionKind, Rule, Tolerance
from media_items.quizzes.scoring.normalising import normalised, number_in
from media_items.quizzes.scoring.responses import Response

_NOTHING, _ALL = Fraction(0), Fraction(1)
_CENT = Decimal("0.01")
# What columns keep of a third of a point.
PLACES = 10
_KEPT = Decimal(1).scaleb(-PLACES)
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Mark:
    """`earned` is None while somebody has to mark it by hand, and where nothing is marked."""

    possible: Fraction
    earned: Fraction | None
    is_answered: bool

    @property
    def share(self) -> Fraction | None:
        if self.earned is None or not self.possible:
            return None
        return self.earned / self.possible

    @property
    def is_waiting(self) -> bool:
        """Whether a person has to mark it."""
        return self.earned is None and self.possible > 0


@dataclass(frozen=True)
class Total:
    """`earned` is so far: `waiting` questions are to be marked by hand."""

    possible: Fraction
    earned: Fraction
    waiting: int = 0

    @property
    def share(self) -> Fraction | None:
        """None where nothing is marked: such a quiz has no score."""
        return self.earned / self.possible if self.possible else None


def mark(question: Question, response: Response) -> Mark:
    """An empty answer earns nothing and costs nothing."""
    possible = Fraction(question.points) if question.is_marked else _NOTHING
    if not question.is_marked:
        return Mark(_NOTHING, None, response is not None)
    if question.full_marks:
        return Mark(possible, possible, response is not None)
    if response is None:
        return Mark(possible, _NOTHING, is_answered=False)
    if question.by_hand:
        return Mark(possible, None, is_answered=True)
    share = share_of(question, response)
    lowest = -_ALL if question.may_be_negative else _NOTHING
    return Mark(possible, possible * max(lowest, min(_ALL, share)), is_answered=True)


def counted(question: Question, response: Response, given: Fraction | Decimal | None) -> Mark:
    """With what a person gave, which counts before the rule. Not where a corrected key gives
    everybody all points or counts the question no more: that holds for everybody."""
    made = mark(question, response)
    if given is None or question.full_marks or not question.is_marked:
        return made
    return replace(made, earned=Fraction(given))


def total(
    content: Content,
    responses: Mapping[str, Response],
    by_hand: Mapping[str, Fraction | Decimal] | None = None,
) -> Total:
    """Of all questions; `by_hand` has what people gave. Never below 0."""
    given = by_hand or {}
    possible, earned, waiting = _NOTHING, _NOTHING, 0
    for question in content.questions:
        made = counted(question, responses.get(question.id), given.get(question.id))
        possible += made.possible
        if made.earned is not None:
            earned += made.earned
        waiting += made.is_waiting
    return Total(possible, max(_NOTHING, earned), waiting)


def share_of(question: Question, response: dict[str, object]) -> Fraction:
    """By the question's rule, before it is held between the lowest and 1."""
    match question.kind:
        case QuestionKind.SINGLE | QuestionKind.TRUE_FALSE:
            chosen = question.option_of.get(str(response["chosen"]))
            return _credit(chosen) if chosen else _NOTHING
        case QuestionKind.MULTIPLE:
            return _share_of_several(question, set(map(str, _list(response["chosen"]))))
        case QuestionKind.SHORT_TEXT | QuestionKind.NUMBER:
            fitting = accepted_by(question, str(response["text"]))
            return _credit(fitting) if fitting else _NOTHING
        case QuestionKind.MATCHING:
            return _share_of_pairs(question, response["pairs"])
        case QuestionKind.ORDERING:
            return _share_of_order(question, list(map(str, _list(response["order"]))))
        case _:
            return _NOTHING


def accepted_by(question: Question, text: str) -> Option | None:
    """The accepted answer that fits what was typed, the one with the most credit."""
    fits = _number_fits if question.kind == QuestionKind.NUMBER else _text_fits
    found = [option for option in question.options if fits(question, option, text)]
    return max(found, key=lambda option: option.credit, default=None)


def rounded(value: Fraction | Decimal) -> Decimal:
    """Two decimals, half up, as shown. Called once, on the exact value."""
    return _decimal(Fraction(value), _CENT)


def kept(value: Fraction | Decimal) -> Decimal:
    """With as many decimals as a column keeps."""
    return _decimal(Fraction(value), _KEPT)


def _decimal(value: Fraction, step: Decimal) -> Decimal:
    """Half up, away from zero on both sides, without a float and without rounding twice."""
    steps = abs(value) / Fraction(step)
    whole = (2 * steps.numerator + steps.denominator) // (2 * steps.denominator)
    made = _WIDE.multiply(Decimal(whole), step)
    return -made if value < 0 and whole else made


def _credit(option: Option) -> Fraction:
    return Fraction(option.credit) / 100


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _share_of_several(question: Question, chosen: set[str]) -> Fraction:
    right = {option.id for option in question.options if option.is_right}
    if question.rule == Rule.ALL:
        return _ALL if chosen == right else _NOTHING
    if question.rule == Rule.ANY:
        return _ALL if chosen & right else _NOTHING
    if question.rule == Rule.PER_OPTION:
        decided = [(option.id in chosen) == option.is_right for option in question.options]
        return Fraction(sum(decided), len(decided))
    if not right:
        return _NOTHING
    return Fraction(len(chosen & right) - len(chosen - right), len(right))


def _share_of_pairs(question: Question, pairs: object) -> Fraction:
    made = pairs if isinstance(pairs, dict) else {}
    right = [made.get(option.id) == option.match for option in question.options]
    if question.rule == Rule.ALL:
        return _ALL if all(right) else _NOTHING
    return Fraction(sum(right), len(right)) if right else _NOTHING


def _share_of_order(question: Question, order: list[str]) -> Fraction:
    right = [option.id for option in question.options]
    if question.rule == Rule.ALL or len(right) < 2:
        return _ALL if order == right else _NOTHING
    neighbours = set(pairwise(right))
    found = sum(pair in neighbours for pair in pairwise(order))
    return Fraction(found, len(neighbours))


def _text_fits(question: Question, option: Option, text: str) -> bool:
    how = {"case_matters": question.case_matters, "accents_matter": question.accents_matter}
    return normalised(text, **how) == normalised(option.text, **how)


def _number_fits(question: Question, option: Option, text: str) -> bool:
    """The bounds fit, too."""
    typed = number_in(text, unit=question.unit)
    accepted = number_in(option.text)
    if typed is None or accepted is None:
        return False
    value, middle = Fraction(typed), Fraction(accepted)
    margin = Fraction(number_in(option.margin) or 0) if option.margin else _NOTHING
    if option.tolerance == Tolerance.INTERVAL:
        return middle <= value <= margin
    if option.tolerance == Tolerance.RELATIVE:
        margin = abs(middle) * abs(margin) / 100
    elif option.tolerance == Tolerance.EXACT:
        margin = _NOTHING
    return abs(value - middle) <= abs(margin)
