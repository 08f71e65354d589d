"""Writing GIFT."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from media_items.quizzes import texts
from media_items.quizzes.content import Content, Option, Question
from media_items.quizzes.interchange.fractions import fraction_of
from media_items.quizzes.interchange.narrowing import Carries, Loss, plain_of
from media_items.quizzes.interchange.neutral import ALL, plain_number, shortened
from media_items.quizzes.kinds import QuestionKind, Tolerance

CARRIES = Carries(
    kinds=frozenset(QuestionKind) - {QuestionKind.ORDERING},
    loses=frozenset(Loss) - {Loss.KIND, Loss.RULE, Loss.EXPLANATION, Loss.FEEDBACK, Loss.CREDIT},
    loses_of={QuestionKind.REFLECTION: frozenset({Loss.EXPLANATION})},
    tolerances=frozenset({Tolerance.EXACT, Tolerance.ABSOLUTE, Tolerance.INTERVAL}),
)
_ESCAPES = {ord(sign): f"\\{sign}" for sign in "\\~=#{}:"} | {ord("\n"): r"\n", ord("\r"): ""}


def write_gift(content: Content) -> str:
    return "\n\n".join(_question(one) for one in content.questions) + "\n"


def _question(question: Question) -> str:
    name = _safe(shortened(texts.plain(question.text), 80))
    text = _safe(texts.portable(question.text))
    head = f"::{name}::[html]{text}"
    if question.kind == QuestionKind.REFLECTION:
        return head
    answers = "\n".join(f"\t{one}" for one in _answers(question))
    general = texts.portable(question.explanation)
    if general:
        answers += f"\n\t####{_safe(general)}"
    return f"{head}{{{answers.strip()}\n}}"


def _answers(question: Question) -> Iterator[str]:
    match question.kind:
        case QuestionKind.TRUE_FALSE:
            yield _true_or_false(question)
        case QuestionKind.NUMBER:
            yield "#"
            yield from (
                f"={_weight(one.credit, '')}{_number(one)}{_said(one)}" for one in question.options
            )
        case QuestionKind.SHORT_TEXT:
            yield from (
                f"={_weight(one.credit, one.text)}{_safe(one.text)}{_said(one)}"
                for one in question.options
            )
        case QuestionKind.MATCHING:
            yield from _pairs(question)
        case QuestionKind.SINGLE | QuestionKind.MULTIPLE:
            yield from _options(question)


def _options(question: Question) -> Iterator[str]:
    """One right option is marked with =, so that several answers are told from a single one."""
    has_right = False
    for one in question.options:
        text = _safe(texts.portable_inline(one.text)) + _said(one)
        if question.kind == QuestionKind.SINGLE and one.credit == ALL and not has_right:
            has_right = True
            yield f"={_weight(ALL, text)}{text}"
        else:
            share = fraction_of(question, one)
            is_plain = question.kind == QuestionKind.SINGLE and share == 0 and text[:1] != "%"
            yield f"~{text}" if is_plain else f"~%{plain_number(share)}%{text}"


def _pairs(question: Question) -> Iterator[str]:
    matched = {one.match for one in question.options}
    for one in question.options:
        partner = plain_of(question.choice_of[one.match].text) if one.match else ""
        yield f"={_safe(texts.portable_inline(one.text))} -> {_safe(partner)}"
    for choice in question.choices:
        if choice.id not in matched:
            yield f"= -> {_safe(plain_of(choice.text))}"


def _true_or_false(question: Question) -> str:
    true, false = question.options[:2]
    right, wrong = (true, false) if true.is_right else (false, true)
    said = ""
    if right.feedback or wrong.feedback:
        said = "".join(f"#{_safe(texts.portable_inline(one.feedback))}" for one in (wrong, right))
    return f"{'TRUE' if true.is_right else 'FALSE'}{said}"


def _weight(credit: Decimal, text: str) -> str:
    """Also where the text would be read as one."""
    return "" if credit == ALL and text[:1] != "%" else f"%{plain_number(credit)}%"


def _number(one: Option) -> str:
    if one.tolerance == Tolerance.INTERVAL:
        return f"{one.text}..{one.margin}"
    return f"{one.text}:{one.margin or 0}"


def _said(one: Option) -> str:
    return f"#{_safe(texts.portable_inline(one.feedback))}" if one.feedback else ""


def _safe(text: str) -> str:
    return text.translate(_ESCAPES)
