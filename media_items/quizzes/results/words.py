"""What rows of results are called: states, how sure we are of a name, answers in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from media_items.lengths import in_words
from media_items.quizzes import texts
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.content import Question
from media_items.quizzes.kinds import QuestionKind
from media_items.quizzes.models import Taker
from media_items.visitors import Certainty, IdentityKind

type Words = str | Promise

# As the list of a session's participants says it.
HOW_SURE: dict[str, Words] = {
    Certainty.SIGNED_IN: pgettext_lazy("how we know who they are", "Signed in"),
    Certainty.CONFIRMED: pgettext_lazy("how we know who they are", "Verified"),
    Certainty.TYPED: pgettext_lazy("how we know who they are", "Not verified"),
}
# Never colour alone: each state has a tone, an icon and its word.
LOOKS: dict[str, tuple[str, str]] = {
    AttemptState.OPEN: ("accent", "play"),
    AttemptState.HANDED_IN: ("success", "check"),
    AttemptState.TIME_UP: ("warning", "clock"),
    AttemptState.INTERRUPTED: ("danger", "pause"),
    AttemptState.VOIDED: ("neutral", "close"),
}
TO_MARK = (pgettext_lazy("state of a person’s results", "To mark"), "warning", "edit")
NO_ATTEMPT = (pgettext_lazy("state of a person’s results", "No attempt"), "neutral", "clock")
# `AnswerEvent.what`
_EVENTS: dict[str, Words] = {
    "started": pgettext_lazy("event of an attempt", "Started"),
    "saved": pgettext_lazy("event of an attempt", "Answer saved"),
    "continued": pgettext_lazy("event of an attempt", "Continued"),
    "hint": pgettext_lazy("event of an attempt", "Hint read"),
    "older": pgettext_lazy("event of an attempt", "Older answer not taken"),
    "deadline": pgettext_lazy("event of an attempt", "Deadline changed"),
    "editor": pgettext_lazy("event of an attempt", "Can edit the quiz by now: no result"),
}


def state_of(state: str) -> tuple[Words, str, str]:
    """Its word, tone and icon."""
    return (AttemptState(state).label, *LOOKS[state])


def event_in_words(what: str) -> str:
    if what in AttemptState.values:
        return str(AttemptState(what).label)
    return str(_EVENTS.get(what, what))


def came_in_words(taker: Taker) -> str:
    """By which link, or as whom."""
    if taker.came_by:
        return _("Guest link “%(name)s”") % {"name": taker.came_by}
    names: dict[str, Words] = {
        IdentityKind.GUEST: gettext_lazy("Guest link"),
        IdentityKind.INVITEE: gettext_lazy("Invitation"),
        IdentityKind.ACCOUNT: gettext_lazy("Account"),
    }
    return str(names.get(taker.kind, ""))


def length(time: timedelta | None) -> str:
    return "" if time is None else in_words(time)


type _Shown = Callable[[str], str]


def answer_in_words(question: Question, response: dict[str, Any] | None) -> str:
    """In one line, without formatting; empty for no answer."""
    if response is None:
        return ""
    return _IN_WORDS.get(question.kind, _typed)(question, response, texts.plain)


def answer_in_line(question: Question, response: dict[str, Any] | None) -> str:
    """As `answer_in_words`, for a page: with emphasis and mathematics."""
    if response is None:
        return ""
    return _IN_WORDS.get(question.kind, _typed)(question, response, texts.line)


def _typed(question: Question, response: dict[str, Any], _shown: _Shown) -> str:
    if question.kind == QuestionKind.REFLECTION and not response.get("text"):
        return _("Read")
    return str(response.get("text", ""))


def _chosen(question: Question, response: dict[str, Any], shown: _Shown) -> str:
    chosen = response.get("chosen", [])
    ids = chosen if isinstance(chosen, list) else [chosen]
    # As they were written, not as they were shuffled.
    return _joined("; ", (shown(one.text) for one in question.options if one.id in ids))


def _paired(question: Question, response: dict[str, Any], shown: _Shown) -> str:
    pairs = response.get("pairs", {})
    made = [(one, question.choice_of.get(pairs.get(one.id, ""))) for one in question.options]
    return _joined(
        "; ",
        (_joined(" → ", (shown(one.text), shown(choice.text))) for one, choice in made if choice),
    )


def _put_in_order(question: Question, response: dict[str, Any], shown: _Shown) -> str:
    found = [question.option_of.get(one) for one in response.get("order", [])]
    return _joined(" → ", (shown(one.text) for one in found if one))


def _joined(between: str, parts: Iterable[str]) -> str:
    """Safe where every part is."""
    found = list(parts)
    if found and all(isinstance(one, SafeString) for one in found):
        return format_html_join(between, "{}", ((one,) for one in found))
    return between.join(found)


_IN_WORDS: dict[str, Callable[[Question, dict[str, Any], _Shown], str]] = {
    QuestionKind.SINGLE: _chosen,
    QuestionKind.MULTIPLE: _chosen,
    QuestionKind.TRUE_FALSE: _chosen,
    QuestionKind.MATCHING: _paired,
    QuestionKind.ORDERING: _put_in_order,
}
