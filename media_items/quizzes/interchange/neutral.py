"""What a file of another system has in it, whatever its format: questions as ours, pictures, and
a note on everything that is not here as it was there. Nothing is left out silently."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from time import monotonic

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from media_items.processing.confinement import tick
from media_items.public_ids import new_public_id
from media_items.quizzes.content import Option, Question
from media_items.quizzes.kinds import UNMARKED_KINDS, QuestionKind, Tolerance
from media_items.quizzes.models.questions import MOST_OPTIONS, MOST_POINTS, MOST_QUESTIONS
from media_items.quizzes.models.questions import Question as Draft
from media_items.quizzes.models.questions import QuestionOption as DraftOption
from media_items.quizzes.scoring.normalising import number_in
from media_items.quizzes.writing.publishing import lacks
from media_items.refusals import Invalid

MOST_SECONDS = 20
MOST_TEXT = 5_000_000  # characters of all texts of a file, each as often as it is read
LONGEST_NUMBER = 100
_CENT = Decimal("0.01")
_CREDIT_STEP = Decimal("0.00001")
ALL = Decimal(100)


class NotReadable(Invalid):
    """The file is none of those that Foyer reads, or is made to do harm."""


class CannotBeTaken(Exception):
    """One question cannot; the argument is the sentence why."""


class Verdict(StrEnum):
    TAKEN = "taken"
    CHANGED = "changed"
    INCOMPLETE = "incomplete"
    REFUSED = "refused"


class Notes:
    """Sentences, each once, in order."""

    def __init__(self) -> None:
        self._said: dict[str, None] = {}

    def add(self, sentence: str | Promise) -> None:
        self._said[str(sentence)] = None

    def all(self) -> list[str]:
        return list(self._said)


@dataclass(frozen=True)
class Found:
    """One question of the file. `name` is how the file calls it; `question` is None where it was
    refused. `Question.picture` is a key of `Bank.pictures`."""

    name: str
    question: Question | None
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        if self.question is None:
            return Verdict.REFUSED
        if lacks(self.question):
            return Verdict.INCOMPLETE
        return Verdict.CHANGED if self.notes else Verdict.TAKEN


@dataclass
class Bank:
    """`pictures` are made anew by us already. `notes` are on the whole file. `expected`: about how
    many questions there will be. `encoding`: of a text, and whether it was guessed.
    `refused_pictures` have the sentence why."""

    found: list[Found] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    refused_pictures: dict[str, str] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)
    expected: int = 0
    encoding: str = ""
    is_guessed: bool = False
    _read: int = 0
    _began: float = field(default_factory=monotonic)

    @property
    def percent(self) -> int:
        return min(99, 100 * len(self.found) // self.expected) if self.expected else 0

    def take(self, name: str, question: Question, notes: Notes) -> None:
        """As far as it fits a quiz of ours. Raises NotReadable when there are too many."""
        try:
            fitting = fitted(question, notes)
        except CannotBeTaken as why:
            self.refuse(name, str(why))
            return
        for sentence in lacks(fitting):
            notes.add(sentence)
        self._add(Found(shortened(name), fitting, tuple(notes.all())))

    def refuse(self, name: str, why: str | Promise) -> None:
        self._add(Found(shortened(name), None, (str(why),)))

    def _add(self, found: Found) -> None:
        if len(self.found) >= MOST_QUESTIONS:
            raise NotReadable(
                _("There are more than %(most)d questions in this file. Import it in parts.")
                % {"most": MOST_QUESTIONS}
            )
        self.check_time()
        self.found.append(found)

    def count(self, characters: int) -> None:
        """Of a text, before it is read. Raises NotReadable."""
        self._read += characters
        if self._read > MOST_TEXT:
            raise NotReadable(_("This file is too large. Import it in parts."))
        self.check_time()

    def check_time(self) -> None:
        """A sign of life, too. Raises NotReadable."""
        tick()
        if monotonic() - self._began > MOST_SECONDS:
            raise NotReadable(_("Reading this file takes too long. Import it in parts."))


def shortened(text: str, most: int = 120) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def option(text: str = "", credit: Decimal | int = 0, **more: object) -> Option:
    """With an id of its own."""
    return Option(new_public_id(), text, Decimal(credit), **more)  # type: ignore[arg-type]


def decimal_of(text: str | None) -> Decimal | None:
    """A number of a file: a point before the decimals, nothing infinite, nothing huge."""
    plain = (text or "").strip()
    if len(plain) > LONGEST_NUMBER:
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > 30 or len(number.as_tuple().digits) > 40:
        return None
    return number


def plain_number(number: Decimal) -> str:
    """Without an exponent and without zeros that say nothing."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def fitted(question: Question, notes: Notes) -> Question:
    """Raises CannotBeTaken for what is longer or more than ours may be."""
    if len(question.options) > MOST_OPTIONS or len(question.choices) > MOST_OPTIONS:
        raise CannotBeTaken(
            _("There are more than %(most)d options or answers.") % {"most": MOST_OPTIONS}
        )
    question = replace(question, options=tuple(_in_order(x, notes) for x in question.options))
    for text, most in _lengths(question):
        if len(text) > most:
            raise CannotBeTaken(
                _("A text in it is longer than %(most)d characters.") % {"most": most}
            )
    return replace(
        question,
        points=_points(question, notes),
        options=tuple(_credited(one, notes) for one in question.options),
        picture_alt=question.picture_alt[: _most(Draft, "picture_alt")],
    )


