"""Bodies on the disk before a page is asked: how many bytes of them, in all and of one network.

Whoever finds no room waits unread, in order of coming, and nobody overtakes but those whom only
another network's crowd keeps waiting. While somebody waits, the body that has been read longest,
and longer than its time, is cut: slow lines do not keep the room. Why: docs/adr/0020.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from django.conf import settings

from media_items.library.uploads import LEFT_FREE

MB = 1024 * 1024
BYTES, BYTES_PER_NETWORK = 256 * MB, 64 * MB
# A body has so long for itself, however many wait: 4 MB at a megabit a second.
READ_SECONDS = 30
# Bodies of one network that wait; one whose browser has gone waits until its turn. Beyond that the
# longest wait is cut, not the newcomer.
WAITING_PER_NETWORK = 1_000


class NoRoom(OSError):
    """The disk is nearly full."""


@dataclass(eq=False)
class Share:
    """Bytes of the spool for one body, from its first byte until it is thrown away."""

    network: str
    size: int
    granted: asyncio.Future[None]
    until: float = 0
    clock: asyncio.Timeout | None = field(default=None)  # while it is read

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Raises `TimeoutError` when others waited too long for it."""
        try:
            async with asyncio.timeout(None) as self.clock:
                yield
        finally:
            self.clock = None


class Spool:
    """`total` bytes at a time, `per_network` of one network. Where networks are not told apart
    (""), the total counts alone. Lives on one event loop."""

    def __init__(
        self,
        total: int = BYTES,
        *,
        per_network: int = BYTES_PER_NETWORK,
        read_seconds: float = READ_SECONDS,
        waiting_per_network: int = WAITING_PER_NETWORK,
    ) -> None:
        self.total, self.per_network, self.read_seconds = total, per_network, read_seconds
        self._taken: Counter[str] = Counter()
        self._held: dict[Share, None] = {}  # the longest held first
        self._waiting: dict[Share, None] = {}
        self._waiting_of: defaultdict[str, dict[Share, None]] = defaultdict(dict)
        self.waiting_per_network = waiting_per_network
        self._next_look: asyncio.TimerHandle | None = None

    @property
    def taken(self) -> int:
        return self._taken.total()

    @asynccontextmanager
    async def share(self, network: str, size: int) -> AsyncIterator[Share]:
        """Waits until there is room. Raises `NoRoom` when the disk is nearly full, and
        `TimeoutError` when too many of its network wait."""
        share = Share(network, size, asyncio.get_running_loop().create_future())
        self._wait(share)
        try:
            await share.granted
            # All that is promised to others and not written yet may still come.
            if shutil.disk_usage(settings.FILE_UPLOAD_TEMP_DIR).free < self.taken + LEFT_FREE:
                raise NoRoom("The disk is nearly full.")
            yield share
        finally:
            self._give_back(share)

    def let_go(self, share: Share) -> None:
        """From the thread of the page that is done with the body, before its answer is read."""
        with suppress(RuntimeError):  # the server has stopped
            share.granted.get_loop().call_soon_threadsafe(self._give_back, share)

    def _wait(self, share: Share) -> None:
        of_network = self._waiting_of[share.network]
        if share.network and len(of_network) >= self.waiting_per_network:
            longest = next(iter(of_network))
            self._end_wait(longest)
            if not longest.granted.done():
                longest.granted.set_exception(TimeoutError("Too many of one network wait."))
            of_network = self._waiting_of[share.network]
        is_first = not of_network
        self._waiting[share] = of_network[share] = None
        if is_first:  # else those before it have no room either
            self._hand_out()

    def _end_wait(self, share: Share) -> None:
        if share in self._waiting:
            del self._waiting[share], self._waiting_of[share.network][share]
            if not self._waiting_of[share.network]:
                del self._waiting_of[share.network]

    def _give_back(self, share: Share) -> None:
        self._end_wait(share)
        if share in self._held:
            del self._held[share]
            self._taken[share.network] -= share.size
            if not self._taken[share.network]:
                del self._taken[share.network]
        self._hand_out()

    def _hand_out(self) -> None:
        full: set[str] = set()
        for share in list(self._waiting):
            if share.network in full:
                continue
            if self._is_network_full(share):
                full.add(share.network)
                self._cut_longest(share.network)
            elif self.taken + share.size > self.total:
                self._cut_longest()
                break
            else:
                self._grant(share)
        if self._waiting and self._next_look is None:
            loop = asyncio.get_running_loop()
            self._next_look = loop.call_later(self.read_seconds / 10, self._look)

    def _look(self) -> None:
        self._next_look = None
        self._hand_out()

    def _grant(self, share: Share) -> None:
        self._end_wait(share)
        self._held[share] = None
        self._taken[share.network] += share.size
        share.until = time.monotonic() + self.read_seconds
        if not share.granted.done():
            share.granted.set_result(None)

    def _is_network_full(self, share: Share) -> bool:
        would_take = self._taken[share.network] + share.size
        return bool(share.network) and would_take > self.per_network

    def _cut_longest(self, network: str | None = None) -> None:
        """One at a time: its end hands out again."""
        now = time.monotonic()
        for share in self._held:
            if network not in {None, share.network}:
                continue
            if share.until > now:
                return
            if share.clock is not None:
                if not share.clock.expired():
                    share.clock.reschedule(asyncio.get_running_loop().time())
                return
