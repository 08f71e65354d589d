"""A bank as the row of a batch keeps it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from media_items.quizzes.content import Content, Question, from_json, to_json
from media_items.quizzes.interchange.neutral import Bank, Found
from media_items.quizzes.models import ImportBatch


def written(bank: Bank) -> dict[str, Any]:
    return {
        "questions": [
            {"name": one.name, "question": _written(one), "notes": list(one.notes)}
            for one in bank.found
        ],
        "notes": bank.notes.all(),
    }


def _written(found: Found) -> dict[str, Any] | None:
    if found.question is None:
        return None
    return to_json(Content((replace(found.question, id="new"),)))


@dataclass(frozen=True)
class Numbered:
    """`number` counts from 1 and names it in the form."""

    number: int
    found: Found


def found_in(batch: ImportBatch) -> list[Numbered]:
    return [
        Numbered(number, Found(one["name"], _read(one["question"]), tuple(one["notes"])))
        for number, one in enumerate(batch.content.get("questions", []), 1)
    ]


def _read(stored: dict[str, Any] | None) -> Question | None:
    return None if stored is None else from_json(stored).questions[0]
