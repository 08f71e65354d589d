"""What a taker answers, as it is stored: one JSON value per question, checked against the question.

    single, true or false   {"chosen": "id"}
    multiple answers        {"chosen": ["id", …]}        in the order of the ids
    short text, number,     {"text": "…"}
      open text
    matching                {"pairs": {"id": "choice", …}}
    ordering                {"order": ["id", …]}         all of them
    reflection point        {"seen": true}, with "text" where something was written

`None` is no answer, which is not the same as a wrong one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from media_items.quizzes.content import Question
from media_items.quizzes.kinds import QuestionKind

MOST_CHARACTERS = {QuestionKind.SHORT_TEXT: 500, QuestionKind.NUMBER: 120}
MOST_CHARACTERS_OF_TEXTS = 20_000

type Response = dict[str, Any] | None


class BadResponse(ValueError):
    """It does not fit the question: an id of another one, a number of things that cannot be."""


def checked(question: Question, given: Mapping[str, Any] | None) -> Response:
    """In the one form in which it is stored; None for an empty answer. Raises `BadResponse`."""
    if not given:
        return None
    if question.kind in {QuestionKind.SINGLE, QuestionKind.TRUE_FALSE}:
        chosen = given.get("chosen", "")
        return None if chosen == "" else {"chosen": _known(chosen, question.option_of)}
    if question.kind == QuestionKind.MULTIPLE:
        ids = given.get("chosen", [])
        if not isinstance(ids, list):
            raise BadResponse
        found = sorted({_known(one, question.option_of) for one in ids})
        return {"chosen": found} if found else None
    if question.kind == QuestionKind.MATCHING:
        pairs = given.get("pairs", {})
        if not isinstance(pairs, Mapping):
            raise BadResponse
        made = {
            _known(prompt, question.option_of): _known(choice, question.choice_of)
            for prompt, choice in pairs.items()
            if choice
        }
        return {"pairs": dict(sorted(made.items()))} if made else None
    if question.kind == QuestionKind.ORDERING:
        order = given.get("order", [])
        if not order:
            return None
        if not isinstance(order, list) or sorted(map(str, order)) != sorted(question.option_of):
            raise BadResponse
        return {"order": order}
    return _checked_text(question, given)


def _checked_text(question: Question, given: Mapping[str, Any]) -> Response:
    text = given.get("text", "")
    if not isinstance(text, str):
        raise BadResponse
    text = text.replace("\x00", "").replace("\r\n", "\n")
    if len(text) > MOST_CHARACTERS.get(question.kind, MOST_CHARACTERS_OF_TEXTS):
        raise BadResponse
    if question.kind == QuestionKind.REFLECTION:
        if not given.get("seen") and not text.strip():
            return None
        return {"seen": True, "text": text} if text.strip() else {"seen": True}
    return {"text": text} if text.strip() else None


def _known(identifier: Any, of: Mapping[str, Any]) -> str:
    if not isinstance(identifier, str) or identifier not in of:
        raise BadResponse
    return identifier
