"""One process with the event streams, never two: it keeps who is there, and feeds the broadcasts.

Held by an advisory lock where news goes through PostgreSQL, by a lock in DATA_DIR elsewhere: behind
a pooler, which LIVE_BUS=redis is for, a session's lock means nothing. Either ends with the process.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import signal
import time
from typing import IO, Any

import psycopg
from django.conf import settings
from django.db import connections

logger = logging.getLogger(__name__)

REFUSED = (
    "Another process with event streams runs already, and there must be one, never two: it keeps "
    "who is there. Stop it first; look for a second unit, or a second “make run” with these data."
)
# The one before may still be stopping.
PATIENCE_SECONDS = 10
LOOK_SECONDS = 5
# PostgreSQL forgets a machine that has gone without a word, and with it the lock, within half a
# minute instead of hours.
_KEEPALIVES = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
_NUMBER = 0x666F796572  # “foyer”; locks count within one database


class OnlyOne:
    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience_seconds = patience_seconds
        self._in_database = settings.LIVE_BUS == "postgres"
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._file: IO[bytes] | None = None
        self._watch: asyncio.Task[None] | None = None

    async def take(self) -> bool:
        """False when another process has it, and keeps it. A database that is away is no reason not
        to start: it is asked again as long as the process runs."""
        give_up_at = time.monotonic() + self._patience_seconds
        while not await self._try():
            if time.monotonic() > give_up_at:
                await self._let_go()
                return False
            await asyncio.sleep(0.2)
        if self._in_database and self._watch is None:
            self._watch = asyncio.create_task(self._keep())
        return True

    async def release(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self._let_go()

    async def _try(self) -> bool:
        if not self._in_database:
            return self._lock_file()
        try:
            return await self._lock_in_database()
        except psycopg.Error as error:
            logger.warning("The database cannot say whether another event process runs: %s", error)
            await self._disconnect()
            return True

    def _lock_file(self) -> bool:
        if self._file is None:
            self._file = (settings.DATA_DIR / "events.lock").open("wb")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    async def _lock_in_database(self) -> bool:
        if self._connection is None:
            self._connection = await psycopg.AsyncConnection.connect(**_parameters())
        asked = await self._connection.execute("SELECT pg_try_advisory_lock(%s)", [_NUMBER])
        row = await asked.fetchone()
        return bool(row and row[0])

    async def _let_go(self) -> None:
        await self._disconnect()
        if self._file is not None:
            self._file.close()
            self._file = None

    async def _disconnect(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _keep(self) -> None:
        """A connection that is lost takes the lock with it: it is taken anew, or this process ends
        because another was quicker."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                if self._connection is not None:
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._connection.execute("SELECT 1")
                    continue
            except (psycopg.Error, TimeoutError):
                await self._disconnect()
            if not await self.take():
                logger.critical(REFUSED)
                os.kill(os.getpid(), signal.SIGTERM)
                return


def _parameters() -> dict[str, Any]:
    wanted = {
        name: value
        for name, value in connections["default"].get_connection_params().items()
        if name not in {"context", "cursor_factory", "prepare_threshold"}
    }
    options = f"{wanted.get('options', '')} {_KEEPALIVES}".strip()
    own = {"autocommit": True, "connect_timeout": 5, "application_name": "foyer events, the one"}
    return wanted | own | {"options": options}
