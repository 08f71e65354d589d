"""What is right and how it is marked, as a QTI 2 item says it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement

from media_items.quizzes.content import Option, Question
from media_items.quizzes.interchange.neutral import ALL, plain_number
from media_items.quizzes.interchange.xml_text import allowed
from media_items.quizzes.kinds import QuestionKind, Rule, Tolerance

_SHAPES = {
    QuestionKind.SINGLE: ("single", "identifier"),
    QuestionKind.TRUE_FALSE: ("single", "identifier"),
    QuestionKind.MULTIPLE: ("multiple", "identifier"),
    QuestionKind.SHORT_TEXT: ("single", "string"),
    QuestionKind.NUMBER: ("single", "float"),
    QuestionKind.MATCHING: ("multiple", "directedPair"),
    QuestionKind.ORDERING: ("ordered", "identifier"),
    QuestionKind.OPEN: ("single", "string"),
}


def is_mapped(question: Question) -> bool:
    """Else its right answer counts as a whole."""
    if question.kind in {QuestionKind.SINGLE, QuestionKind.TRUE_FALSE, QuestionKind.SHORT_TEXT}:
        return True
    return question.kind in {QuestionKind.MULTIPLE, QuestionKind.MATCHING} and (
        question.rule != Rule.ALL
    )


def declare(root: Element, question: Question) -> None:
    cardinality, base = _SHAPES[question.kind]
    made = SubElement(
        root, "responseDeclaration",
        identifier="RESPONSE", cardinality=cardinality, baseType=base,
    )  # fmt: skip
    right = _right(question)
    if right:
        correct = SubElement(made, "correctResponse")
        for one in right:
            SubElement(correct, "value").text = allowed(one)
    if is_mapped(question):
        _mapping(made, question)
    _outcome(root, "SCORE", "float", "0")
    _outcome(root, "MAXSCORE", "float", plain_number(question.points))
    _outcome(root, "FEEDBACK", "identifier", "")


def process(root: Element, question: Question) -> None:
    if question.kind == QuestionKind.OPEN:
        return
    made = SubElement(root, "responseProcessing")
    if question.kind == QuestionKind.NUMBER:
        _numbers(made, question)
        return
    if is_mapped(question):
        score = SubElement(made, "setOutcomeValue", identifier="SCORE")
        SubElement(score, "mapResponse", identifier="RESPONSE")
    else:
        branch = SubElement(SubElement(made, "responseCondition"), "responseIf")
        match = SubElement(branch, "match")
        SubElement(match, "variable", identifier="RESPONSE")
        SubElement(match, "correct", identifier="RESPONSE")
        _score(branch, question.points)
    if question.kind in {QuestionKind.SINGLE, QuestionKind.TRUE_FALSE}:
        said = SubElement(made, "setOutcomeValue", identifier="FEEDBACK")
        SubElement(said, "variable", identifier="RESPONSE")


def _right(question: Question) -> list[str]:
    numbered = list(enumerate(question.options))
    if question.kind == QuestionKind.MATCHING:
        return list(_pairs(question))
    if question.kind == QuestionKind.ORDERING:
        return [f"c{number}" for number, _one in numbered]
    if question.kind == QuestionKind.MULTIPLE:
        return [f"c{number}" for number, one in numbered if one.is_right]
    best = max((one.credit for one in question.options), default=Decimal(0))
    first = [(number, one) for number, one in numbered if one.credit == best and best > 0][:1]
    if question.kind in {QuestionKind.SHORT_TEXT, QuestionKind.NUMBER}:
        return [one.text for _number, one in first]
    return [f"c{number}" for number, _one in first]


def _pairs(question: Question) -> Mapping[str, Decimal]:
    places = {one.id: number for number, one in enumerate(question.choices)}
    each = ALL / len(question.options) if question.options else ALL
    return {
        f"p{number} m{places[one.match]}": each
        for number, one in enumerate(question.options)
        if one.match
    }


def _mapping(declared: Element, question: Question) -> None:
    """The shares in points; nothing below nothing unless a wrong answer may cost."""
    shares = _shares(question)
    lowest = {} if question.kind != QuestionKind.MULTIPLE else {"lowerBound": "0"}
    if question.may_be_negative:
        lowest = {}
    made = SubElement(
        declared, "mapping",
        {**lowest, "upperBound": plain_number(question.points), "defaultValue": "0"},
    )  # fmt: skip
    case = {"caseSensitive": "true" if question.case_matters else "false"}
    for key, percent in shares.items():
        value = plain_number(_unit(question) * percent / ALL)
        more = case if question.kind == QuestionKind.SHORT_TEXT else {}
        SubElement(made, "mapEntry", {"mapKey": allowed(key), "mappedValue": value, **more})


def _unit(question: Question) -> Decimal:
    """What all of it is worth; a question without points keeps its key by counting as one."""
    return question.points or Decimal(1)


def _shares(question: Question) -> Mapping[str, Decimal]:
    if question.kind == QuestionKind.MATCHING:
        return _pairs(question)
    if question.kind == QuestionKind.SHORT_TEXT:
        return {one.text: one.credit for one in question.options}
    if question.kind == QuestionKind.MULTIPLE:
        each = ALL / (sum(one.is_right for one in question.options) or 1)
        return {
            f"c{number}": each if one.is_right else -each
            for number, one in enumerate(question.options)
        }
    return {f"c{number}": one.credit for number, one in enumerate(question.options)}


def _outcome(root: Element, name: str, base: str, value: str) -> None:
    made = SubElement(
        root, "outcomeDeclaration", identifier=name, cardinality="single", baseType=base
    )
    if value:
        SubElement(SubElement(made, "defaultValue"), "value").text = value


def _numbers(made: Element, question: Question) -> None:
    condition = SubElement(made, "responseCondition")
    for number, one in enumerate(question.options):
        branch = SubElement(condition, "responseElseIf" if number else "responseIf")
        _fits(branch, one)
        _score(branch, _unit(question) * one.credit / ALL)


def _fits(branch: Element, one: Option) -> None:
    if one.tolerance == Tolerance.INTERVAL:
        both = SubElement(branch, "and")
        for name, bound in (("gte", one.text), ("lte", one.margin)):
            side = SubElement(both, name)
            SubElement(side, "variable", identifier="RESPONSE")
            SubElement(side, "baseValue", baseType="float").text = bound
        return
    how = {"toleranceMode": one.tolerance.value}
    if one.tolerance != Tolerance.EXACT:
        how["tolerance"] = f"{one.margin} {one.margin}"
    equal = SubElement(branch, "equal", how)
    SubElement(equal, "variable", identifier="RESPONSE")
    SubElement(equal, "baseValue", baseType="float").text = one.text


def _score(branch: Element, points: Decimal) -> None:
    score = SubElement(branch, "setOutcomeValue", identifier="SCORE")
    SubElement(score, "baseValue", baseType="float").text = plain_number(points)
