"""The process with the streams, from the start of the ASGI server to its stop: it hears the bus,
looks after the streams, and does the upkeep of the sessions.

However many listen, this is one task for each duty, two threads (upkeep, and what is new in the
chats), and a database connection for each of them (and with LIVE_BUS=postgres one more that only
listens).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from media_items.live.events.bus import current_bus
from media_items.live.events.hub import HUB, Hub
from media_items.live.events.presence import Attendance
from media_items.live.events.telling import LONGEST_SECONDS, Teller
from media_items.live.sessions import upkeep

logger = logging.getLogger(__name__)

LOOK_AFTER_SECONDS = 1
TICK_SECONDS = 3
# After an unexpected error a duty starts again.
AGAIN_SECONDS = 5


class Process:
    def __init__(self, hub: Hub = HUB) -> None:
        self._hub = hub
        self._duties: list[asyncio.Task[None]] = []
        # How often the bus has come back, and as of which time the cuts were read.
        self._returns, self._cuts_read = 0, -1
        self._is_due = asyncio.Event()

    async def begin(self) -> None:
        self._hub.run_in(asyncio.get_running_loop())
        # All that touches the database, so that one connection is enough for each.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="upkeep")
        self._telling = ThreadPoolExecutor(1, thread_name_prefix="telling")
        self._hub.teller = self._teller = Teller(self._hub, self._telling, self._knows_cuts)
        # Before the first stream is opened: tickets from before the restart may have been cut.
        await self._upkeep_once()
        for duty in (self._hear, self._look_after, self._upkeep):
            self._duties.append(asyncio.create_task(_restart_on_error(duty)))

    async def end(self) -> None:
        for task in self._duties:
            task.cancel()
        await asyncio.gather(*self._duties, return_exceptions=True)
        self._hub.end_all()
        self._hub.teller = None
        self._teller.end()
        self._hub.run_in(None)
        for thread in (self._thread, self._telling):
            closing = thread.submit(connections.close_all)
            with suppress(TimeoutError):  # a statement hangs
                await asyncio.wait_for(asyncio.wrap_future(closing), LONGEST_SECONDS)
            thread.shutdown(wait=False)

    async def _hear(self) -> None:
        await current_bus().listen(self._hub, on_return=self._on_return)

    def _on_return(self) -> None:
        self._returns += 1
        self._is_due.set()
        self._hub.missed_something()

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AFTER_SECONDS)
            self._hub.look_after()

    async def _upkeep(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_due.wait(), TICK_SECONDS)
            self._is_due.clear()
            await self._upkeep_once()

    def _knows_cuts(self) -> bool:
        """SECURITY: whoever was cut may listen still while it does not, and is told no word."""
        return self._cuts_read == self._returns

    async def _upkeep_once(self) -> None:
        """A database that is away is asked again with the next tick."""
        attendance = self._hub.attendance() if self._duties else None
        returns = self._returns
        work = asyncio.get_running_loop().run_in_executor(
            self._thread, _upkeep_in_thread, attendance, not self._knows_cuts()
        )
        cuts = await work
        if cuts is not None:
            for participant_id, at in cuts.items():
                self._hub.cut(participant_id, at)
            self._cuts_read = returns


def _upkeep_in_thread(attendance: Attendance | None, with_cuts: bool) -> dict[int, float] | None:
    """The cuts that were asked for, or None. `attendance` is None before there can be streams."""
    close_old_connections()
    cuts = None
    try:
        if with_cuts:
            cuts = upkeep.recent_cuts(since=time.time() - settings.LIVE_TICKET_SECONDS)
        if attendance is not None:
            upkeep.tick(datetime.now(UTC), attendance)
    except DatabaseError as error:
        logger.warning("The upkeep of the sessions failed: %s", error)
    finally:
        close_old_connections()
    return cuts


async def _restart_on_error(duty: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await duty()
        except Exception:
            logger.exception("A duty of the event process failed; it is taken up again.")
        await asyncio.sleep(AGAIN_SECONDS)
