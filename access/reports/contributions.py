"""What was said in a session, for reading afterwards: chat, questions, polls, reactions.

SECURITY: nothing here asks for the backchannel; deleted words are shown to nobody; people who asked
without a name are named nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import FETCH_RAISE, Count, Prefetch, QuerySet
from django.utils.translation import pgettext

from media_items.live.chat.models import ChatMessage
from media_items.live.interactions.models import Poll, PollOption, ReactionKind
from media_items.live.qna.models import AudienceQuestion
from media_items.live.sessions.models import LiveSession

PER_PAGE = 50
POLLS_PER_PAGE = 20


def messages_of(session: LiveSession) -> QuerySet[ChatMessage]:
    """As they were written, oldest first."""
    shown = session.messages.filter(deleted_at=None).select_related("author")
    return shown.order_by("pk").fetch_mode(FETCH_RAISE)


def questions_of(session: LiveSession) -> QuerySet[AudienceQuestion]:
    """As the session listed them: most voted first."""
    rows = session.questions.select_related("author", "answered_by")
    return rows.order_by("-vote_count", "pk").fetch_mode(FETCH_RAISE)


def question_state(question: AudienceQuestion) -> tuple[str, str, str]:
    """In a word, with its tone and icon; the first that is true."""
    if question.answered_at or question.answer:
        return pgettext("state of a question", "Answered"), "success", "check"
    if question.answered_live_at:
        return pgettext("state of a question", "Answered live"), "success", "check"
    if question.dismissed_at:
        return pgettext("state of a question", "Dismissed"), "neutral", "close"
    if question.taken_at:
        return pgettext("state of a question", "Taken"), "accent", "user"
    return pgettext("state of a question", "Open"), "neutral", "clock"


@dataclass(frozen=True)
class QuestionRow:
    one: AudienceQuestion

    @property
    def state(self) -> str:
        return question_state(self.one)[0]

    @property
    def tone(self) -> str:
        return question_state(self.one)[1]

    @property
    def icon(self) -> str:
        return question_state(self.one)[2]


@dataclass(frozen=True)
class OptionResult:
    text: str
    answers: int
    percent: int


def polls_of(session: LiveSession) -> QuerySet[Poll]:
    """Those that were started, in order. A poll that was only written is its author's alone."""
    counted = PollOption.objects.annotate(given=Count("answers")).order_by("number")
    rows = session.polls.filter(started_at__isnull=False)
    return rows.prefetch_related(Prefetch("options", counted)).order_by("started_at", "pk")


@dataclass(frozen=True)
class PollRow:
    one: Poll

    @property
    def results(self) -> list[OptionResult]:
        options: list[Any] = list(self.one.options.all())
        total = sum(option.given for option in options)
        return [
            OptionResult(
                option.text, option.given, round(100 * option.given / total) if total else 0
            )
            for option in options
        ]

    @property
    def answers(self) -> int:
        return sum(one.answers for one in self.results)


def reactions_of(session: LiveSession) -> list[tuple[str, int]]:
    """How often each was sent, in the order of their list; all of them, or none. One query."""
    counted = session.reactions.order_by().values("kind").annotate(sent=Count("pk"))
    sent = dict(counted.values_list("kind", "sent"))
    return [(str(kind.label), sent.get(kind, 0)) for kind in ReactionKind] if sent else []


def contribution_counts(session: LiveSession) -> dict[str, int]:
    """What the tabs say. Three queries."""
    return {
        "chat": session.messages.filter(deleted_at=None).count(),
        "questions": session.questions.count(),
        "polls": session.polls.filter(started_at__isnull=False).count(),
    }
