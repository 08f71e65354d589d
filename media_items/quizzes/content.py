"""The questions of a published version: frozen, and the same for everybody who takes it.

Stored as JSON in `QuizVersion.content` (docs/quizzes.md describes it). Numbers are decimal strings:
no float touches a key or a credit. SECURITY: all of it is secret but what `attempts.shown` picks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from media_items.quizzes.kinds import UNMARKED_KINDS, QuestionKind, Rule, Tolerance

FORMAT = 1
FULL_CREDIT = Decimal(100)


@dataclass(frozen=True)
class Option:
    """One line of a question. What it is depends on the kind:

    - single, multiple, true or false: an option; `credit` is its share of the points, in percent,
      for several answers just whether it is right (above 0);
    - short text, number: an accepted answer with its credit;
    - matching: `text` is the prompt and `match` the id of the right one of `Question.choices`;
    - ordering: one of the things, in the right order.
    """

    id: str
    text: str = ""
    credit: Decimal = Decimal(0)
    feedback: str = ""
    at_end: bool = False
    match: str = ""
    tolerance: Tolerance = Tolerance.EXACT
    margin: str = ""  # of a number: the margin, its percent, or the upper end of the interval

    @property
    def is_right(self) -> bool:
        return self.credit > 0


@dataclass(frozen=True)
class Choice:
    """What a prompt of a matching question can be matched with. Those that fit none distract."""

    id: str
    text: str


@dataclass(frozen=True)
class Question:
    id: str
    kind: QuestionKind
    text: str
    points: Decimal = Decimal(1)
    rule: Rule = Rule.CREDIT
    options: tuple[Option, ...] = ()
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    explanation: str = ""
    is_required: bool = False
    may_be_negative: bool = False
    case_matters: bool = False
    accents_matter: bool = True
    picture: str = ""  # public id of a `QuestionPicture`
    picture_alt: str = ""
    at_ms: int | None = None  # on a film, the moment at which it waits
    unit: str = ""  # of a number: shown behind the field
    full_marks: bool = False  # a corrected key: everybody earns the points, also by no answer

    @property
    def is_marked(self) -> bool:
        return self.kind not in UNMARKED_KINDS and self.points > 0

    @property
    def by_hand(self) -> bool:
        return self.rule == Rule.BY_HAND

    def is_partly_right(self, option: Option) -> bool:
        """Whether choosing it is right and there is better."""
        return self.kind == QuestionKind.SINGLE and 0 < option.credit < FULL_CREDIT

    @cached_property
    def option_of(self) -> dict[str, Option]:
        return {option.id: option for option in self.options}

    @cached_property
    def choice_of(self) -> dict[str, Choice]:
        return {choice.id: choice for choice in self.choices}


@dataclass(frozen=True)
class Content:
    questions: tuple[Question, ...] = ()

    @cached_property
    def question_of(self) -> dict[str, Question]:
        return {question.id: question for question in self.questions}

    @property
    def points(self) -> Decimal:
        """What all right answers earn together."""
        return sum((one.points for one in self.questions if one.is_marked), Decimal(0))

    @property
    def has_moments(self) -> bool:
        return any(one.at_ms is not None for one in self.questions)

    def with_questions(self, questions: Iterable[Question]) -> Content:
        """The same with these in place of those of the same ids."""
        other = {one.id: one for one in questions}
        return Content(tuple(other.get(one.id, one) for one in self.questions))


# --- JSON ---------------------------------------------------------------------------------------


def to_json(content: Content) -> dict[str, Any]:
    return {"format": FORMAT, "questions": [_written(one) for one in content.questions]}


def from_json(stored: Mapping[str, Any]) -> Content:
    """Raises ValueError for a format that this Foyer does not know."""
    if stored.get("format") != FORMAT:
        raise ValueError(f"questions in format {stored.get('format')!r}")
    return Content(tuple(_question(one) for one in stored["questions"]))


def _written(question: Question) -> dict[str, Any]:
    """Without what is as it would be anyway."""
    whole = asdict(question)
    whole["options"] = [_without_defaults(Option(id=""), asdict(one)) for one in question.options]
    whole["choices"] = [asdict(one) for one in question.choices]
    plain = Question(id="", kind=QuestionKind.SINGLE, text="")
    return _without_defaults(plain, whole, always=("id", "kind", "text", "points", "rule"))


def _without_defaults(
    plain: Option | Question, whole: dict[str, Any], always: tuple[str, ...] = ("id",)
) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in whole.items()
        if name in always or (value != getattr(plain, name) and value != [])
    }


def _question(stored: Mapping[str, Any]) -> Question:
    kept: dict[str, Any] = dict(stored)
    kept["kind"] = QuestionKind(kept["kind"])
    kept["rule"] = Rule(kept["rule"])
    kept["points"] = Decimal(kept["points"])
    kept["options"] = tuple(_option(one) for one in kept.get("options", ()))
    kept["choices"] = tuple(Choice(**one) for one in kept.get("choices", ()))
    return Question(**kept)


def _option(stored: Mapping[str, Any]) -> Option:
    kept: dict[str, Any] = dict(stored)
    if "credit" in kept:
        kept["credit"] = Decimal(kept["credit"])
    if "tolerance" in kept:
        kept["tolerance"] = Tolerance(kept["tolerance"])
    return Option(**kept)
