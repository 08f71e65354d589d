"""What is new in the chat of one session, for many readers at once: the process with the streams
asks, at most every `PAUSE_SECONDS` (events/telling.py).

Each edition is made from the templates that the panel is made from. What one reader alone is shown
of a message is that it is their own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.template.loader import get_template
from django.utils import timezone, translation

from media_items.compiled import compiled
from media_items.live.chat.feeds import CHAT, MANY_REMOVED, PAGE, TOLD_AGAIN, Channel, Reader
from media_items.live.chat.models import ChatMessage
from media_items.live.events.facts import edition_from
from media_items.live.events.streams import MOST_BYTES
from media_items.live.events.telling import CannotTell, News, Readers, check_doubt
from media_items.live.sessions.models import Participant

# For pages that were read a moment ago: how many of those that are there already go along when a
# session is told of for the first time.
FIRST = 20
# A longer piece is not told, and pages ask: a slow reader would be dropped.
LONGEST_PIECE = MOST_BYTES // 4
# So many removals are looked at, of which most were told.
_LOOKED_AT = 8 * MANY_REMOVED
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


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
    # When many went at once, for which pages have asked.
    swept_at: datetime = _LONG_AGO

    def news_for(self, readers: Readers) -> News | None:
        """Raises `CannotTell`. What was not told for doubt is told with the next news."""
        moment = timezone.now()
        after, messages = self._newest() if self.last is None else self._since(self.last)
        removed = self._removed(moment)
        if not messages and not removed:
            return None
        check_doubt(self.session)
        here = frozenset(people_here(public_id=self.session))
        last = messages[-1].pk if messages else self.last or after
        told = {
            "after": after,
            "last": last,
            "since": int(moment.timestamp() * 1000),
            "removed": removed,
        }
        # Also where it is too long, since pages ask then.
        self.last = last
        self.gone |= dict.fromkeys(removed, moment)
        return _Editions(messages, told).news(readers, inside=here)

    def _newest(self) -> tuple[int, list[ChatMessage]]:
        """What was before is 0 where there is nothing before."""
        newest = list(reversed(newest_messages(public_id=self.session)))
        return (newest[0].pk, newest[1:]) if len(newest) > FIRST else (0, newest)

    def _since(self, last: int) -> tuple[int, list[ChatMessage]]:
        """The first is the newest that is still shown of what was told: whoever was read since has
        no newer one, and misses nothing."""
        messages = messages_from(public_id=self.session, pk=last)
        if messages and messages[0].pk == last:
            after, messages = last, messages[1:]
        else:
            after = max(newest_before(public_id=self.session, pk=last), default=0)
        if len(messages) > PAGE:
            self.last = None
            raise CannotTell
        return after, messages

    def _removed(self, moment: datetime) -> list[int]:
        """Not told yet. Raises `CannotTell` where they are many: pages load the panel again."""
        since = moment - TOLD_AGAIN
        self.gone = {pk: at for pk, at in self.gone.items() if at > since - TOLD_AGAIN}
        rows = removed_messages(public_id=self.session, moment=since, but=self.swept_at)
        removed = [pk for pk, _at in rows if pk not in self.gone]
        if len(removed) > MANY_REMOVED:
            # They went in one act, so at one moment: the newest of those that are many.
            self.gone |= dict.fromkeys(removed, moment)
            [(self.swept_at, _times)] = Counter(at for _pk, at in rows).most_common(1)
            raise CannotTell
        return removed


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
        told = {**self.told, "rows": "".join(rows)}
        if len(json.dumps(told, ensure_ascii=False).encode()) > LONGEST_PIECE:
            raise CannotTell
        return told


@compiled
def people_here(*, public_id: str) -> QuerySet[Participant, int]:
    """SECURITY: an open stay, since whoever signs out keeps their row. No stream begins one.
    Asked after the messages were read, and after `check_doubt`."""
    people = Participant.objects.here().filter(session__public_id=public_id, session__ended_at=None)
    return people.order_by().values_list("pk", flat=True)


def _shown_in(session: str) -> QuerySet[ChatMessage]:
    messages: QuerySet[ChatMessage] = ChatMessage.objects.shown().filter(session__public_id=session)
    return messages.select_related("author", "session__item")


@compiled
def newest_messages(*, public_id: str) -> QuerySet[ChatMessage]:
    """Newest first, and one more than is told."""
    return _shown_in(public_id).order_by("-pk")[: FIRST + 1]


@compiled
def messages_from(*, public_id: str, pk: int) -> QuerySet[ChatMessage]:
    """This one, and one more than a page at most."""
    return _shown_in(public_id).filter(pk__gte=pk).order_by("pk")[: PAGE + 2]


@compiled
def newest_before(*, public_id: str, pk: int) -> QuerySet[ChatMessage, int]:
    """One at most."""
    older = ChatMessage.objects.shown().filter(session__public_id=public_id, pk__lt=pk)
    return older.order_by("-pk").values_list("pk", flat=True)[:1]


@compiled
def removed_messages(
    *, public_id: str, moment: datetime, but: datetime
) -> QuerySet[ChatMessage, tuple[int, Any]]:
    """Since that moment, and not at that other one; the newest first."""
    removed = ChatMessage.objects.filter(session__public_id=public_id, deleted_at__gte=moment)
    removed = removed.exclude(deleted_at=but).order_by("-deleted_at", "-pk")
    return removed.values_list("pk", "deleted_at")[:_LOOKED_AT]
