"""The bus that carries facts from the process that announces them to the one with the streams."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Sequence
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from media_items.live.events.facts import Fact
from media_items.live.events.hub import HUB, Hub

logger = logging.getLogger(__name__)

SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 8.0
# A larger fact is refused: nothing that is announced comes near it.
MOST_BYTES = 64 * 1024


class Bus(Protocol):
    def publish(self, fact: Fact) -> None:
        """From any thread of any process. May raise; `announce` calls it so that nothing committed
        fails."""
        ...

    def publish_all(self, facts: Sequence[Fact]) -> None:
        """The same for many, at once."""
        ...

    async def listen(self, hub: Hub, *, on_return: Callable[[], None]) -> None:
        """Hands the hub every fact, until cancelled. `on_return` is called when facts may have been
        lost and are heard again from now on."""
        ...


class MemoryBus:
    """Announcer and streams live in one process: the embedded default."""

    def publish(self, fact: Fact) -> None:
        HUB.deliver_from_thread(fact)

    def publish_all(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            self.publish(fact)

    async def listen(self, hub: Hub, *, on_return: Callable[[], None]) -> None:
        await asyncio.Event().wait()


_BUSES = {
    "memory": "media_items.live.events.bus.MemoryBus",
    "postgres": "media_items.live.events.postgres_bus.PostgresBus",
    "redis": "media_items.live.events.redis_bus.RedisBus",
}


@cache
def current_bus() -> Bus:
    bus: Bus = import_string(_BUSES[settings.LIVE_BUS])()
    return bus


async def listen_with_retries(
    connect: Callable[[Callable[[], None]], AsyncIterator[str]],
    hub: Hub,
    *,
    on_return: Callable[[], None],
) -> None:
    """Listens until cancelled, and connects again after growing pauses. `connect` yields facts as
    they were published, and calls its argument once it listens. When it raises OSError, or ends,
    the connection is lost."""
    pause, first = SHORTEST_PAUSE_SECONDS, True

    def connected() -> None:
        nonlocal pause, first
        pause = SHORTEST_PAUSE_SECONDS
        if not first:
            logger.warning("The bus of live sessions is back.")
            on_return()
        first = False

    while True:
        reason = "it ended"
        try:
            async for text in connect(connected):
                _hand_over(text, hub)
        except OSError as error:
            reason = str(error).strip() or type(error).__name__
        # Not the first connection any more, even if there never was one: facts may be lost already.
        first = False
        wait = pause * random.uniform(0.5, 1)  # noqa: S311 - spreads load only
        logger.warning("The bus of live sessions is away (%s); again in %.1f s.", reason, wait)
        await asyncio.sleep(wait)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _hand_over(text: str, hub: Hub) -> None:
    try:
        fact = Fact.from_json(text)
    except ValueError:
        logger.warning("Something that is not a fact came over the bus of live sessions.")
    else:
        hub.deliver(fact)


def as_text(fact: Fact) -> str:
    """Raises ValueError for one that is far too large."""
    text = fact.as_json()
    if len(text) > MOST_BYTES:
        raise ValueError(f"A fact of {len(text)} bytes is not for the bus.")
    return text
