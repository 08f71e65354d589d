"""What the conditions of a QTI 1.2 item say: what earns how much, and which feedback it has."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from xml.etree.ElementTree import Element

from media_items.quizzes.content import Option
from media_items.quizzes.interchange.neutral import (
    ALL,
    decimal_of,
    option,
    plain_number,
    plus_or_minus,
)
from media_items.quizzes.kinds import Tolerance

_COUNTED = {"d2l_correct": ALL, "d2l_incorrect": Decimal(0)}


@dataclass
class Numbers:
    """One condition on a number: equal to it, or between bounds, or both said at once."""

    credit: Decimal
    equal: str = ""
    low: str = ""
    high: str = ""
    feedback: str = ""


@dataclass
class Key:
    """`equal`: response → percent. `feedback`: response → identifier of the feedback. `pairs`: of
    each prompt the right partner. `order`: in the right order. `is_whole`: what is
    right stands in one condition with what is wrong."""

    equal: dict[str, Decimal] = field(default_factory=dict)
    feedback: dict[str, str] = field(default_factory=dict)
    numbers: list[Numbers] = field(default_factory=list)
    pairs: dict[str, str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    ranges: bool = False
    is_whole: bool = False
    case_matters: bool = False


def key_of(item: Element) -> Key:
    key, most = Key(), _most(item)
    for condition in item.iter("respcondition"):
        wanted = condition.find("conditionvar")
        if wanted is None:
            continue
        equal, refused = _equal(wanted)
        credit = _credit(condition, most)
        shown = condition.find("displayfeedback")
        if shown is not None and len(equal) == 1:
            key.feedback.setdefault(_word(equal[0]), shown.get("linkrefid", ""))
        if credit is None or not (equal or refused or _bounds(wanted)):
            continue
        _learn(key, wanted, equal, credit, shown)
        key.is_whole = key.is_whole or bool(credit > 0 and refused and equal)
    return key


def _learn(
    key: Key, wanted: Element, equal: list[Element], credit: Decimal, shown: Element | None
) -> None:
    for one in equal:
        word = _word(one)
        key.equal[word] = max(credit, key.equal.get(word, credit))
        key.case_matters = key.case_matters or one.get("case", "No") == "Yes"
        if credit > 0:
            key.pairs[one.get("respident", "")] = word
    if credit > 0 and len(equal) > 1:
        indexed = sorted(equal, key=lambda one: int(decimal_of(one.get("index")) or 0))
        key.order = key.order or [_word(one) for one in indexed]
    bounds = _bounds(wanted)
    key.ranges = key.ranges or bool(bounds)
    if equal or bounds:
        key.numbers.append(
            Numbers(
                credit,
                equal=_word(equal[0]) if equal else "",
                low=bounds.get("low", ""),
                high=bounds.get("high", ""),
                feedback=shown.get("linkrefid", "") if shown is not None else "",
            )
        )


def number(one: Numbers) -> Option | None:
    """Equal, and between bounds as far from it on both sides, is plus or minus."""
    middle, low, high = decimal_of(one.equal), decimal_of(one.low), decimal_of(one.high)
    if (
        middle is not None
        and low is not None
        and high is not None
        and high - middle == middle - low
    ):
        return plus_or_minus(middle, high - middle, one.credit)
    if low is not None and high is not None:
        interval = option(plain_number(low), one.credit)
        return replace(interval, tolerance=Tolerance.INTERVAL, margin=plain_number(high))
    return None if middle is None else plus_or_minus(middle, Decimal(0), one.credit)


def _most(item: Element) -> Decimal:
    """What a right answer sets the score to."""
    said = [decimal_of(one.get("maxvalue")) for one in item.iter("decvar")]
    return next((one for one in said if one), ALL)


def _credit(condition: Element, most: Decimal) -> Decimal | None:
    """In percent; None where the condition sets no score. D2L counts right and wrong choices."""
    for one in condition.iter("setvar"):
        if (counted := one.get("varname", "").casefold()) in _COUNTED:
            return _COUNTED[counted]
        if one.get("varname", "SCORE").upper() in {"SCORE", "QUE_SCORE"}:
            value = decimal_of(one.text)
            if one.get("action") == "Subtract" and value is not None:
                value = -value
            return None if value is None else value * ALL / most
    return None


def _equal(wanted: Element) -> tuple[list[Element], list[Element]]:
    """Those that must be chosen, and those that must not."""
    inside_not = {id(one) for no in wanted.iter("not") for one in no.iter("varequal")}
    every = list(wanted.iter("varequal"))
    chosen = [one for one in every if id(one) not in inside_not]
    return chosen, [one for one in every if id(one) in inside_not]


def _bounds(wanted: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, side in (("vargte", "low"), ("vargt", "low"), ("varlte", "high"), ("varlt", "high")):
        for one in wanted.iter(name):
            found.setdefault(side, (one.text or "").strip())
    return found


def _word(element: Element) -> str:
    return (element.text or "").strip()
