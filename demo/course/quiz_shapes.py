"""The data classes in which the demo's quizzes are described."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from media_items.quizzes.choices import Preset
from media_items.quizzes.kinds import RULES_OF, QuestionKind, Rule, Tolerance


@dataclass(frozen=True)
class DemoOption:
    """As `content.Option`. Of a matching question `match` is the text of the partner."""

    text: str = ""
    credit: int = 0
    feedback: str = ""
    at_end: bool = False
    match: str = ""
    tolerance: Tolerance = Tolerance.EXACT
    margin: str = ""


@dataclass(frozen=True, kw_only=True)
class DemoQuestion:
    """`at`: the second of the full film at which it waits. `said`: what people write."""

    kind: QuestionKind
    text: str
    options: tuple[DemoOption, ...] = ()
    points: Decimal = Decimal(1)
    rule: Rule | None = None
    hint: str = ""
    explanation: str = ""
    is_required: bool = False
    accents_matter: bool = True
    unit: str = ""
    at: float | None = None
    said: tuple[str, ...] = ()

    @property
    def chosen_rule(self) -> Rule:
        return self.rule or RULES_OF[self.kind][0]


@dataclass(frozen=True)
class Took:
    """One attempt. `who` is an account's key, or the address of an invitation or a guest.

    `answers` has one sign for each question: + right, ~ in part, - wrong, . none. `state`: handed
    in, time up, interrupted, open.
    """

    who: str
    answers: str
    ago: timedelta
    minutes: float = 9
    state: str = "handed in"


@dataclass(frozen=True, kw_only=True)
class DemoQuiz:
    """`settings` differ from those of the preset. `more_time`: who has how many times the time.
    `film` is the title of one of the owner's films."""

    preset: Preset
    questions: list[DemoQuestion]
    settings: dict[str, Any] = field(default_factory=dict)
    film: str = ""
    took: list[Took] = field(default_factory=list)
    more_time: dict[str, str] = field(default_factory=dict)


def choose(text: str, right: str, *wrong: str, **more: Any) -> DemoQuestion:
    """Single choice; what begins with an underscore stays at the end."""
    options = [
        DemoOption(right, 100),
        *(DemoOption(one.removeprefix("_"), at_end=one.startswith("_")) for one in wrong),
    ]
    return DemoQuestion(kind=QuestionKind.SINGLE, text=text, options=tuple(options), **more)


def choose_all(text: str, right: list[str], wrong: list[str], **more: Any) -> DemoQuestion:
    options = [*(DemoOption(one, 100) for one in right), *(DemoOption(one) for one in wrong)]
    return DemoQuestion(kind=QuestionKind.MULTIPLE, text=text, options=tuple(options), **more)


def true_or_false(text: str, *, is_true: bool, **more: Any) -> DemoQuestion:
    options = (DemoOption("True", 100 * is_true), DemoOption("False", 100 * (not is_true)))
    return DemoQuestion(kind=QuestionKind.TRUE_FALSE, text=text, options=options, **more)


def match(text: str, pairs: dict[str, str], *distractors: str, **more: Any) -> DemoQuestion:
    options = [
        *(DemoOption(prompt, match=partner) for prompt, partner in pairs.items()),
        *(DemoOption(match=one) for one in distractors),
    ]
    return DemoQuestion(kind=QuestionKind.MATCHING, text=text, options=tuple(options), **more)


def put_in_order(text: str, *things: str, **more: Any) -> DemoQuestion:
    options = tuple(DemoOption(one) for one in things)
    return DemoQuestion(kind=QuestionKind.ORDERING, text=text, options=options, **more)