def _points(question: Question, notes: Notes) -> Decimal:
    if question.kind in UNMARKED_KINDS:
        return question.points
    points = min(max(question.points, Decimal(0)), Decimal(MOST_POINTS))
    points = points.quantize(_CENT, ROUND_HALF_UP)
    if points != question.points:
        notes.add(
            _("The %(given)s points became %(points)s.")
            % {"given": plain_number(question.points), "points": plain_number(points)}
        )
    return points


def _credited(one: Option, notes: Notes) -> Option:
    credit = min(max(one.credit, -ALL), ALL).quantize(_CREDIT_STEP, ROUND_HALF_UP)
    if abs(credit - one.credit) > _CREDIT_STEP:
        notes.add(_("A credit beyond 100 percent became 100 percent."))
    return replace(one, credit=credit)


def _in_order(one: Option, notes: Notes) -> Option:
    """No number is at once above the larger end of an interval and below the smaller."""
    is_long = len(one.text) > LONGEST_NUMBER or len(one.margin) > LONGEST_NUMBER
    if one.tolerance != Tolerance.INTERVAL or is_long:
        return one
    low, high = number_in(one.text), number_in(one.margin)
    if low is None or high is None or low <= high:
        return one
    notes.add(_("The ends of an interval were in the wrong order and changed places."))
    return replace(one, text=one.margin, margin=one.text)


def _lengths(question: Question) -> Iterable[tuple[str, int]]:
    for name in ("text", "hint", "explanation", "unit"):
        yield getattr(question, name), _most(Draft, name)
    for one in question.options:
        yield one.text, _most(DraftOption, "text")
        yield one.feedback, _most(DraftOption, "feedback")
        yield one.margin, _most(DraftOption, "margin")
    for choice in question.choices:
        yield choice.text, _most(DraftOption, "match")


def _most(model: type[Draft | DraftOption], name: str) -> int:
    return model._meta.get_field(name).max_length or 0  # type: ignore[union-attr]


def plus_or_minus(middle: Decimal, margin: Decimal, credit: Decimal | int = 0) -> Option:
    if not margin:
        return option(plain_number(middle), credit)
    return option(
        plain_number(middle), credit, tolerance=Tolerance.ABSOLUTE, margin=plain_number(abs(margin))
    )


def true_or_false(*, is_true: bool, feedback: tuple[str, str] = ("", "")) -> tuple[Option, Option]:
    """`feedback` on “true” and on “false”."""
    return (
        option("true", ALL if is_true else 0, feedback=feedback[0]),
        option("false", 0 if is_true else ALL, feedback=feedback[1]),
    )


def kind_of_choice(options: Iterable[Option]) -> QuestionKind:
    right = sum(one.is_right for one in options)
    return QuestionKind.MULTIPLE if right > 1 else QuestionKind.SINGLE
