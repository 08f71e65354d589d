"""Whose turn it is, where more ask at once than are served: for large uploads, and for files."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count

# How many wait in all, and of one network: a hall of which everybody hands something in. Nobody who
# waits is sent away for a newcomer.
LINE, LINE_PER_NETWORK = 1_000, 500
SECONDS_BETWEEN_LOOKS = 1.0


class LineFull(Exception):
    """Too many wait already."""


class Gone(Exception):
    """The browser disconnected before its turn came."""


class Slots:
    """`total` at a time, `per_network` of one network; whoever is too many waits, in order of
    coming. Where networks are not told apart (""), the totals count alone. Lives on one loop."""

    def __init__(
        self,
        total: int,
        *,
        per_network: int,
        line: int = LINE,
        line_per_network: int = LINE_PER_NETWORK,
    ) -> None:
        self.total, self.per_network = total, per_network
        self.line, self.line_per_network = line, line_per_network
        self._taken: Counter[str] = Counter()
        self._came = count()
        # By network, each in order of coming: one that has its share is passed over at once.
        self._lines: dict[str, dict[asyncio.Future[None], int]] = {}
        self.waiting = 0

    @asynccontextmanager
    async def one(
        self, network: str, is_gone: Callable[[], bool] = lambda: False
    ) -> AsyncIterator[None]:
        """Raises `LineFull` and `Gone`; `is_gone` is asked each second while it waits."""
        if not self._is_free(network):
            await self._wait(network, is_gone)
        else:
            self._taken[network] += 1
        try:
            yield
        finally:
            self._give_back(network)

    async def _wait(self, network: str, is_gone: Callable[[], bool]) -> None:
        is_full = bool(network) and len(self._lines.get(network, ())) >= self.line_per_network
        if is_full or self.waiting >= self.line:
            raise LineFull
        turn = asyncio.get_running_loop().create_future()
        self._lines.setdefault(network, {})[turn] = next(self._came)
        self.waiting += 1
        try:
            while not turn.done():
                await asyncio.wait([turn], timeout=SECONDS_BETWEEN_LOOKS)
                if not turn.done() and is_gone():
                    raise Gone
        except BaseException:
            if turn.done():
                self._give_back(network)
            raise
        finally:
            self._leave(turn, network)

    def _leave(self, turn: asyncio.Future[None], network: str) -> None:
        line = self._lines.get(network, {})
        if line.pop(turn, None) is not None:
            self.waiting -= 1
            if not line:
                del self._lines[network]

    def _give_back(self, network: str) -> None:
        self._taken[network] -= 1
        if not self._taken[network]:
            del self._taken[network]
        while (first := self._first()) is not None:
            turn, of_network = first
            self._leave(turn, of_network)
            self._taken[of_network] += 1
            turn.set_result(None)

    def _first(self) -> tuple[asyncio.Future[None], str] | None:
        """Who came first of those whose turn it may be."""
        heads = [
            (next(iter(line.items())), network)
            for network, line in self._lines.items()
            if self._is_free(network)
        ]
        if not heads:
            return None
        (turn, _came), network = min(heads, key=lambda head: head[0][1])
        return turn, network

    def _is_free(self, network: str) -> bool:
        most = self.per_network if network else self.total
        return self._taken.total() < self.total and self._taken[network] < most
