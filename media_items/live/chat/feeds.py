"""What one reader is shown of the chat or the backchannel: first, earlier, and since then.

A page says what it shows already (`Shown`); the answer is what has changed since. However long the
list is, that is a fixed number of queries, each on an index.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from media_items.abilities import Ability
from media_items.compiled import compiled
from media_items.live.chat.message_text import as_html
from media_items.live.chat.models import BackchannelMessage, ChatMessage, MessageQuerySet
from media_items.live.chat.policies import Writing, may_remove_message, writing_in_chat
from media_items.live.page.panels import Panel
from media_items.live.page.there import may_be_there
from media_items.live.sessions.lookups import Place
from media_items.live.sessions.models import LiveSession, Participant, level_of
from media_items.numbers import whole_number

PAGE = 50
# More removals than this at once, and the page loads the panel again.
MANY_REMOVED = 25
# Removals are reported again for so long: the clocks of several servers differ a little, and a
# removal carries a moment before its commit.
TOLD_AGAIN = timedelta(seconds=15)


@dataclass(frozen=True)
class Channel:
    """The chat or the backchannel. The name is that of its panel, and the ids on the page."""

    name: str

    @property
    def url_name(self) -> str:
        return f"media_items:{self.name}"

    @property
    def send_url_name(self) -> str:
        return f"media_items:send_{self.name}_message"

    @property
    def remove_url_name(self) -> str:
        return f"media_items:remove_{self.name}_message"

    def messages_in(self, session: LiveSession) -> MessageQuerySet:
        rows: Any = session.backchannel if self is BACKCHANNEL else session.messages
        messages: MessageQuerySet = rows.all()
        return messages


CHAT = Channel("chat")
BACKCHANNEL = Channel("backchannel")
PINNED = "pinned"  # what a page may find in a session
CHAT_PANEL = Panel(CHAT.name, _("Chat"))
BACKCHANNEL_PANEL = Panel(BACKCHANNEL.name, _("Backchannel"), Ability.BACKCHANNEL)


@dataclass(frozen=True)
class Row:
    """One message before one reader."""

    message: ChatMessage | BackchannelMessage
    is_own: bool
    may_remove: bool

    @property
    def html(self) -> SafeString:
        return as_html(self.message.text)


@dataclass(frozen=True)
class Reader:
    me: Participant
    level: int
    moderates: bool

    @classmethod
    def of(cls, me: Participant, abilities: Collection[Ability]) -> Reader:
        return cls(me, int(level_of(abilities)), Ability.MODERATE in abilities)

    def row_of(self, message: ChatMessage | BackchannelMessage) -> Row:
        is_own = message.author_id == self.me.pk
        if isinstance(message, BackchannelMessage):
            return Row(message, is_own, may_remove=is_own or self.moderates)
        may_remove = may_remove_message(
            level=self.level,
            author_level=message.author.level,
            is_own=is_own,
            moderates=self.moderates,
        )
        return Row(message, is_own, may_remove)

    def rows_of(self, messages: Iterable[ChatMessage | BackchannelMessage]) -> list[Row]:
        return [self.row_of(message) for message in messages]


# Milliseconds until the year 5138.
LARGEST_NUMBER = 10**14 - 1


def number_in(query: QueryDict, name: str) -> int:
    """A number from an address: a row's key, or milliseconds. Nonsense is nought."""
    return whole_number(query.get(name), at_most=LARGEST_NUMBER, default=0)


@dataclass(frozen=True)
class Shown:
    """What a page shows already: messages from `first` to `last` (ids; 0: none), as of `since`
    (milliseconds), the pinned one, the state of the chat, and the rights of its reader."""

    first: int = 0
    last: int = 0
    since: int = 0
    pinned: int = 0
    state: str = ""
    rights: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> Shown:
        """Nonsense is nought, which is answered with everything."""
        numbers = {name: number_in(query, name) for name in ("first", "last", "since", "pinned")}
        return cls(**numbers, state=query.get("state", ""), rights=query.get("rights", ""))


@dataclass(frozen=True)
class Chat:
    """One panel, or what has changed in it, before one reader."""

    channel: Channel
    reader: Reader
    rows: list[Row]
    shown: Shown
    writing: Writing
    is_paused: bool = False
    pinned: Row | None = None
    earlier_than: int = 0  # 0: there is nothing earlier
    is_old: bool = False  # a page of older messages, which nothing is appended to
    removed: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.channel.name

    def is_news_to(self, shown: Shown) -> bool:
        return bool(self.rows or self.removed) or (
            (self.shown.pinned, self.shown.state) != (shown.pinned, shown.state)
        )


