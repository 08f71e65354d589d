"""One open stream: what is still to be sent to one browser, and until when it may listen."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from media_items.live.events.facts import is_edition
from media_items.live.events.tickets import Ticket

# A reader this far behind is dropped; its browser comes back and asks for everything again.
MOST_PIECES, MOST_BYTES = 256, 256 * 1024
# Sending one piece may take this long; a reader that takes nothing for longer is gone.
LONGEST_SEND_SECONDS = 20
# Proxies and browsers give up on a connection that is silent for long.
SIGN_OF_LIFE_SECONDS = 20
_SIGN_OF_LIFE = b": still here\n\n"


class Stream:
    """Lives in the event loop. `ends_at` is in seconds since the epoch."""

    __slots__ = (
        "_bytes", "_pieces", "_wake", "edition", "ends_at", "is_over", "quiet_since",
        "sending_since", "task", "ticket", "was_dropped",
    )  # fmt: skip

    def __init__(self, ticket: Ticket, ends_at: float) -> None:
        self.ticket, self.ends_at = ticket, ends_at
        self.edition = next(filter(is_edition, ticket.recipients), "")
        self.is_over = self.was_dropped = False
        self.task: asyncio.Task[Any] | None = None
        self.quiet_since = time.monotonic()
        self.sending_since: float | None = None
        self._pieces: list[bytes] = []
        self._bytes = 0
        self._wake: asyncio.Future[None] | None = None

    def put(self, piece: bytes) -> None:
        """Never waits and never holds more than the limits: a slow reader is dropped instead."""
        if self.is_over:
            return
        if len(self._pieces) >= MOST_PIECES or self._bytes + len(piece) > MOST_BYTES:
            self.drop()
            return
        self._pieces.append(piece)
        self._bytes += len(piece)
        self._stir()

    def end(self, *, last: bytes = b"") -> None:
        """What was put before is thrown away; `last` is still sent, then the answer is over."""
        if not self.is_over:
            self.is_over = True
            self._pieces, self._bytes = [last] if last else [], len(last)
            self._stir()

    def drop(self) -> None:
        """At once, and without a word: whoever does not read would not hear one either."""
        self.end()
        self.was_dropped = True
        if self.task is not None and self.sending_since is not None:
            self.task.cancel()

    async def next(self) -> bytes:
        """All that is waiting, or b"" when the stream is over."""
        while not self._pieces and not self.is_over:
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake
        found = b"".join(self._pieces)
        self._pieces, self._bytes = [], 0
        return found

    def look_after(self, now: float, ticking: float) -> None:
        """Once a second. `now` since the epoch, `ticking` on the monotonic clock."""
        if now >= self.ends_at:
            self.end()
        if self.sending_since is not None:
            if ticking - self.sending_since > LONGEST_SEND_SECONDS:
                self.drop()
        elif ticking - self.quiet_since > SIGN_OF_LIFE_SECONDS:
            self.put(_SIGN_OF_LIFE)

    def _stir(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)
