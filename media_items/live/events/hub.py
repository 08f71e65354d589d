"""The open streams of this process, and handing each fact to those that may hear it.

Touched from one event loop only; other threads come in by `deliver_from_thread`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from media_items.live.events.facts import (
    EVERYBODY,
    ONLY_MESSAGES,
    STATES,
    Fact,
    FactKind,
    participant_of,
)
from media_items.live.events.presence import REMEMBERED_SECONDS, Attendance, Departures
from media_items.live.events.streams import Stream
from media_items.live.events.telling import News, Readers, Teller
from media_items.live.events.tickets import BadTicket, Ticket

# One person's windows. The oldest is told to poll when another is opened.
STREAMS_EACH = 6
# How widely pages spread their asking, per listener of the session, and at least, when facts were
# lost.
SPREAD_MS_PER_LISTENER = 2.5
SPREAD_MS_WHEN_MISSED = 1000
# Facts of these kinds say only that something changed, and come in crowds: a crowd is one fact.
TOLD_ONCE_A_SECOND = frozenset({FactKind.PARTICIPANTS, FactKind.KNOCK})
# SECURITY: anybody who leaves makes all pages of the item ask; a hundred who leave make them ask
# twice. Of one person alone it is told each time.
_TOLD_ONCE_TO_ALL = frozenset({FactKind.RIGHTS})
# SECURITY: a ticket written this soon after a cut may have been judged before it, or by a clock
# that goes ahead. Its stream ends then; the next ticket is judged by what is true after the cut.
DOUBTFUL_SECONDS = 10

# SECURITY: pages renew a ticket sooner. To a stream by an older one only that there is something is
# told, and its page asks.
WORDS_SECONDS = 70

# Told again to whoever was read before it was told and listens after.
_TOLD_AGAIN = frozenset({*STATES, FactKind.RIGHTS})

_CLOSED = b"event: closed\ndata: {}\n\n"
_CROWDED = b"event: crowded\ndata: {}\n\n"


class Hub:
    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        # Of a process that reads messages for its streams; without one, pages ask.
        self.teller: Teller | None = None
        self._forget_everything()

    def _forget_everything(self) -> None:
        self._streams: dict[str, dict[str, set[Stream]]] = {}
        self._of: dict[int, list[Stream]] = {}
        self._unfinished: set[Stream] = set()
        self._departures = Departures()
        self._cuts: dict[int, float] = {}
        self._soon: dict[tuple[str, str, str], Fact | None] = {}
        # Session, recipients and kind → when the newest was told, and as it was written.
        self._told: dict[tuple[str, str, str], tuple[float, bytes]] = {}
        self._missed_at = time.time()  # also before this process began to listen
        self._since = datetime.now(UTC)
        # Browsers drop what they heard before, on the stream that this one replaces.
        self._series, self._number = f"{time.time_ns():x}", 0

    def run_in(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """The process begins to listen, or, with None, stops."""
        self._loop = loop
        self._forget_everything()

    # --- streams come and go ------------------------------------------------------------------

    def open(self, ticket: Ticket) -> Stream:
        """Raises `BadTicket` for one that was cut."""
        stream = Stream(ticket, self._ends_at(ticket))
        self._unfinished.add(stream)
        for group in ticket.recipients:
            self._streams.setdefault(ticket.session, {}).setdefault(group, set()).add(stream)
        mine = self._of.setdefault(ticket.participant_id, [])
        mine.append(stream)
        self._departures.came(ticket.participant_id)
        if len(mine) > STREAMS_EACH:
            mine[0].end(last=_CROWDED)
            self.discard(mine[0])
        self._catch_up(stream)
        return stream

    def _catch_up(self, stream: Stream) -> None:
        """What was told between the reading of the page and now. Under the number it had: whoever
        heard it by the stream before hears it once."""
        ticket = stream.ticket
        if self._missed_at >= ticket.read_at:
            missed = Fact(ticket.session, "", FactKind.MISSED)
            stream.put(self._written(missed, 1, at_least=SPREAD_MS_WHEN_MISSED))
            return
        for group in ticket.recipients:
            for kind in _TOLD_AGAIN:
                at, piece = self._told.get((ticket.session, group, kind), (0.0, b""))
                if at >= ticket.read_at:
                    stream.put(piece)

    def finish(self, stream: Stream) -> None:
        """Its connection is done with."""
        self.discard(stream)
        self._unfinished.discard(stream)

    def discard(self, stream: Stream) -> None:
        """It hears nothing more, even if its last words are still on the way. Twice is once."""
        ticket = stream.ticket
        mine = self._of.get(ticket.participant_id, [])
        if stream not in mine:
            return
        mine.remove(stream)
        if not mine:
            del self._of[ticket.participant_id]
            if ticket.participant_id > 0:
                self._departures.went(ticket.participant_id, time.time())
        groups = self._streams[ticket.session]
        for group in ticket.recipients:
            groups[group].discard(stream)
            if not groups[group]:
                del groups[group]
        if not groups:
            del self._streams[ticket.session]

    def end_all(self) -> None:
        """The process stops; the browsers come back to the next one."""
        for stream in list(self._unfinished):
            stream.end()
            self.discard(stream)

    def look_after(self) -> None:
        """Once a second: tickets run out, silent streams give a sign of life, stuck ones go."""
        now, ticking = time.time(), time.monotonic()
        for stream in list(self._unfinished):
            stream.look_after(now, ticking)
            if stream.is_over:
                self.discard(stream)
        self._departures.forget(before=now - REMEMBERED_SECONDS)
        oldest = now - settings.LIVE_TICKET_SECONDS
        self._cuts = {one: at for one, at in self._cuts.items() if at > oldest}
        self._told = {of: told for of, told in self._told.items() if told[0] > oldest}
        if self.teller is not None:
            self.teller.forget_all_but(self._streams)

    def attendance(self) -> Attendance:
        """Of participants; whoever reads the page of an item (`tickets.reader_number`) is none."""
        here = frozenset(one for one in self._of if one > 0)
        return Attendance(here, self._departures.as_moments(), self._since)

    # --- a right has ended --------------------------------------------------------------------

    def cut(self, participant_id: int, at: float) -> None:
        """Their streams end, and tickets from before `at` open no other."""
        self._cuts[participant_id] = max(at, self._cuts.get(participant_id, 0.0))
        for stream in list(self._of.get(participant_id, ())):
            if stream.ticket.issued_at < at:
                stream.end(last=_CLOSED)
                self.discard(stream)
            elif stream.ticket.issued_at < at + DOUBTFUL_SECONDS:
                stream.ends_at = min(stream.ends_at, at + DOUBTFUL_SECONDS)

    def _ends_at(self, ticket: Ticket) -> float:
        """Raises `BadTicket`."""
        cut = self._cuts.get(ticket.participant_id)
        if cut is None or ticket.issued_at >= cut + DOUBTFUL_SECONDS:
            return ticket.expires_at
        ends_at = min(ticket.expires_at, cut + DOUBTFUL_SECONDS)
        if ticket.issued_at < cut or ends_at <= time.time():
            raise BadTicket
        return ends_at

    # --- facts --------------------------------------------------------------------------------

    def deliver_from_thread(self, fact: Fact) -> None:
        """Nobody listens in this process: nothing to do."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.deliver, fact)

    def deliver(self, fact: Fact) -> None:
        if fact.kind == FactKind.CLOSE:
            self._cut_by(fact)
        elif fact.kind in TOLD_ONCE_A_SECOND or (
            fact.kind in _TOLD_ONCE_TO_ALL and fact.recipients == EVERYBODY
        ):
            self._tell_once(fact)
        elif fact.data.get(ONLY_MESSAGES):
            self._tell_messages(fact)
        else:
            self.tell(fact)

    def missed_something(self) -> None:
        """The bus was away: everybody asks again once, spread over a while."""
        self._missed_at = time.time()
        for session, groups in self._streams.items():
            everyone: set[Stream] = set().union(*groups.values())
            piece = self._written(
                Fact(session, "", FactKind.MISSED), len(everyone), at_least=SPREAD_MS_WHEN_MISSED
            )
            for stream in everyone:
                stream.put(piece)

    def _cut_by(self, fact: Fact) -> None:
        participant_id = participant_of(fact.recipients)
        if participant_id is not None:
            self.cut(participant_id, float(fact.data.get("at") or time.time()))

    def _tell_messages(self, fact: Fact) -> None:
        if self.teller is not None and fact.recipients == EVERYBODY:
            self.teller.hear(fact.session)
        else:
            self.tell(Fact(fact.session, fact.recipients, fact.kind))

    def readers(self, session: str) -> Readers:
        """Who is in the session now, by their edition."""
        found: dict[str, set[int]] = {}
        for stream in self._streams.get(session, {}).get(EVERYBODY, ()):
            if stream.edition:
                found.setdefault(stream.edition, set()).add(stream.ticket.participant_id)
        return {one: frozenset(people) for one, people in found.items()}

    def tell_news(self, session: str, news: News) -> None:
        """To each stream what is new in its edition; to the others, that something is. All of it
        has one number: whoever was told the news asks for it because of no other stream."""
        now = time.time()
        streams = self._streams.get(session, {}).get(EVERYBODY, set())
        number = self._next_number()
        bare = self._written(Fact(session, EVERYBODY, FactKind.CHAT), len(streams), number=number)
        self._told[session, EVERYBODY, FactKind.CHAT] = now, bare
        written: dict[int, bytes] = {}
        for stream in [one for one in streams if one.ends_at > now]:
            data = news.of(stream.edition, stream.ticket.participant_id)
            if data is None or now - stream.ticket.issued_at > WORDS_SECONDS:
                stream.put(bare)
                continue
            if id(data) not in written:
                fact = Fact(session, EVERYBODY, FactKind.MESSAGES, dict(data))
                written[id(data)] = self._written(fact, len(streams), number=number)
            stream.put(written[id(data)])
        self._discard_slow(streams)

    def _tell_once(self, fact: Fact) -> None:
        """The first of a crowd at once, and at the end of the second one more for all the rest."""
        crowd = (fact.session, fact.recipients, fact.kind)
        if crowd in self._soon:
            self._soon[crowd] = fact
            return
        self.tell(fact)
        self._soon[crowd] = None
        asyncio.get_running_loop().call_later(1, self._tell_rest, crowd)

    def _tell_rest(self, crowd: tuple[str, str, str]) -> None:
        fact = self._soon.pop(crowd, None)
        if fact is not None:
            self._tell_once(fact)

    def tell(self, fact: Fact) -> None:
        """The fact as it is, to its recipients."""
        streams = self._streams.get(fact.session, {}).get(fact.recipients, set())
        piece = self._written(fact, len(streams))
        if fact.kind in _TOLD_AGAIN:
            self._told[fact.session, fact.recipients, fact.kind] = time.time(), piece
        for stream in streams:
            stream.put(piece)
        self._discard_slow(streams)

    def _discard_slow(self, streams: Iterable[Stream]) -> None:
        for stream in [one for one in streams if one.is_over]:
            self.discard(stream)

    def _next_number(self) -> int:
        self._number += 1
        return self._number

    def _written(
        self, fact: Fact, listeners: int, *, at_least: float = 0, number: int | None = None
    ) -> bytes:
        number = number or self._next_number()
        data: dict[str, Any] = {
            **fact.data,
            "w": round(max(at_least, listeners * SPREAD_MS_PER_LISTENER)),
        }
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
        head = f"event: {fact.kind}\nid: {self._series}-{number}\n"
        return f"{head}data: {text}\n\n".encode()


HUB = Hub()