def panel_of(place: Place, channel: Channel, *, before: int = 0) -> Chat:
    """The newest messages, or those before the one with that id."""
    moment = timezone.now()
    reader = Reader.of(place.me, place.item.abilities)
    ask: Any = newest_messages if channel is CHAT else newest_of_backchannel
    newest: list[Any] = ask(session=place.session.pk, before=before or None)
    shown = list(reversed(newest[:PAGE]))
    return _chat(
        place,
        channel,
        reader,
        rows=reader.rows_of(shown),
        first=shown[0].pk if shown else 0,
        last=shown[-1].pk if shown else 0,
        moment=moment,
        earlier_than=shown[0].pk if len(newest) > PAGE else 0,
        is_old=bool(before),
    )


def news_of(place: Place, channel: Channel, shown: Shown) -> Chat | None:
    """What has changed since. None: too much for single pieces, so the panel is loaded again."""
    moment = timezone.now()
    reader = Reader.of(place.me, place.item.abilities)
    messages = channel.messages_in(place.session)
    unseen = messages.shown().filter(pk__gt=shown.last).select_related("author")
    new: list[Any] = list(unseen.order_by("pk")[: PAGE + 1])
    removed = _removed_since(messages, shown)
    chat = _chat(
        place,
        channel,
        reader,
        rows=reader.rows_of(new),
        first=shown.first or (new[0].pk if new else 0),
        last=new[-1].pk if new else shown.last,
        moment=moment,
        removed=removed,
    )
    # A single message is marked as removed; several and none left is a chat that was cleared.
    all_gone = len(removed) > 1 and not _anything_left(messages, shown)
    if len(new) > PAGE or len(removed) > MANY_REMOVED or all_gone:
        return None
    return None if chat.shown.rights != shown.rights else chat


def _removed_since(messages: MessageQuerySet, shown: Shown) -> list[int]:
    since = datetime.fromtimestamp(shown.since / 1000, tz=UTC)
    gone = messages.filter(
        deleted_at__gte=since - TOLD_AGAIN, pk__gte=shown.first, pk__lte=shown.last
    )
    return list(gone.order_by("pk").values_list("pk", flat=True)[: MANY_REMOVED + 1])


def _anything_left(messages: MessageQuerySet, shown: Shown) -> bool:
    return messages.shown().filter(pk__gte=shown.first, pk__lte=shown.last).exists()


def _chat(
    place: Place,
    channel: Channel,
    reader: Reader,
    *,
    rows: list[Row],
    first: int,
    last: int,
    moment: datetime,
    **more: Any,
) -> Chat:
    writing, is_paused, pinned = Writing.OPEN, False, None
    if channel is CHAT:
        writing = writing_in_chat(place.session, place.item.abilities)
        is_paused = place.session.chat_paused_at is not None
        pinned = pinned_in(place.session) if may_be_there(place, PINNED) else None
    return Chat(
        channel=channel,
        reader=reader,
        rows=rows,
        shown=Shown(
            first=first,
            last=last,
            since=int(moment.timestamp() * 1000),
            pinned=pinned.pk if pinned else 0,
            state=f"{writing}{'-paused' if is_paused else ''}",
            rights=f"{reader.level}{'m' if reader.moderates else ''}",
        ),
        writing=writing,
        is_paused=is_paused,
        pinned=reader.row_of(pinned) if pinned else None,
        **more,
    )


def pinned_in(session: LiveSession) -> ChatMessage | None:
    return next(iter(_pinned(session=session.pk)), None)


@compiled
def _pinned(*, session: int) -> QuerySet[ChatMessage]:
    return _pinned_messages(session).select_related("author").order_by("pk")[:1]


def _pinned_messages(session: int | OuterRef) -> MessageQuerySet:
    messages: MessageQuerySet = ChatMessage.objects.filter(session=session, pinned_at__isnull=False)
    return messages


def is_any_pinned(participant: int, recently: datetime) -> Exists:
    return Exists(_pinned_messages(OuterRef("pk")))


@compiled
def newest_messages(*, session: int, before: int | None) -> QuerySet[ChatMessage]:
    """Of a page of the chat, newest first, and one more."""
    return _newest(ChatMessage.objects.filter(session=session), before)


@compiled
def newest_of_backchannel(*, session: int, before: int | None) -> QuerySet[BackchannelMessage]:
    return _newest(BackchannelMessage.objects.filter(session=session), before)


def _newest(messages: Any, before: int | None) -> Any:
    messages = messages.shown().select_related("author")
    if before:
        messages = messages.filter(pk__lt=before)
    return messages.order_by("-pk")[: PAGE + 1]
