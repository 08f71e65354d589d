"""What a format cannot say of a question. Writers write what is left; the page of exports says what
goes, before anything is downloaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_items.quizzes import texts
from media_items.quizzes.content import Choice, Content, Option, Question
from media_items.quizzes.interchange.neutral import ALL, Notes, plain_number
from media_items.quizzes.interchange.rich import Rich
from media_items.quizzes.kinds import RULES_OF, QuestionKind, Rule, Tolerance
from media_items.quizzes.scoring.normalising import number_in


class Loss(StrEnum):
    KIND = "kind"
    POINTS = "points"
    RULE = "rule"
    HINT = "hint"
    EXPLANATION = "explanation"
    FEEDBACK = "feedback"
    REQUIRED = "is_required"
    NEGATIVE = "may_be_negative"
    CASE = "case_matters"
    ACCENTS = "accents_matter"
    UNIT = "unit"
    MOMENT = "at_ms"
    PICTURE = "picture"
    AT_END = "at_end"
    CREDIT = "credit"
    MARKS_IN_CHOICES = "marks"


SENTENCES: dict[Loss, Promise] = {
    Loss.KIND: _("This format does not have this kind of question, so it is left out."),
    Loss.POINTS: _("The points are not in this format; each question counts as one."),
    Loss.RULE: _("The marking rule is not in this format."),
    Loss.HINT: _("The hint is not in this format."),
    Loss.EXPLANATION: _("The explanation is not in this format."),
    Loss.FEEDBACK: _("The feedback on single options is not in this format."),
    Loss.REQUIRED: _("That an answer is required is not in this format."),
    Loss.NEGATIVE: _("That wrong answers cost points is not in this format."),
    Loss.CASE: _("That upper and lower case matter is not in this format."),
    Loss.ACCENTS: _("That accents don’t matter is not in this format."),
    Loss.UNIT: _("The unit is not in this format."),
    Loss.MOMENT: _("The moment in the film is not in this format."),
    Loss.PICTURE: _("The picture is not in this format."),
    Loss.AT_END: _("That an option is kept at the end is not in this format."),
    Loss.CREDIT: _("Part of the points for an answer is not in this format."),
    Loss.MARKS_IN_CHOICES: _("Bold, italic and the like in the answers of pairs are not in it."),
}


@dataclass(frozen=True)
class Carries:
    """`loses` is what the format never has, `loses_of` what it has not for a kind. `rules` are
    those beside the first of a kind; `tolerances` those it can write as they are, others become
    plus or minus. `at_end_last`: an option that is kept at the end must stand there."""

    kinds: frozenset[QuestionKind]
    loses: frozenset[Loss]
    loses_of: Mapping[QuestionKind, frozenset[Loss]] = field(default_factory=dict)
    rules: frozenset[Rule] = frozenset()
    at_end_last: bool = False
    tolerances: frozenset[Tolerance] = frozenset({Tolerance.EXACT, Tolerance.ABSOLUTE})


@dataclass
class Narrowed:
    """`losses` with the numbers of the questions they concern, from 1."""

    content: Content = field(default_factory=Content)
    losses: dict[Loss, list[int]] = field(default_factory=dict)


def narrowed(content: Content, carries: Carries) -> Narrowed:
    made = Narrowed()
    kept = []
    for number, question in enumerate(content.questions, 1):
        left, losses = one_narrowed(question, carries)
        for loss in losses:
            made.losses.setdefault(loss, []).append(number)
        if left is not None:
            kept.append(left)
    made.content = Content(tuple(kept))
    return made


def one_narrowed(question: Question, carries: Carries) -> tuple[Question | None, list[Loss]]:
    if question.kind not in carries.kinds:
        return None, [Loss.KIND]
    losses: list[Loss] = []
    loses = carries.loses | carries.loses_of.get(question.kind, frozenset())
    plain = Question(id="", kind=question.kind, text="", rule=RULES_OF[question.kind][0])
    changed: dict[str, object] = {"full_marks": False}
    for name in (
        Loss.POINTS, Loss.HINT, Loss.EXPLANATION, Loss.REQUIRED, Loss.NEGATIVE, Loss.CASE,
        Loss.ACCENTS, Loss.UNIT, Loss.MOMENT, Loss.PICTURE,
    ):  # fmt: skip
        if name in loses and getattr(question, name) != getattr(plain, name):
            losses.append(name)
            changed[name] = getattr(plain, name)
    if Loss.PICTURE in losses or not question.picture:
        changed["picture_alt"] = ""
    if question.rule not in {plain.rule, *carries.rules}:
        losses.append(Loss.RULE)
        changed["rule"] = plain.rule
    if Loss.MARKS_IN_CHOICES in loses and question.choices:
        changed["choices"] = tuple(_plain_choices(question.choices, losses))
    options = list(_options(question, loses, losses, carries.tolerances))
    if carries.at_end_last:
        options.sort(key=lambda one: one.at_end)
    changed["options"] = tuple(options)
    return replace(question, **changed), losses  # type: ignore[arg-type]


def _plain_choices(choices: Iterable[Choice], losses: list[Loss]) -> Iterable[Choice]:
    for choice in choices:
        plain = Rich(Notes()).inline_of_plain(plain_of(choice.text))
        if texts.inline(plain) != texts.inline(choice.text) and Loss.MARKS_IN_CHOICES not in losses:
            losses.append(Loss.MARKS_IN_CHOICES)
        yield replace(choice, text=plain)


def _options(
    question: Question,
    loses: frozenset[Loss],
    losses: list[Loss],
    tolerances: frozenset[Tolerance],
) -> Iterable[Option]:
    for one in question.options:
        changed: dict[str, object] = {}
        for name, usual in ((Loss.FEEDBACK, ""), (Loss.AT_END, False)):
            if name in loses and getattr(one, name) != usual:
                losses.extend([name] if name not in losses else [])
                changed[name] = usual
        if question.kind == QuestionKind.MULTIPLE:
            changed["credit"] = ALL if one.is_right else Decimal(0)
        elif Loss.CREDIT in loses and one.credit not in {ALL, Decimal(0)}:
            losses.extend([Loss.CREDIT] if Loss.CREDIT not in losses else [])
            changed["credit"] = ALL if one.is_right else Decimal(0)
        if question.kind == QuestionKind.NUMBER and one.tolerance not in tolerances:
            changed |= _as_plus_or_minus(one)
        yield replace(one, **changed)  # type: ignore[arg-type]


def _as_plus_or_minus(one: Option) -> dict[str, object]:
    """The same bounds, said in another way."""
    middle, margin = number_in(one.text), number_in(one.margin) if one.margin else Decimal(0)
    if middle is None or margin is None:
        return {"tolerance": Tolerance.EXACT, "margin": ""}
    if one.tolerance == Tolerance.INTERVAL:
        low, high = min(middle, margin), max(middle, margin)
        middle, margin = (low + high) / 2, (high - low) / 2
    else:
        margin = abs(middle * margin) / 100
    if not margin:
        return {"text": plain_number(middle), "tolerance": Tolerance.EXACT, "margin": ""}
    return {
        "text": plain_number(middle),
        "tolerance": Tolerance.ABSOLUTE,
        "margin": plain_number(margin),
    }


def plain_of(markdown: str) -> str:
    """As one line without marks, TeX as other systems find it."""
    return Rich(Notes()).words(texts.portable_inline(markdown))
