"""What a form sends of a question, as `scoring.responses` has it. Its fields (`_fields.html`):

    question                      the id of each question that was on the page
    <question>                    chosen options, what was typed
    <question>.<option>           of matching the choice, of ordering the place
    <question>.revision           the newest that the page has heard of
    <question>.older              what was typed and not taken, as a newer answer was there

Ids alone say what is meant, never a place on the page. `page` and `count`: `attempts.answering`.
"""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from media_items.numbers import whole_number
from media_items.quizzes.attempts.answering import Given
from media_items.quizzes.content import Content, Question
from media_items.quizzes.kinds import QuestionKind

MOST_COUNTED = 10**9


def given_on_page(content: Content, posted: QueryDict) -> dict[str, Given]:
    """Of each question that was on the page; those of another version are left out."""
    found = {}
    for question_id in posted.getlist("question"):
        question = content.question_of.get(question_id)
        if question is not None:
            found[question_id] = given_of(question, posted)
    return found


def given_of(question: Question, posted: QueryDict) -> Given:
    return Given(_response(question, posted), counted(posted, f"{question.id}.revision"))


def given_back(question: Question, posted: QueryDict) -> Given:
    """What was not taken before is now what is meant."""
    instead = posted.copy()
    instead[question.id] = posted.get(f"{question.id}.older", "")
    return given_of(question, instead)


def typed_in(given: Given) -> str:
    """Empty where it is chosen."""
    return str((given.response or {}).get("text", "")).strip()


def counted(posted: QueryDict, name: str) -> int:
    """0 where it is none."""
    return whole_number(posted.get(name, ""), at_most=MOST_COUNTED, default=0)


def page_of(posted: QueryDict) -> str:
    """What the open page calls itself; empty without script."""
    name = posted.get("page", "")
    return name if name.isalnum() and len(name) <= 16 else ""


def _response(question: Question, posted: QueryDict) -> dict[str, Any] | None:
    match question.kind:
        case QuestionKind.SINGLE | QuestionKind.TRUE_FALSE:
            return {"chosen": posted.get(question.id, "")}
        case QuestionKind.MULTIPLE:
            return {"chosen": posted.getlist(question.id)}
        case QuestionKind.MATCHING:
            pairs = {one.id: posted.get(f"{question.id}.{one.id}", "") for one in question.options}
            return {"pairs": pairs}
        case QuestionKind.ORDERING:
            return {"order": _order(question, posted)}
        case QuestionKind.REFLECTION:
            # Whoever sends the page on has read it.
            return {"seen": True, "text": posted.get(question.id, "")}
        case _:
            return {"text": posted.get(question.id, "")}


def places_given(question: Question, posted: QueryDict) -> dict[str, int]:
    """Of the things to be put in order, as the form has them; 0 for one without."""
    fields = {f"{question.id}.{one.id}": one.id for one in question.options}
    return {fields[name]: counted(posted, name) for name in posted if name in fields}


def _order(question: Question, posted: QueryDict) -> list[str]:
    """By the places given, in the order of the form where two have the same, those without one
    last; nothing where there is no place at all. The page then shows what that comes to."""
    places = places_given(question, posted)
    if len(places) < len(question.options) or not any(places.values()):
        return []
    return sorted(places, key=lambda one: places[one] or MOST_COUNTED)
