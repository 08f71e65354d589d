"""Writing Moodle XML."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.utils.html import escape

from media_items.quizzes import texts
from media_items.quizzes.content import Content, Option, Question
from media_items.quizzes.interchange.fractions import fraction_of
from media_items.quizzes.interchange.narrowing import Carries, Loss, plain_of
from media_items.quizzes.interchange.neutral import plain_number, shortened
from media_items.quizzes.interchange.xml_text import allowed
from media_items.quizzes.kinds import QuestionKind, Tolerance

CARRIES = Carries(
    kinds=frozenset(QuestionKind),
    loses=frozenset({
        Loss.REQUIRED, Loss.NEGATIVE, Loss.ACCENTS, Loss.MOMENT, Loss.AT_END, Loss.MARKS_IN_CHOICES,
    }),
)  # fmt: skip
_TYPES = {
    QuestionKind.SINGLE: "multichoice",
    QuestionKind.MULTIPLE: "multichoice",
    QuestionKind.TRUE_FALSE: "truefalse",
    QuestionKind.SHORT_TEXT: "shortanswer",
    QuestionKind.NUMBER: "numerical",
    QuestionKind.MATCHING: "matching",
    QuestionKind.ORDERING: "ordering",
    QuestionKind.OPEN: "essay",
    QuestionKind.REFLECTION: "description",
}


def write_moodle(content: Content, pictures: Mapping[str, bytes]) -> bytes:
    root = Element("quiz")
    for question in content.questions:
        _question(root, question, pictures.get(question.picture))
    indent(root)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _question(root: Element, question: Question, picture: bytes | None) -> None:
    made = SubElement(root, "question", type=_TYPES[question.kind])
    _text(SubElement(made, "name"), shortened(texts.plain(question.text), 80))
    body = _html(made, "questiontext", _with_picture(question, picture))
    if picture is not None:
        file = SubElement(body, "file", name=f"{question.picture}.jpg", path="/", encoding="base64")
        file.text = base64.b64encode(picture).decode()
    _html(made, "generalfeedback", texts.portable(question.explanation))
    _plain(made, "defaultgrade", plain_number(question.points))
    _plain(made, "penalty", "0")
    _plain(made, "hidden", "0")
    _ANSWERS[question.kind](made, question)
    if question.hint:
        _html(made, "hint", texts.portable(question.hint))


def _with_picture(question: Question, picture: bytes | None) -> str:
    html = texts.portable(question.text)
    if picture is None:
        return html
    alt = escape(question.picture_alt)
    return f'{html}<p><img src="@@PLUGINFILE@@/{question.picture}.jpg" alt="{alt}"></p>'


def _choice(made: Element, question: Question) -> None:
    is_single = question.kind == QuestionKind.SINGLE
    _plain(made, "single", "true" if is_single else "false")
    _plain(made, "shuffleanswers", "true")
    _plain(made, "answernumbering", "none")
    for one in question.options:
        answer = _answer(made, one, fraction_of(question, one))
        answer.set("format", "html")
        _text(answer, texts.portable_inline(one.text), at=0)


def _true_false(made: Element, question: Question) -> None:
    for one, word in zip(question.options, ("true", "false"), strict=False):
        _text(_answer(made, one, one.credit), word, at=0)


def _short_text(made: Element, question: Question) -> None:
    _plain(made, "usecase", "1" if question.case_matters else "0")
    for one in question.options:
        _text(_answer(made, one, one.credit), one.text, at=0)


def _number(made: Element, question: Question) -> None:
    for one in question.options:
        answer = _answer(made, one, one.credit)
        _text(answer, one.text, at=0)
        _plain(answer, "tolerance", one.margin if one.tolerance != Tolerance.EXACT else "0")
    if question.unit:
        unit = SubElement(SubElement(made, "units"), "unit")
        _plain(unit, "multiplier", "1")
        _plain(unit, "unit_name", question.unit)
    _plain(made, "unitgradingtype", "0")
    _plain(made, "showunits", "3" if not question.unit else "0")


def _matching(made: Element, question: Question) -> None:
    _plain(made, "shuffleanswers", "true")
    matched = {one.match for one in question.options}
    rows = [
        (one.text, question.choice_of[one.match].text if one.match else "")
        for one in question.options
    ] + [("", choice.text) for choice in question.choices if choice.id not in matched]
    for prompt, partner in rows:
        row = _html(made, "subquestion", texts.portable_inline(prompt))
        _text(SubElement(row, "answer"), plain_of(partner))


def _open(made: Element, question: Question) -> None:
    _plain(made, "responseformat", "editor")
    _plain(made, "responserequired", "1")
    _plain(made, "responsefieldlines", "15")


def _description(made: Element, question: Question) -> None:
    return None


def _ordering(made: Element, question: Question) -> None:
    _plain(made, "layouttype", "VERTICAL")
    _plain(made, "selecttype", "ALL")
    _plain(made, "gradingtype", "ALL_OR_NOTHING")
    for place, one in enumerate(question.options, 1):
        answer = _answer(made, one, Decimal(place))
        answer.set("format", "html")
        _text(answer, texts.portable_inline(one.text), at=0)


_ANSWERS = {
    QuestionKind.SINGLE: _choice,
    QuestionKind.MULTIPLE: _choice,
    QuestionKind.TRUE_FALSE: _true_false,
    QuestionKind.SHORT_TEXT: _short_text,
    QuestionKind.NUMBER: _number,
    QuestionKind.MATCHING: _matching,
    QuestionKind.ORDERING: _ordering,
    QuestionKind.OPEN: _open,
    QuestionKind.REFLECTION: _description,
}


def _answer(made: Element, one: Option, fraction: Decimal) -> Element:
    answer = SubElement(made, "answer", fraction=plain_number(fraction))
    _html(answer, "feedback", texts.portable_inline(one.feedback))
    return answer


def _html(parent: Element, name: str, html: str) -> Element:
    made = SubElement(parent, name, format="html")
    _text(made, html)
    return made


def _text(parent: Element, text: str, *, at: int | None = None) -> None:
    made = Element("text")
    made.text = allowed(text)
    parent.insert(len(parent) if at is None else at, made)


def _plain(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = allowed(text)
