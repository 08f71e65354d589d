"""What Foyer knows of a question and a format has no place for, in fields of our own beside it.
Other systems pass them over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from media_items.quizzes.content import Question
from media_items.quizzes.interchange.neutral import decimal_of
from media_items.quizzes.kinds import RULES_OF, Rule

PREFIX = "foyer_"
_SWITCHES = {
    "is_required": False,
    "may_be_negative": False,
    "case_matters": False,
    "accents_matter": True,
}
_MOST_MS = 7 * 24 * 3600 * 1000


def foyer_fields(question: Question) -> dict[str, str]:
    """Those that are not as they would be anyway."""
    made = {}
    if question.rule != RULES_OF[question.kind][0]:
        made["rule"] = question.rule.value
    for name, usual in _SWITCHES.items():
        if getattr(question, name) != usual:
            made[name] = "yes" if not usual else "no"
    if question.unit:
        made["unit"] = question.unit
    if question.hint:
        made["hint"] = question.hint
    if question.at_ms is not None:
        made["at_ms"] = str(question.at_ms)
    if kept := [str(number) for number, one in enumerate(question.options) if one.at_end]:
        made["at_end"] = " ".join(kept)
    return {PREFIX + name: text for name, text in made.items()}


def with_foyer_fields(question: Question, said: Mapping[str, str]) -> Question:
    changed: dict[str, object] = {}
    if (rule := said.get(f"{PREFIX}rule")) in {one.value for one in RULES_OF[question.kind]}:
        changed["rule"] = Rule(rule)
    for name in _SWITCHES:
        if (word := said.get(PREFIX + name)) in {"yes", "no"}:
            changed[name] = word == "yes"
    for name in ("unit", "hint"):
        if text := said.get(PREFIX + name):
            changed[name] = text
    moment = decimal_of(said.get(f"{PREFIX}at_ms"))
    if moment is not None and Decimal(0) <= moment <= _MOST_MS:
        changed["at_ms"] = int(moment)
    kept = set(said.get(f"{PREFIX}at_end", "").split())
    changed["options"] = tuple(
        replace(one, at_end=str(number) in kept) for number, one in enumerate(question.options)
    )
    return replace(question, **changed)  # type: ignore[arg-type]
