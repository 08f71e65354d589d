"""What live sessions keep about one proof of a person: for their own record page, for nobody else.

It stays with the item and goes with it; erasing takes name and address out of it at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from media_items.live.interactions.models import PollAnswer, Reaction
from media_items.live.people.models import Participant, Stay
from media_items.live.questions.models import Question, QuestionVote
from media_items.live.sessions.models import LiveSession
from media_items.live.talk.models import ChatMessage

MOST_SHOWN = 200  # of each kind of row, the newest; the page says how many there are


@dataclass
class KeptSitting:
    """One sitting as the person took part in it. Deleted messages are counted, not shown."""

    session: LiveSession
    stays: list[Stay] = field(default_factory=list)
    messages: list[ChatMessage] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def more_messages(self) -> int:
        return self.counts["messages"] - self.counts["deleted"] - len(self.messages)

    @property
    def more_questions(self) -> int:
        return self.counts["questions"] - len(self.questions)

    @property
    def more_stays(self) -> int:
        return self.counts["stays"] - len(self.stays)


def kept_of(keys: Collection[str]) -> list[KeptSitting]:
    """Of the participants with these keys. Newest sitting first.

    Eleven queries, however much there is.
    """
    people = list(
        Participant.objects.filter(key__in=keys)
        .select_related("session")
        .order_by("-session__made_at", "-pk")[:MOST_SHOWN]
    )
    if not people:
        return []
    sittings: dict[int, KeptSitting] = {}
    for one in people:
        sittings.setdefault(one.session_id, KeptSitting(one.session))
    place = {one.pk: sittings[one.session_id] for one in people}
    mine = list(place)
    messages = ChatMessage.objects.filter(author__in=mine)
    questions = Question.objects.filter(author__in=mine)
    stays = Stay.objects.filter(participant__in=mine)
    for row in _newest(stays):
        place[row.participant_id].stays.append(row)
    for row in _newest(messages.filter(deleted_at=None)):
        place[row.author_id].messages.append(row)
    for row in _newest(questions):
        place[row.author_id].questions.append(row)
    for name, rows, by in (
        ("stays", stays, "participant"),
        ("messages", messages, "author"),
        ("deleted", messages.exclude(deleted_at=None), "author"),
        ("questions", questions, "author"),
        ("reactions", Reaction.objects.filter(author__in=mine), "author"),
        ("answers", PollAnswer.objects.filter(voter__in=mine), "voter"),
        ("votes", QuestionVote.objects.filter(voter__in=mine), "voter"),
    ):
        for pk, number in _counted(rows, by).items():
            place[pk].counts[name] += number
    return list(sittings.values())


def _newest(rows: QuerySet[Any]) -> list[Any]:
    """The newest ones, in the order in which they happened."""
    return list(rows.order_by("-pk")[:MOST_SHOWN])[::-1]


def _counted(rows: QuerySet[Any], by: str) -> dict[int, int]:
    counted = rows.order_by().values(by).annotate(number=Count("pk"))
    return dict(counted.values_list(by, "number"))
