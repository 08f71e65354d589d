"""Reading QTI 1.2, as Canvas writes it, and others in its way.

What is right stands in conditions alone (`qti1_conditions`). The kind is in the metadata of Canvas,
else it is told by how the answer is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from media_items.quizzes.content import Choice, Option, Question
from media_items.quizzes.interchange import qti1_conditions as conditions
from media_items.quizzes.interchange.foyer_fields import with_foyer_fields
from media_items.quizzes.interchange.neutral import (
    ALL,
    Bank,
    CannotBeTaken,
    Notes,
    decimal_of,
    kind_of_choice,
    option,
    shortened,
    true_or_false,
)
from media_items.quizzes.interchange.pictures import Pictures
from media_items.quizzes.interchange.qti1_material import material
from media_items.quizzes.interchange.rich import MOST_CHARACTERS, Rich
from media_items.quizzes.kinds import RULES_OF, QuestionKind, Rule
from media_items.quizzes.models.questions import MOST_OPTIONS

_KINDS = {
    "multiple_choice_question": QuestionKind.SINGLE,
    "multiple_answers_question": QuestionKind.MULTIPLE,
    "true_false_question": QuestionKind.TRUE_FALSE,
    "short_answer_question": QuestionKind.SHORT_TEXT,
    "numerical_question": QuestionKind.NUMBER,
    "matching_question": QuestionKind.MATCHING,
    "essay_question": QuestionKind.OPEN,
    "text_only_question": QuestionKind.REFLECTION,
    "ordering_question": QuestionKind.ORDERING,
}
_GENERAL = "general_fb"
_BY_RESULT = frozenset({"correct_fb", "general_incorrect_fb"})
_WITH_FEEDBACK = frozenset({
    QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.TRUE_FALSE, QuestionKind.SHORT_TEXT,
    QuestionKind.NUMBER,
})  # fmt: skip
_POINTS_OF_OTHERS = ("qmd_absolutescore_max", "qmd_weighting")
# D2L: the option QUES_7_A2 has the feedback QUES_7_IF2, whether a condition says so or not.
_OPTION_OF_D2L = re.compile(r"(.+)_A(\d+)", re.ASCII)
_QUOTED, _MOST_QUOTED = 80, 10  # characters of what is left out, and how many of them


@dataclass
class _Item:
    """`key` is what its conditions say."""

    element: Element
    pictures: Pictures
    notes: Notes = field(default_factory=Notes)

    def __post_init__(self) -> None:
        self.key = conditions.key_of(self.element)
        self.feedback = {
            one.get("ident", ""): self.html(one) for one in self.element.iter("itemfeedback")
        }
        for one in self.element.iter("response_label"):
            self._learn_by_name(one.get("ident", ""))
        self.metadata = {
            (one.findtext("fieldlabel") or "").strip(): (one.findtext("fieldentry") or "").strip()
            for name in ("qtimetadatafield", "qti_metadatafield")  # the second of D2L
            for one in self.element.iter(name)
        }

    def _learn_by_name(self, option_ident: str) -> None:
        named = _OPTION_OF_D2L.fullmatch(option_ident)
        if named and (feedback := f"{named[1]}_IF{named[2]}") in self.feedback:
            self.key.feedback.setdefault(option_ident, feedback)

    @property
    def of_all(self) -> str:
        """The feedback on the whole question; in D2L it has the name of its question."""
        label = self.element.get("label", "")
        return _GENERAL if _GENERAL in self.feedback or not label else label

    def rich(self) -> Rich:
        return self.pictures.rich(self.notes)

    def html(self, element: Element) -> str:
        """Of all its material outside of what is answered there."""
        return "".join(material(element))

    def said(self, ident: str) -> str:
        """The feedback on a response."""
        found = self.key.feedback.get(ident, "")
        return self.rich().inline(self.feedback.get(found, "")) if found else ""

    @property
    def answers(self) -> list[Element]:
        names = {"response_lid", "response_str", "response_num", "response_grp", "response_xy"}
        return [one for one in self.element.iter() if one.tag in names]

    @property
    def labels(self) -> list[Element]:
        found = list(self.element.iter("response_label"))
        if len(found) > MOST_OPTIONS * MOST_OPTIONS:
            raise _too_many()
        return found


def _too_many() -> CannotBeTaken:
    return CannotBeTaken(
        _("There are more than %(most)d options or answers.") % {"most": MOST_OPTIONS}
    )


def read_qti1(root: Element, bank: Bank, pictures: Pictures) -> None:
    if any(True for _one in root.iter("selection_number")):
        bank.notes.add(_("Questions that were drawn at random there are all here."))
    for element in root.iter("item"):
        item = _Item(element, pictures)
        name = ""
        try:
            name = _name(item)
            kind = _kind(item)
            question = _whole(item, _MAKERS[kind](item))
        except CannotBeTaken as why:
            bank.refuse(name, str(why))
        else:
            bank.take(name, with_foyer_fields(question, item.metadata), item.notes)


def _name(item: _Item) -> str:
    title = item.element.get("title", "").strip()
    if title and title.casefold() != "question":
        return title
    presentation = item.element.find("presentation")
    return "" if presentation is None else shortened(item.rich().words(item.html(presentation)), 80)


def _kind(item: _Item) -> QuestionKind:
    said = item.metadata.get("question_type") or item.metadata.get("bb_question_type", "")
    if kind := _KINDS.get(said):
        return kind
    if said.endswith("_question"):
        raise CannotBeTaken(_("Questions of the kind “%s” are not known here.") % said[:60])
    answers = item.answers
    if not answers:
        return QuestionKind.REFLECTION
    first = answers[0]
    if first.tag in {"response_xy", "response_grp"}:
        raise CannotBeTaken(_("Questions that are answered by drawing or placing are not here."))
    if len(answers) > 1:
        if all(one.tag == "response_lid" for one in answers):
            return QuestionKind.MATCHING
        raise CannotBeTaken(_("Several gaps in one text are not a kind of question here."))
    if first.tag == "response_lid":
        return _kind_of_lid(item, first.get("rcardinality", "Single"))
    if first.tag == "response_num" or item.key.ranges:
        return QuestionKind.NUMBER
    return QuestionKind.SHORT_TEXT if item.key.equal else QuestionKind.OPEN


def _kind_of_lid(item: _Item, cardinality: str) -> QuestionKind:
    if cardinality == "Ordered":
        return QuestionKind.ORDERING
    if cardinality == "Multiple":
        return QuestionKind.MULTIPLE
    words = [item.rich().words(item.html(one)).casefold() for one in item.labels]
    return QuestionKind.TRUE_FALSE if words == ["true", "false"] else QuestionKind.SINGLE


def _whole(item: _Item, question: Question) -> Question:
    rich = item.rich()
    presentation = item.element.find("presentation")
    text = rich.question(item.html(presentation)) if presentation is not None else ""
    points = _points(item)
    explanation = item.rich().block(item.feedback.get(item.of_all, ""))
    if any(item.feedback.get(name) for name in _BY_RESULT):
        item.notes.add(_("The feedback for right, partly right and wrong answers was left out."))
    _say_what_is_left_out(item, question)
    if hint := next(item.element.iter("hint"), None):
        question = replace(question, hint=item.rich().block(item.html(hint)))
    return replace(
        question,
        text=text,
        points=Decimal(1) if question.kind == QuestionKind.REFLECTION else points,
        explanation=explanation,
        picture=rich.picture,
        picture_alt=rich.picture_alt,
    )


def _say_what_is_left_out(item: _Item, question: Question) -> None:
    """Feedback that stands at no answer, and what only markers were to see, each by its words."""
    used = {*item.key.feedback.values(), *(one.feedback for one in item.key.numbers)}
    shown = _BY_RESULT | {item.of_all} | (used if question.kind in _WITH_FEEDBACK else set())
    left = [html for name, html in item.feedback.items() if name not in shown]
    for said in filter(None, (_quoted(item, one) for one in left[:_MOST_QUOTED])):
        item.notes.add(_("Feedback that belongs to no answer was left out: “%s”") % said)
    if len(left) > _MOST_QUOTED:
        item.notes.add(_("More feedback that belongs to no answer was left out, too."))
    keys = [item.html(one) for one in item.element.iter("answer_key")]
    for said in filter(None, (_quoted(item, one) for one in keys[:_MOST_QUOTED])):
        item.notes.add(_("The answer key for markers was left out: “%s”") % said)


def _quoted(item: _Item, html: str) -> str:
    return shortened(item.rich().words(html[:MOST_CHARACTERS]), _QUOTED)


def _points(item: _Item) -> Decimal:
    said = decimal_of(item.metadata.get("points_possible"))
    if said is not None:
        return said
    others = [decimal_of(item.metadata.get(name)) for name in _POINTS_OF_OTHERS]
    return next((one for one in others if one and one > 0), Decimal(1))


def _made(kind: QuestionKind, **more: object) -> Question:
    return Question("", kind, "", rule=RULES_OF[kind][0], **more)  # type: ignore[arg-type]


def _choice(item: _Item) -> Question:
    """Several answers in one condition are all right; apart, each has what it earns."""
    if len(item.labels) > MOST_OPTIONS:
        raise _too_many()
    options = tuple(
        option(
            item.rich().inline(item.html(one)),
            item.key.equal.get(one.get("ident", ""), Decimal(0)),
            feedback=item.said(one.get("ident", "")),
        )
        for one in item.labels
    )
    is_several = any(one.get("rcardinality") == "Multiple" for one in item.answers)
    kind = QuestionKind.MULTIPLE if is_several else kind_of_choice([])
    if is_several:
        options = tuple(replace(one, credit=ALL if one.is_right else Decimal(0)) for one in options)
    question = _made(kind, options=options)
    # Canvas gives a part of the points for the same condition.
    is_whole = is_several and item.key.is_whole and "question_type" not in item.metadata
    return replace(question, rule=Rule.ALL) if is_whole else question


def _true_false(item: _Item) -> Question:
    right, said = False, {}
    for one in item.labels:
        ident = one.get("ident", "")
        word = item.rich().words(item.html(one)).casefold()
        is_true = word in {"true", "wahr", "vrai", "t"} or ident.casefold() == "true"
        said[is_true] = item.said(ident)
        if is_true:
            right = item.key.equal.get(ident, Decimal(0)) > 0
    return _made(
        QuestionKind.TRUE_FALSE,
        options=true_or_false(is_true=right, feedback=(said.get(True, ""), said.get(False, ""))),
    )


def _short_text(item: _Item) -> Question:
    if len(item.key.equal) > MOST_OPTIONS:
        raise _too_many()
    options = tuple(
        option(text, credit, feedback=item.said(text)) for text, credit in item.key.equal.items()
    )
    return _made(QuestionKind.SHORT_TEXT, options=options, case_matters=item.key.case_matters)


def _number(item: _Item) -> Question:
    accepted = [conditions.number(one) for one in item.key.numbers]
    if len(accepted) > MOST_OPTIONS:
        raise _too_many()
    made: list[Option] = []
    for one, condition in zip(accepted, item.key.numbers, strict=True):
        if one is None:
            raise CannotBeTaken(_("An accepted answer is not a number."))
        feedback = item.rich().inline(item.feedback.get(condition.feedback, ""))
        made.append(replace(one, feedback=feedback))
    return _made(QuestionKind.NUMBER, options=tuple(made))


def _matching(item: _Item) -> Question:
    choices: dict[str, Choice] = {}
    by_ident: dict[str, str] = {}
    prompts = []
    for answer in item.answers[: MOST_OPTIONS + 1]:
        for label in list(answer.iter("response_label"))[: MOST_OPTIONS + 1]:
            ident = label.get("ident", "")
            if ident not in by_ident:
                said = item.rich().inline(item.html(label))
                by_ident[ident] = choices.setdefault(said, Choice(option().id, said)).id
        right = item.key.pairs.get(answer.get("ident", ""), "")
        prompt = item.rich().inline("".join(material(answer, within=True)))
        prompts.append(option(prompt, match=by_ident.get(right, "")))
    return _made(QuestionKind.MATCHING, options=tuple(prompts), choices=tuple(choices.values()))


def _ordering(item: _Item) -> Question:
    by_ident = {one.get("ident", ""): one for one in item.labels[: MOST_OPTIONS + 1]}
    order = [one for one in item.key.order if one in by_ident]
    if len(order) != len(by_ident):
        raise CannotBeTaken(_("The right order is not in the file."))
    return _made(
        QuestionKind.ORDERING,
        options=tuple(option(item.rich().inline(item.html(by_ident[one]))) for one in order),
    )


_MAKERS: dict[QuestionKind, Callable[[_Item], Question]] = {
    QuestionKind.SINGLE: _choice,
    QuestionKind.MULTIPLE: _choice,
    QuestionKind.TRUE_FALSE: _true_false,
    QuestionKind.SHORT_TEXT: _short_text,
    QuestionKind.NUMBER: _number,
    QuestionKind.MATCHING: _matching,
    QuestionKind.ORDERING: _ordering,
    QuestionKind.OPEN: lambda _item: _made(QuestionKind.OPEN),
    QuestionKind.REFLECTION: lambda _item: _made(QuestionKind.REFLECTION),
}
