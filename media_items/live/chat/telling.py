"""What is new in the chat of one session, for many readers at once: the process with the streams
asks, at most every `PAUSE_SECONDS` (events/telling.py).

Each edition is made from the templates that the panel is made from. What one reader alone is shown
of a message is that it is their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.template.loader import get_template
from django.utils import timezone, translation

from media_items.compiled import compiled
from media_items.live.chat.feeds import CHAT, PAGE, TOLD_AGAIN, Channel, Reader
from media_items.live.chat.models import ChatMessage
from media_items.live.events.facts import edition_from
from media_items.live.events.telling import CannotTell, News, Readers
from media_items.live.sessions.models import Participant

# For pages that were read a moment ago: how many of those that are there already go along when a
# session is told of for the first time.
FIRST = 20
# More than this at once, and pages ask: a slow reader would be dropped.
MOST_CHARACTERS = 64_000


@dataclass(frozen=True)
class _Panel:
    """As much of `feeds.Chat` as the template of a message asks for."""

    reader: Reader
    channel: Channel = CHAT
    name: str = CHAT.name
    is_for_many: bool = True


@dataclass
class ChatMaker:
    """Of the session with this public id. `last` is the newest message that it has told of."""

    session: str
    last: int | None = None
    gone: dict[int, datetime] = field(default_factory=dict)

    def news_for(self, readers: Readers) -> News | None:
        """Raises `CannotTell`."""
        moment = timezone.now()
        after, messages = self._newest() if self.last is None else self._since(self.last)
        removed = self._removed(moment)
        if not messages and not removed:
            return None
        last = messages[-1].pk if messages else after
        told = {
            "after": after,
            "last": last,
            "since": int(moment.timestamp() * 1000),
            "removed": removed,
        }
        news = _Editions(messages, told).news(readers, inside=_inside(self.session))
        self.last = last
        self.gone |= dict.fromkeys(removed, moment)
        return news

    def _newest(self) -> tuple[int, list[ChatMessage]]:
        """What was before is 0 where there is nothing before."""
        newest = list(reversed(newest_messages(public_id=self.session)))
        return (newest[0].pk, newest[1:]) if len(newest) > FIRST else (0, newest)

    def _since(self, last: int) -> tuple[int, list[ChatMessage]]:
        messages = messages_after(public_id=self.session, pk=last)
        if len(messages) > PAGE:
            self.last = None
            raise CannotTell
        return last, messages

    def _removed(self, moment: datetime) -> list[int]:
        """Not told yet."""
        since = moment - TOLD_AGAIN
        self.gone = {pk: at for pk, at in self.gone.items() if at > since - TOLD_AGAIN}
        rows = removed_messages(public_id=self.session, moment=since)
        return [one.pk for one in rows if one.pk not in self.gone]


class _Editions:
    def __init__(self, messages: Sequence[ChatMessage], told: dict[str, Any]) -> None:
        self.messages, self.told = messages, told
        self.template: Any = get_template("media_items/live/chat/_message.html")

    def news(self, readers: Readers, *, inside: frozenset[int]) -> News:
        """Raises `CannotTell`."""
        shared, own = {}, {}
        authors = {message.author_id for message in self.messages} & inside
        for edition, people in readers.items():
            language, level, moderates = edition_from(edition)
            with translation.override(language), timezone.override(None):
                reader = Reader(Participant(), level, moderates)
                rows = [self._row(message, reader) for message in self.messages]
                shared[edition] = self._told(rows)
                for author in authors & people:
                    own[edition, author] = self._told(
                        self._row(one, Reader(one.author, level, moderates))
                        if one.author_id == author
                        else row
                        for one, row in zip(self.messages, rows, strict=True)
                    )
        return News(inside, shared, own)

    def _row(self, message: ChatMessage, reader: Reader) -> str:
        row: str = self.template.render({
            "item": message.session.item,
            "chat": _Panel(reader),
            "row": reader.row_of(message),
        })  # fmt: skip
        return row.strip()

    def _told(self, rows: Iterable[str]) -> dict[str, Any]:
        text = "".join(rows)
        if len(text) > MOST_CHARACTERS:
            raise CannotTell
        return {**self.told, "rows": text}


def _inside(session: str) -> frozenset[int]:
    """Asked after the messages were read."""
    people = Participant.objects.inside().filter(session__public_id=session)
    return frozenset(people.filter(session__ended_at=None).values_list("pk", flat=True))


def _shown_in(session: str) -> QuerySet[ChatMessage]:
    messages: QuerySet[ChatMessage] = ChatMessage.objects.shown().filter(session__public_id=session)
    return messages.select_related("author", "session__item")


@compiled
def newest_messages(*, public_id: str) -> QuerySet[ChatMessage]:
    """Newest first, and one more than is told."""
    return _shown_in(public_id).order_by("-pk")[: FIRST + 1]


@compiled
def messages_after(*, public_id: str, pk: int) -> QuerySet[ChatMessage]:
    """One more than a page at most."""
    return _shown_in(public_id).filter(pk__gt=pk).order_by("pk")[: PAGE + 1]


@compiled
def removed_messages(*, public_id: str, moment: datetime) -> QuerySet[ChatMessage]:
    removed: QuerySet[ChatMessage] = ChatMessage.objects.filter(
        session__public_id=public_id, deleted_at__gte=moment
    )
    return removed.only("pk").order_by("pk")
