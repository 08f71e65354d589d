"""What somebody may want to know of what they entered; nothing of whether it is right."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _

from media_items.quizzes.content import Question
from media_items.quizzes.kinds import QuestionKind
from media_items.quizzes.scoring.normalising import number_in
from media_items.quizzes.scoring.responses import Response
from media_items.quizzes.taking.given import places_given


def note_of(question: Question, response: Response) -> str:
    """Said at the question."""
    if is_no_number(question, response):
        return _("This doesn’t read as a number. It is saved as you typed it.")
    return ""


def note_on_page(question: Question, response: Response, posted: QueryDict, number: int) -> str:
    """Said above the page, by the number of the question: to whoever saves without script."""
    if is_no_number(question, response):
        return _(
            "Question %(number)d: this doesn’t read as a number. It is saved as you typed it."
        ) % {"number": number}
    if question.kind == QuestionKind.ORDERING:
        places = [one for one in places_given(question, posted).values() if one]
        if len(set(places)) < len(places):
            return _(
                "Question %(number)d: the same place was given more than once. You see the order "
                "that is saved."
            ) % {"number": number}
    return ""


def is_no_number(question: Question, response: Response) -> bool:
    if question.kind != QuestionKind.NUMBER or not response:
        return False
    return number_in(str(response["text"]), unit=question.unit) is None
