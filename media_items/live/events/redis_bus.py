"""The bus over Redis (REDIS_URL), for sites that have one anyway."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from urllib.parse import urlsplit

import redis
import redis.asyncio
from django.conf import settings
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from media_items.live.events.bus import as_text, listen_with_retries
from media_items.live.events.facts import Fact
from media_items.live.events.hub import Hub

# An announcement waits no longer than this for a Redis that does not answer.
PUBLISH_SECONDS = 1
# A connection that died without a word is found out this soon.
CHECK_SECONDS = 10


def channel() -> str:
    """Channels are shared by all databases of a Redis, so it says which site is meant."""
    return f"foyer:live:{urlsplit(settings.SITE_URL).netloc}"


class RedisBus:
    def __init__(self) -> None:
        self._client = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=PUBLISH_SECONDS,
            socket_connect_timeout=PUBLISH_SECONDS,
            retry=Retry(NoBackoff(), 1),  # one retry: Redis may have closed an idle connection
        )

    def publish(self, fact: Fact) -> None:
        self._client.publish(channel(), as_text(fact))

    def publish_all(self, facts: Sequence[Fact]) -> None:
        with self._client.pipeline(transaction=False) as together:
            for fact in facts:
                together.publish(channel(), as_text(fact))
            together.execute()

    async def listen(self, hub: Hub, *, on_return: Callable[[], None]) -> None:
        await listen_with_retries(_heard, hub, on_return=on_return)


async def _heard(connected: Callable[[], None]) -> AsyncIterator[str]:
    """Raises OSError when the connection is lost, or cannot be had."""
    client = redis.asyncio.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=5,
        socket_timeout=CHECK_SECONDS,
        retry=AsyncRetry(NoBackoff(), 0),
        decode_responses=True,
    )
    own = client.pubsub()
    try:
        await own.subscribe(channel())
        while True:
            message = await own.get_message(timeout=CHECK_SECONDS)
            if message is None:
                await own.ping()
            elif message["type"] == "subscribe":
                connected()
            elif message["type"] == "message":
                yield message["data"]
    except redis.RedisError as error:
        raise OSError(str(error)) from error
    finally:
        await own.aclose()
        await client.aclose()
