"""What people answered to one question, by the third they belong to in the rest of the quiz."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from media_items.quizzes import texts
from media_items.quizzes.content import Question
from media_items.quizzes.kinds import CHOICE_KINDS, TYPED_KINDS, QuestionKind
from media_items.quizzes.results import psychometrics
from media_items.quizzes.results.analysis import Given
from media_items.quizzes.scoring import rules
from media_items.quizzes.scoring.normalising import normalised

# Of typed answers, those given most often are listed.
MOST_TYPED = 10
type Thirds = tuple[int, int, int]


@dataclass(frozen=True)
class ChoiceRow:
    """How many of each third gave it, and how many percent of the third that is. `is_right` is None
    where right and wrong mean nothing."""

    text: str
    is_right: bool | None
    counts: Thirds
    shares: Thirds

    @property
    def people(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class Choices:
    """`sizes`: people of the upper, middle and lower third. No answer is a row, the last one."""

    rows: list[ChoiceRow]
    sizes: Thirds
    efficiency: float | None

    @property
    def people(self) -> int:
        return sum(self.sizes)


def choices_of(question: Question, given: Sequence[Given]) -> Choices:
    rests = [one.rest for one in given]
    third_of = psychometrics.thirds(rests)
    sizes = _tally(third_of)
    counted: dict[str, list[int]] = {}
    for one, third in zip(given, third_of, strict=True):
        for key in _keys_of(question, one):
            counted.setdefault(key, []).append(third)
    rows = [
        _row(text, is_right, counted.pop(key, []), sizes)
        for key, text, is_right in _listed(question)
    ]
    nothing = _row(_("No answer"), None, counted.pop("", []), sizes)
    typed = Counter({key: len(of) for key, of in counted.items()})
    for key, _people in typed.most_common(MOST_TYPED):
        rows.append(_row(_text_of(question, key), _is_right(question, key), counted[key], sizes))
    return Choices(
        [*rows, nothing],
        sizes,
        psychometrics.efficiency([one.mark for one in given], rests),
    )


def _keys_of(question: Question, one: Given) -> Iterable[str]:
    """By which a response is counted; of several answers each. "" is no answer."""
    response = one.response
    if response is None:
        return [""]
    if question.kind in CHOICE_KINDS:
        chosen = response.get("chosen", [])
        return chosen if isinstance(chosen, list) else [str(chosen)]
    if question.kind == QuestionKind.MATCHING:
        pairs = response.get("pairs", {})
        return [_pair(one.id, pairs.get(one.id, "")) for one in question.options]
    if question.kind == QuestionKind.ORDERING:
        right = [option.id for option in question.options]
        return ["right" if response.get("order") == right else "other"]
    if question.kind in TYPED_KINDS:
        return [normalised(str(response.get("text", "")), case_matters=question.case_matters)]
    return ["written"]


def _listed(question: Question) -> list[tuple[str, str, bool | None]]:
    """The rows that are there whether or not anybody gave them: key, text, right."""
    if question.kind in CHOICE_KINDS:
        return [
            (one.id, texts.plain(one.text), one.is_right if question.is_marked else None)
            for one in question.options
        ]
    if question.kind == QuestionKind.MATCHING:
        return [
            (
                _pair(one.id, choice.id),
                f"{texts.plain(one.text)} → {texts.plain(choice.text)}",
                one.match == choice.id,
            )
            for one in question.options
            for choice in question.choices
        ]
    if question.kind == QuestionKind.ORDERING:
        return [("right", _("In the right order"), True), ("other", _("In another order"), False)]
    if question.kind in TYPED_KINDS:
        return []
    return [("written", _("Answered"), None)]


def _pair(prompt: str, choice: str) -> str:
    return f"{prompt} {choice}"


def _text_of(question: Question, key: str) -> str:
    """Of a row that nobody listed: what was typed, or a part of a matching left empty."""
    return key if question.kind in TYPED_KINDS else _("Something else")


def _is_right(question: Question, key: str) -> bool | None:
    if question.kind not in TYPED_KINDS or not question.is_marked:
        return None
    found = rules.accepted_by(question, key)
    return found is not None and found.credit > 0


def _row(text: str, is_right: bool | None, third_of: Sequence[int], sizes: Thirds) -> ChoiceRow:
    counts = _tally(third_of)
    first, second, last = (
        round(100 * count / size) if size else 0 for count, size in zip(counts, sizes, strict=True)
    )
    return ChoiceRow(text, is_right, counts, (first, second, last))


def _tally(third_of: Sequence[int]) -> Thirds:
    found = Counter(third_of)
    return found[0], found[1], found[2]
