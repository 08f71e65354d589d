"""What a taker's pages are made of. The one place that picks from the questions what may be shown.

SECURITY: templates, answers and exports for takers get these values and never a `content.Question`.
An option says its id and its text; what is right, what it earns and why is there only after
`reveal.revealed` has said so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from django.utils.safestring import SafeString

from media_items.quizzes import texts
from media_items.quizzes.attempts.reveal import Revealed
from media_items.quizzes.content import Content, Option, Question
from media_items.quizzes.kinds import CHOICE_KINDS, TYPED_KINDS, QuestionKind, Tolerance
from media_items.quizzes.models import Answer, Attempt
from media_items.quizzes.scoring import rules
from media_items.quizzes.scoring.responses import Response
from media_items.quizzes.scoring.wholeness import is_unread


@dataclass(frozen=True)
class ShownOption:
    """`is_right` and `feedback` are None and empty until they may be seen. `chosen`: the id of the
    choice a prompt was matched with, or the id itself where it was chosen."""

    id: str
    text: SafeString
    is_chosen: bool = False
    matched: str = ""
    is_right: bool | None = None
    is_partly_right: bool = False
    right_match: SafeString | str = ""
    feedback: SafeString | str = ""


@dataclass(frozen=True)
class ShownChoice:
    """`label` is what a menu says: the text, or a letter where a menu cannot show the text."""

    id: str
    label: str
    text: SafeString


@dataclass(frozen=True)
class ShownQuestion:
    id: str
    number: int
    kind: QuestionKind
    text: SafeString
    points: Decimal
    is_marked: bool
    is_required: bool
    is_answered: bool
    is_unread: bool
    is_final: bool
    unit: str
    has_hint: bool
    hint: SafeString | str
    picture: str
    picture_alt: str
    at_ms: int | None
    options: list[ShownOption] = field(default_factory=list)
    choices: list[ShownChoice] = field(default_factory=list)
    has_lettered_choices: bool = False
    typed: str = ""
    revision: int = 0
    # What `Revealed.feedback` lets be seen
    earned: Decimal | None = None
    is_waiting: bool = False
    verdict: str = ""  # right, partly, wrong, waiting, none, or empty while it may not be seen
    comment: str = ""
    typed_feedback: SafeString | str = ""
    # What `Revealed.answers` lets be seen
    explanation: SafeString | str = ""
    right_answers: list[SafeString | str] = field(default_factory=list)


def shown_question(
    attempt: Attempt,
    question: Question,
    answer: Answer | None,
    *,
    number: int,
    revealed: Revealed,
    key: Content | None = None,
    is_hint_seen: bool = False,
) -> ShownQuestion:
    """`question` is of the attempt's version; marks are those of the key it was marked with, or of
    `key` while it is not marked. `is_hint_seen`: also where no answer says so."""
    by = attempt.marked_with.questions if attempt.marked_with else key
    key_question = by.question_of.get(question.id, question) if by else question
    is_hint_seen = is_hint_seen or bool(answer and answer.hint_seen_at) or revealed.answers
    return _shown(
        attempt,
        question,
        key_question,
        answer,
        number=number,
        revealed=revealed,
        hint=texts.block(question.hint) if is_hint_seen else "",
    )


def _shown(
    attempt: Attempt,
    question: Question,
    key: Question,
    answer: Answer | None,
    *,
    number: int,
    revealed: Revealed,
    hint: SafeString | str,
) -> ShownQuestion:
    response = answer.response if answer else None
    earned = rules.counted(key, response, answer.given if answer else None).earned
    choices, lettered = _choices(attempt, question)
    return ShownQuestion(
        id=question.id,
        number=number,
        kind=question.kind,
        text=texts.block(question.text),
        points=question.points,
        is_marked=question.is_marked,
        is_required=question.is_required,
        is_answered=response is not None,
        is_unread=is_unread(question, response),
        is_final=bool(answer and answer.is_final),
        unit=question.unit,
        has_hint=bool(question.hint),
        hint=hint,
        picture=question.picture,
        picture_alt=question.picture_alt,
        at_ms=question.at_ms,
        options=_options(attempt, key, response, revealed),
        choices=choices,
        has_lettered_choices=lettered,
        typed=str((response or {}).get("text", "")),
        revision=answer.revision if answer else 0,
        earned=rules.rounded(earned) if revealed.feedback and earned is not None else None,
        is_waiting=revealed.feedback and key.is_marked and earned is None,
        verdict=_verdict(key, response, earned) if revealed.feedback else "",
        comment=answer.comment if answer and revealed.feedback else "",
        typed_feedback=_typed_feedback(key, response) if revealed.feedback else "",
        explanation=texts.block(key.explanation) if revealed.answers else "",
        right_answers=_right_answers(key) if revealed.answers else [],
    )


def ordered_questions(attempt: Attempt) -> list[Question]:
    """In the order fixed at the start."""
    content: Content = attempt.version.questions
    return [
        content.question_of[one] for one in attempt.order["questions"] if one in content.question_of
    ]


def _verdict(question: Question, response: Response, earned: Fraction | None) -> str:
    if not question.is_marked:
        return "none"
    if earned is None:
        return "waiting"
    if response is None:
        return "none"
    if earned >= Fraction(question.points):
        return "right"
    return "partly" if earned > 0 else "wrong"


def _options(
    attempt: Attempt, key: Question, response: Response, revealed: Revealed
) -> list[ShownOption]:
    """In the order fixed at the start; of accepted answers none. Put in order, in their order."""
    if key.kind in TYPED_KINDS:
        return []
    ids = list(attempt.order.get("options", {}).get(key.id, []))
    given: Mapping[str, object] = response or {}
    if key.kind == QuestionKind.ORDERING and isinstance(given.get("order"), list):
        ids = [str(one) for one in given["order"]]  # type: ignore[attr-defined]
    chosen = _chosen(given)
    pairs = given.get("pairs")
    matched: Mapping[str, str] = pairs if isinstance(pairs, dict) else {}
    return [
        _option(key, key.option_of[one], chosen, matched, revealed)
        for one in ids
        if one in key.option_of
    ]


def _option(
    key: Question,
    option: Option,
    chosen: set[str],
    matched: Mapping[str, str],
    revealed: Revealed,
) -> ShownOption:
    is_chosen, match = option.id in chosen, matched.get(option.id, "")
    is_choice, is_pair = key.kind in CHOICE_KINDS, key.kind == QuestionKind.MATCHING
    right: bool | None = None
    if is_choice and key.is_marked and (revealed.answers or (revealed.feedback and is_chosen)):
        right = option.is_right
    if is_pair and revealed.feedback and match:
        right = match == option.match
    partner = key.choice_of.get(option.match)
    return ShownOption(
        id=option.id,
        text=texts.inline(option.text),
        is_chosen=is_chosen,
        matched=match,
        is_right=right,
        is_partly_right=bool(right) and key.is_partly_right(option),
        right_match=texts.inline(partner.text) if partner and is_pair and revealed.answers else "",
        feedback=texts.inline(option.feedback) if is_chosen and revealed.feedback else "",
    )


def _chosen(given: Mapping[str, object]) -> set[str]:
    chosen = given.get("chosen", [])
    return set(chosen) if isinstance(chosen, list) else {str(chosen)}


def _choices(attempt: Attempt, question: Question) -> tuple[list[ShownChoice], bool]:
    ids = attempt.order.get("choices", {}).get(question.id, [])
    found = [question.choice_of[one] for one in ids if one in question.choice_of]
    lettered = any(not texts.is_plain(one.text) for one in found)
    made = [
        ShownChoice(one.id, _letter(number) if lettered else one.text, texts.inline(one.text))
        for number, one in enumerate(found)
    ]
    return made, lettered


def _letter(number: int) -> str:
    """A to Z, then AA."""
    more, last = divmod(number, 26)
    return (_letter(more - 1) if more else "") + chr(ord("A") + last)


def _typed_feedback(key: Question, response: Response) -> SafeString | str:
    if key.kind not in TYPED_KINDS or response is None:
        return ""
    fitting = rules.accepted_by(key, str(response["text"]))
    return texts.inline(fitting.feedback) if fitting else ""


def _right_answers(key: Question) -> list[SafeString | str]:
    """Of what is typed and of what is put in order; options say it themselves."""
    if key.kind == QuestionKind.SHORT_TEXT:
        return [one.text for one in key.options if one.credit == 100]
    if key.kind == QuestionKind.NUMBER:
        return [_number(one, key.unit) for one in key.options if one.credit == 100]
    if key.kind == QuestionKind.ORDERING:
        return [texts.inline(one.text) for one in key.options]
    return []


def _number(option: Option, unit: str) -> str:
    behind = f" {unit}" if unit else ""
    match option.tolerance:
        case Tolerance.ABSOLUTE:
            return f"{option.text} ± {option.margin}{behind}"
        case Tolerance.RELATIVE:
            return f"{option.text} ± {option.margin} %{behind}"
        case Tolerance.INTERVAL:
            return f"{option.text} – {option.margin}{behind}"
        case _:
            return f"{option.text}{behind}"
