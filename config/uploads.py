"""Whose turn it is: large uploads hold a thread for as long as they last, so they are counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Slots:
    """`total` at a time, `per_network` of one network; whoever is too many waits. Where networks
    are not told apart (""), the total counts alone."""

    def __init__(self, total: int, *, per_network: int) -> None:
        self.total, self.per_network = total, per_network
        self._taken: Counter[str] = Counter()
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def one(self, network: str) -> AsyncIterator[None]:
        async with self._changed:
            await self._changed.wait_for(lambda: self._is_free(network))
            self._taken[network] += 1
        try:
            yield
        finally:
            self._taken[network] -= 1
            if not self._taken[network]:
                del self._taken[network]
            async with self._changed:
                self._changed.notify_all()

    def _is_free(self, network: str) -> bool:
        most = self.per_network if network else self.total
        return self._taken.total() < self.total and self._taken[network] < most
