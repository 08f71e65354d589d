"""What a QTI 2 item says is right: its correct response, its mapping, or conditions on a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from media_items.quizzes.content import Option, Question
from media_items.quizzes.interchange.neutral import (
    ALL,
    Notes,
    decimal_of,
    option,
    plain_number,
    plus_or_minus,
)
from media_items.quizzes.kinds import Rule, Tolerance

_NEAR = Decimal("0.001")


@dataclass
class Key:
    """`credit`: identifier or accepted text → percent. `pairs`: prompt → its right partners."""

    points: Decimal = Decimal(1)
    credit: dict[str, Decimal] = field(default_factory=dict)
    pairs: dict[str, list[str]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    numbers: list[Option] = field(default_factory=list)
    is_several: bool = False
    is_number: bool = False
    by_mapping: bool = False
    case_matters: bool = False


def key_of(item: Element, identifier: str, notes: Notes) -> Key:
    declared = next(
        (one for one in item.iter("responseDeclaration") if one.get("identifier") == identifier),
        None,
    )
    key = Key(points=_points(item, declared))
    if declared is None:
        return key
    values = [(one.text or "").strip() for one in declared.findall("correctResponse/value")]
    entries = declared.findall("mapping/mapEntry")
    processing = item.find("responseProcessing")
    key.by_mapping = bool(entries) and _maps(processing)
    key.is_several = declared.get("cardinality") in {"multiple", "ordered"}
    key.is_number = declared.get("baseType") in {"float", "integer"}
    key.order = values
    if key.by_mapping:
        for one in entries:
            value = decimal_of(one.get("mappedValue")) or Decimal(0)
            key.credit[one.get("mapKey", "")] = value * ALL / (key.points or 1)
    _learn_pairs(key, [*values, *(one for one, credit in key.credit.items() if credit > 0)])
    if key.by_mapping:
        key.case_matters = any(one.get("caseSensitive", "true") == "true" for one in entries)
    else:
        key.credit = dict.fromkeys(values, ALL)
        key.case_matters = declared.get("baseType") == "string" and bool(values)
    if key.is_number:
        key.numbers = list(_numbers(processing, key)) or _listed(key)
    elif processing is not None and not key.by_mapping and not _matches(processing):
        notes.add(_("There it is marked by a program of its own, here by its right answers."))
    return key


def rule_of_several(question: Question, key: Key, notes: Notes) -> Rule:
    """A correct response is all or nothing; a mapping is right minus wrong, or near it."""
    if not key.by_mapping:
        return Rule.ALL
    right = sum(one.is_right for one in question.options)
    each = ALL / right if right else ALL
    if any(abs(abs(one.credit) - each) > _NEAR * ALL for one in question.options):
        notes.add(
            _(
                "The options had weights of their own. "
                "Here each right one counts the same, and a wrong one takes as much away."
            )
        )
    return Rule.BALANCED


def say_weights_of_pairs(key: Key, notes: Notes) -> None:
    earned = [one for one in key.credit.values() if one > 0]
    if min(key.credit.values(), default=0) < 0 or (
        earned and max(earned) - min(earned) > _NEAR * ALL
    ):
        notes.add(_("The pairs had weights of their own. Here each right one counts the same."))


def _points(item: Element, declared: Element | None) -> Decimal:
    for one in item.iter("outcomeDeclaration"):
        if one.get("identifier") == "MAXSCORE":
            found = decimal_of(one.findtext("defaultValue/value"))
            if found is not None and found >= 0:
                return found
        if one.get("identifier") == "SCORE" and (found := decimal_of(one.get("normalMaximum"))):
            return found
    mapping = None if declared is None else declared.find("mapping")
    if mapping is None:
        return Decimal(1)
    if found := decimal_of(mapping.get("upperBound")):
        return found
    values = [decimal_of(one.get("mappedValue")) or Decimal(0) for one in mapping]
    right = [one for one in values if one > 0]
    if not right:
        return Decimal(1)
    is_several = declared is not None and declared.get("cardinality") != "single"
    return sum(right, Decimal(0)) if is_several else max(right)


def _template(processing: Element | None) -> str:
    if processing is None:
        return ""
    return processing.get("template", "").rpartition("/")[2].removesuffix(".xml").replace("-", "_")


def _maps(processing: Element | None) -> bool:
    if processing is None:
        return True
    return _template(processing) == "map_response" or processing.find(".//mapResponse") is not None


def _matches(processing: Element) -> bool:
    if _template(processing) in {"match_correct", "CC2_match_basic", "CC2_match"}:
        return True
    return processing.find(".//match/correct") is not None or len(processing) == 0


def _learn_pairs(key: Key, values: list[str]) -> None:
    for one in values:
        prompt, _space, partner = one.partition(" ")
        if partner and partner.strip() not in key.pairs.setdefault(prompt, []):
            key.pairs[prompt].append(partner.strip())


def _listed(key: Key) -> list[Option]:
    found = [(decimal_of(text), credit) for text, credit in key.credit.items()]
    return [plus_or_minus(one, Decimal(0), credit) for one, credit in found if one is not None]


def _numbers(processing: Element | None, key: Key) -> Iterator[Option]:
    """Of the conditions that set a score: equal with its tolerance, or between two bounds."""
    for branch in [] if processing is None else processing.iter():
        if branch.tag not in {"responseIf", "responseElseIf"}:
            continue
        scored = decimal_of(branch.findtext("setOutcomeValue/baseValue"))
        credit = ALL if scored is None else scored * ALL / (key.points or 1)
        if (equal := branch.find("equal")) is not None:
            yield from _equal(equal, key, credit)
        elif (both := branch.find("and")) is not None:
            low = decimal_of(both.findtext("gte/baseValue"))
            high = decimal_of(both.findtext("lte/baseValue"))
            if low is not None and high is not None:
                yield replace(
                    option(plain_number(low), credit),
                    tolerance=Tolerance.INTERVAL,
                    margin=plain_number(high),
                )


def _equal(equal: Element, key: Key, credit: Decimal) -> Iterator[Option]:
    middle = decimal_of(equal.findtext("baseValue") or next(iter(key.order), ""))
    if middle is None:
        return
    margin = decimal_of(equal.get("tolerance", "0").split()[0] if equal.get("tolerance") else "0")
    found = plus_or_minus(middle, margin or Decimal(0), credit)
    if equal.get("toleranceMode") == "relative" and margin:
        found = replace(found, tolerance=Tolerance.RELATIVE)
    yield found
