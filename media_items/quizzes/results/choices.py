"""What people answered to one question, by the third they belong to in the rest of the quiz."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.utils.html import format_html
from django.utils.translation import gettext as _

from media_items.quizzes import texts
from media_items.quizzes.content import FULL_CREDIT, Question
from media_items.quizzes.kinds import CHOICE_KINDS, TYPED_KINDS, QuestionKind
from media_items.quizzes.results import psychometrics
from media_items.quizzes.scoring import rules
from media_items.quizzes.scoring.normalising import normalised

# Of typed answers, those given most often are listed.
MOST_TYPED = 20
MOST_FORMS = 2_000  # as they were typed, before upper and lower case and spaces are one
_NOTHING_FIRST = Case(When(said__isnull=True, then=0), default=1)
type Thirds = tuple[int, int, int]
type _Verdict = tuple[bool | None, bool]  # right, only partly
_NO_VERDICT: _Verdict = (None, False)


@dataclass(frozen=True)
class ChoiceRow:
    """How many of each third gave it, and how many percent of the third that is. `is_right` is None
    where right and wrong mean nothing; `is_partly_right` where it earns a part of the points."""

    text: str
    is_right: bool | None
    is_partly_right: bool
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


def choices_of(question: Question, given: QuerySet[Any]) -> Choices:
    """`given`: `sums.given_to`. Two queries, however many people: three numbers of each, and
    what they answered grouped by the database."""
    everybody = list(given.order_by().values_list("rest", "pk", "x"))
    # Of equals the one who began first stands higher.
    everybody.sort(key=lambda one: (-one[0], one[1]))
    size = psychometrics.third_of(len(everybody))
    thirds = given.annotate(third=_third(everybody, size) if size else Value(1))
    sizes = (size, len(everybody) - 2 * size, size)
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for response, third, people in _grouped(question, thirds):
        for key in _keys_of(question, response):
            counted[key][third] += people
    rows = [
        _row(text, verdict, counted.pop(key, (0, 0, 0)), sizes)
        for key, text, verdict in _listed(question)
    ]
    nothing = _row(_("No answer"), _NO_VERDICT, counted.pop("", (0, 0, 0)), sizes)
    often = sorted(counted.items(), key=lambda one: -sum(one[1]))[:MOST_TYPED]
    rows += [
        _row(_text_of(question, key), _verdict_of(question, key), counts, sizes)
        for key, counts in often
    ]
    xs, rests = [one[2] for one in everybody], [one[0] for one in everybody]
    return Choices([*rows, nothing], sizes, psychometrics.efficiency(xs, rests))


def _third(people: Sequence[tuple[float, int, float]], size: int) -> Case:
    """As `psychometrics.thirds`, as SQL; `people`: rest and key, from the first to the last."""
    upper, upper_pk, _x = people[size - 1]
    lower, lower_pk, _x = people[len(people) - size]
    return Case(
        When(Q(rest__gt=upper) | Q(rest=upper, pk__lte=upper_pk), then=0),
        When(Q(rest__lt=lower) | Q(rest=lower, pk__gte=lower_pk), then=2),
        default=1,
        output_field=IntegerField(),
    )


def _grouped(
    question: Question, thirds: QuerySet[Any]
) -> Iterable[tuple[dict[str, Any] | None, int, int]]:
    """Response, third, people. Of what was typed the forms given most often; of what only counts as
    answered or not, nothing else."""
    if question.kind in TYPED_KINDS:
        return _typed(thirds)
    if question.kind in CHOICE_KINDS | {QuestionKind.MATCHING, QuestionKind.ORDERING}:
        rows = thirds.annotate(said=F("one__response")).values("said", "third")
        found = rows.annotate(people=Count("pk")).order_by()
        return [(row["said"], row["third"], row["people"]) for row in found]
    answered = Case(When(one__response__isnull=False, then=True), default=False)
    rows = thirds.annotate(said=answered).values("said", "third")
    found = rows.annotate(people=Count("pk")).order_by()
    return [({} if row["said"] else None, row["third"], row["people"]) for row in found]


def _typed(thirds: QuerySet[Any]) -> list[tuple[dict[str, Any] | None, int, int]]:
    said = thirds.annotate(said=KeyTextTransform("text", "one__response")).values("said")
    found = said.annotate(
        people=Count("pk"),
        **{f"of_{third}": Count("pk", filter=Q(third=third)) for third in range(3)},
    ).order_by(_NOTHING_FIRST, "-people", "said")
    return [
        (None if row["said"] is None else {"text": row["said"]}, third, row[f"of_{third}"])
        for row in found[: MOST_FORMS + 1]
        for third in range(3)
    ]


def _keys_of(question: Question, response: dict[str, Any] | None) -> Iterable[str]:
    """By which a response is counted; of several answers each. "" is no answer."""
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


def _listed(question: Question) -> list[tuple[str, str, _Verdict]]:
    """The rows that are there whether or not anybody gave them: key, text, verdict."""
    if question.kind in CHOICE_KINDS:
        return [
            (
                one.id,
                texts.line(one.text),
                (one.is_right, question.is_partly_right(one))
                if question.is_marked
                else _NO_VERDICT,
            )
            for one in question.options
        ]
    if question.kind == QuestionKind.MATCHING:
        return [
            (
                _pair(one.id, choice.id),
                format_html("{} → {}", texts.line(one.text), texts.line(choice.text)),
                (one.match == choice.id, False),
            )
            for one in question.options
            for choice in question.choices
        ]
    if question.kind == QuestionKind.ORDERING:
        return [
            ("right", _("In the right order"), (True, False)),
            ("other", _("In another order"), (False, False)),
        ]
    if question.kind in TYPED_KINDS:
        return []
    return [("written", _("Answered"), _NO_VERDICT)]


def _pair(prompt: str, choice: str) -> str:
    return f"{prompt} {choice}"


def _text_of(question: Question, key: str) -> str:
    """Of a row that nobody listed: what was typed, or a part of a matching left empty."""
    return key if question.kind in TYPED_KINDS else _("Something else")


def _verdict_of(question: Question, key: str) -> _Verdict:
    if question.kind not in TYPED_KINDS or not question.is_marked:
        return _NO_VERDICT
    found = rules.accepted_by(question, key)
    is_right = found is not None and found.is_right
    return is_right, found is not None and is_right and found.credit < FULL_CREDIT


def _row(text: str, verdict: _Verdict, counts: Sequence[int], sizes: Thirds) -> ChoiceRow:
    first, second, last = counts
    shares = tuple(
        round(100 * count / size) if size else 0 for count, size in zip(counts, sizes, strict=True)
    )
    percents = (shares[0], shares[1], shares[2])
    return ChoiceRow(text, *verdict, (first, second, last), percents)
