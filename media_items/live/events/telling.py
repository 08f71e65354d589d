"""Messages with their words, made once for all who read them alike.

A fact with `ONLY_MESSAGES` says that messages have come or gone and nothing else. The process with
the streams then asks the room whose messages they are (`register_maker`), at most every
`PAUSE_SECONDS` for one session, and hands each stream what its page would have asked for. Where
that cannot be done the fact itself is told, and pages ask. Why, and who is told: docs/adr/0051.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import DatabaseError, close_old_connections

from media_items.live.events.facts import EVERYBODY, Fact, FactKind

logger = logging.getLogger(__name__)

# What came in this time is told at once. A session that took longer waits as long again, so that it
# never has more than half of the thread.
PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 2.0
# Longer than this is not waited for, and pages ask: a database may be away without a word.
LONGEST_SECONDS = 3.0

# By edition, the participants who read it.
type Readers = Mapping[str, frozenset[int]]


@dataclass(frozen=True)
class News:
    """What is new in a session: by edition, and for those who have written some of it themselves.

    SECURITY: for nobody who was not there when it was asked, after all of it was written.
    """

    inside: frozenset[int]
    shared: Mapping[str, Mapping[str, Any]]
    own: Mapping[tuple[str, int], Mapping[str, Any]] = field(default_factory=dict)

    def of(self, edition: str, participant_id: int) -> Mapping[str, Any] | None:
        if participant_id not in self.inside:
            return None
        return self.own.get((edition, participant_id)) or self.shared.get(edition)


class CannotTell(Exception):
    """Too much is new, or it is not sure who may be told: pages ask for themselves."""


class Maker(Protocol):
    """Of the messages of one session: knows which it has made news of.

    SECURITY: it reads the messages, then `check_doubt`, then who is there, each once.
    """

    def news_for(self, readers: Readers) -> News | None:
        """In a thread, with a database. None where nothing is new. Raises `CannotTell`."""
        ...


_makers: list[Callable[[str], Maker]] = []


def register_maker(maker: Callable[[str], Maker]) -> None:
    """By the public id of a session. Instead of the one before."""
    _makers[:] = [maker]


# Whether a change of rights is committed and not applied yet to the people in the session with this
# public id: their rows promise more than is true.
type Doubt = Callable[[str], bool]
_doubts: list[Doubt] = []


def register_doubt(doubt: Doubt) -> None:
    """Twice is once."""
    if doubt not in _doubts:
        _doubts.append(doubt)


def check_doubt(session: str) -> None:
    """SECURITY: before the rows of people are read. What is applied to them in one commit, and owed
    no more, would be missed by both questions the other way round. Raises `CannotTell`."""
    if any(doubt(session) for doubt in _doubts):
        raise CannotTell


class Streams(Protocol):
    """What a teller needs of the hub."""

    def readers(self, session: str) -> Readers: ...

    def tell(self, fact: Fact) -> None: ...

    def tell_news(self, session: str, news: News) -> None: ...


class Teller:
    """Touched from the event loop only."""

    def __init__(
        self, streams: Streams, thread: Executor, may_tell: Callable[[], bool] = lambda: True
    ) -> None:
        """While `may_tell` says no, pages ask."""
        self._streams, self._thread, self._may_tell = streams, thread, may_tell
        self._hanging: Future[News | None] | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._due: set[str] = set()
        self._makers: dict[str, Maker] = {}

    def hear(self, session: str) -> None:
        """Messages have come or gone: told at once, or with what else comes in this moment."""
        self._due.add(session)
        if session not in self._tasks:
            self._tasks[session] = asyncio.create_task(self._tell_while_due(session))

    def forget_all_but(self, sessions: Collection[str]) -> None:
        """Nobody listens to any other."""
        self._makers = {one: maker for one, maker in self._makers.items() if one in sessions}

    def end(self) -> None:
        for task in self._tasks.values():
            task.cancel()

    async def _tell_while_due(self, session: str) -> None:
        try:
            while session in self._due:
                self._due.discard(session)
                began = time.monotonic()
                await self._tell(session)
                took = time.monotonic() - began
                await asyncio.sleep(min(max(PAUSE_SECONDS, took), LONGEST_PAUSE_SECONDS))
        finally:
            del self._tasks[session]

    async def _tell(self, session: str) -> None:
        try:
            news = await self._news_of(session)
            if not self._may_tell():
                raise CannotTell
        except CannotTell:
            self._streams.tell(Fact(session, EVERYBODY, FactKind.CHAT))
        else:
            if news is not None:
                self._streams.tell_news(session, news)

    async def _news_of(self, session: str) -> News | None:
        """Raises `CannotTell`."""
        readers = self._streams.readers(session)
        if not readers or not _makers or self._is_hanging() or not self._may_tell():
            raise CannotTell
        maker = self._makers.setdefault(session, _makers[0](session))
        making = self._thread.submit(_made, maker, readers)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(making), LONGEST_SECONDS)
        except CannotTell:
            raise
        except TimeoutError as error:
            logger.warning("What is new in a chat is waited for in vain; pages ask.")
            if not making.done():  # nor cancelled, as what has not begun is
                self._hanging = making
            raise CannotTell from error
        except Exception as error:
            logger.exception("What is new in a chat could not be told; its pages ask.")
            raise CannotTell from error

    def _is_hanging(self) -> bool:
        """Whether the thread stands still: nothing more is put behind that."""
        return self._hanging is not None and not self._hanging.done()


def _made(maker: Maker, readers: Readers) -> News | None:
    close_old_connections()
    try:
        return maker.news_for(readers)
    except DatabaseError as error:
        logger.warning("What is new in a chat could not be read: %s", error)
        raise CannotTell from error
    finally:
        close_old_connections()
