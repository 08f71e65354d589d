"""What somebody may want to know of what they entered; nothing of whether it is right."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from media_items.quizzes.content import Question
from media_items.quizzes.kinds import QuestionKind
from media_items.quizzes.scoring.responses import Response
from media_items.quizzes.scoring.wholeness import empty_places, is_unread
from media_items.quizzes.taking.given import places_given


def note_of(question: Question, response: Response) -> str:
    """Said at the question."""
    if is_unread(question, response):
        return _("This doesn’t read as a number. It is saved as you typed it.")
    return ""


def gap_in(question: Question, response: Response) -> str:
    """What is missing in an answer that was begun, behind its number; empty where it is whole."""
    if is_unread(question, response):
        return _("doesn’t read as a number")
    if places := empty_places(question, response):
        return ngettext("%(number)d place is empty", "%(number)d places are empty", places) % {
            "number": places
        }
    return ""


def note_on_page(question: Question, response: Response, posted: QueryDict, number: int) -> str:
    """Said above the page, by the number of the question: to whoever saves without script."""
    if is_unread(question, response):
        return _(
            "Question %(number)d: this doesn’t read as a number. It is saved as you typed it."
        ) % {"number": number}
    if question.kind == QuestionKind.ORDERING:
        given = places_given(question, posted).values()
        places = [one for one in given if one]
        if places and len(places) < len(given):
            return _(
                "Question %(number)d: now all have a place. Those without one were put at the "
                "end. You see the order that is saved; if it isn’t your answer, clear it."
            ) % {"number": number}
        if len(set(places)) < len(places):
            return _(
                "Question %(number)d: the same place was given more than once. You see the order "
                "that is saved."
            ) % {"number": number}
    return ""
