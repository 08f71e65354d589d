"""Writing questions as a spreadsheet (CSV), as `sheet` reads them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal

from media_items.quizzes.content import Content, Question
from media_items.quizzes.interchange.columns import NUMBERED, PLAIN
from media_items.quizzes.interchange.narrowing import Carries, Loss
from media_items.quizzes.interchange.neutral import ALL, plain_number
from media_items.quizzes.kinds import (
    CHOICE_KINDS,
    RULES_OF,
    TYPED_KINDS,
    QuestionKind,
    Rule,
    Tolerance,
)
from media_items.quizzes.scoring.normalising import number_in

CARRIES = Carries(
    kinds=frozenset(QuestionKind),
    loses=frozenset({Loss.PICTURE}),
    rules=frozenset(Rule),
    tolerances=frozenset(Tolerance),
)
# SECURITY: OWASP “CSV injection”. A spreadsheet shows such a cell and does not run it.
_FORMULA = re.compile(r"'*\s*[=+\-@\t\r＝＋－＠]")


def write_sheet(content: Content) -> str:
    rows = [_written(one) for one in content.questions]
    used = {name for row in rows for name in row}
    most = max((len(one.options) + len(one.choices) for one in content.questions), default=0)
    columns = [name for name in PLAIN if name in used or name in PLAIN[:4]]
    columns += [
        f"{name} {number}"
        for number in range(1, most + 1)
        for name in NUMBERED
        if f"{name} {number}" in used
    ]
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows([[_defused(row.get(name, "")) for name in columns] for row in rows])
    return out.getvalue()


def _defused(cell: str) -> str:
    if number_in(cell) is not None:
        return cell
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _written(question: Question) -> dict[str, str]:
    row = {
        "kind": question.kind.value,
        "question": question.text,
        "points": plain_number(question.points),
        "rule": question.rule.value if question.rule != RULES_OF[question.kind][0] else "",
        "hint": question.hint,
        "explanation": question.explanation,
        "required": "yes" if question.is_required else "",
        "negative": "yes" if question.may_be_negative else "",
        "case": "yes" if question.case_matters else "",
        "accents": "" if question.accents_matter else "no",
        "unit": question.unit,
        "moment": "" if question.at_ms is None else plain_number(Decimal(question.at_ms) / 1000),
    }
    write: Callable[[Question], dict[str, str]] = _pairs
    if question.kind != QuestionKind.MATCHING:
        write = _lines
    return {name: text for name, text in (row | write(question)).items() if text}


def _lines(question: Question) -> dict[str, str]:
    row: dict[str, str] = {}
    is_true_false = question.kind == QuestionKind.TRUE_FALSE
    if is_true_false:
        row["right"] = "true" if question.options[0].is_right else "false"
    elif question.kind in CHOICE_KINDS:
        numbered = enumerate(question.options, 1)
        row["right"] = " ".join(str(number) for number, one in numbered if one.is_right)
    for number, one in enumerate(question.options, 1):
        usual = ALL if one.is_right or question.kind in TYPED_KINDS else Decimal(0)
        row[f"option {number}"] = "" if is_true_false else one.text
        row[f"credit {number}"] = "" if one.credit == usual else plain_number(one.credit)
        row[f"feedback {number}"] = one.feedback
        row[f"at end {number}"] = "yes" if one.at_end else ""
        row[f"tolerance {number}"] = "" if one.tolerance == Tolerance.EXACT else one.tolerance.value
        row[f"margin {number}"] = one.margin
    return row


def _pairs(question: Question) -> dict[str, str]:
    matched = {one.match for one in question.options}
    rows = [
        (one.text, question.choice_of[one.match].text if one.match else "")
        for one in question.options
    ]
    rows += [("", one.text) for one in question.choices if one.id not in matched]
    return {
        f"{name} {number}": text
        for number, (prompt, partner) in enumerate(rows, 1)
        for name, text in (("option", prompt), ("match", partner))
    }
