"""The bus over PostgreSQL's LISTEN and NOTIFY: nothing to install beside the database.

The listener has one connection of its own, straight to PostgreSQL: behind a pooler that hands
connections on between transactions nothing is heard.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial

import psycopg
from django.db import connection, connections

from media_items.live.events.bus import as_text, listen_with_retries
from media_items.live.events.facts import Fact
from media_items.live.events.hub import Hub

CHANNEL = "foyer_live"  # channels are each database's own
# PostgreSQL carries less than 8,000 bytes at once; a long fact (the words with which two browsers
# begin to send each other pictures) goes in pieces, together in one transaction and in order.
PIECE_BYTES = 7_000
# A connection that died without a word is found out this soon.
CHECK_SECONDS = 10
# SECURITY: pieces whose rest never comes are not kept for ever.
MOST_UNFINISHED = 64


class PostgresBus:
    def publish(self, fact: Fact) -> None:
        self.publish_all([fact])

    def publish_all(self, facts: Sequence[Fact]) -> None:
        payloads = [piece for fact in facts for piece in in_pieces(as_text(fact))]
        calls = ", ".join(["pg_notify(%s, %s)"] * len(payloads))
        words = [word for payload in payloads for word in (CHANNEL, payload)]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {calls}", words)

    async def listen(self, hub: Hub, *, on_return: Callable[[], None]) -> None:
        await listen_with_retries(
            partial(_heard, connections["default"].get_connection_params()),
            hub,
            on_return=on_return,
        )


async def _heard(params: dict[str, object], connected: Callable[[], None]) -> AsyncIterator[str]:
    """Raises OSError when the connection is lost, or cannot be had."""
    wanted = {
        name: value
        for name, value in params.items()
        if name not in {"context", "cursor_factory", "prepare_threshold"}
    }
    wanted |= {"autocommit": True, "connect_timeout": 5, "application_name": "foyer events"}
    try:
        async with await psycopg.AsyncConnection.connect(**wanted) as own:  # type: ignore[arg-type]
            await own.execute(f"LISTEN {CHANNEL}")
            connected()
            pieces = PieceJoiner()
            while True:
                async for notice in own.notifies(timeout=CHECK_SECONDS):
                    if (text := pieces.join(notice.payload)) is not None:
                        yield text
                async with asyncio.timeout(CHECK_SECONDS):
                    await own.execute("SELECT 1")
    except psycopg.Error as error:
        raise OSError(str(error)) from error


def in_pieces(text: str) -> list[str]:
    """One payload as it is, or several headed by «~id:number:how many:»."""
    if len(text) <= PIECE_BYTES:
        return [text]
    cut = [text[start : start + PIECE_BYTES] for start in range(0, len(text), PIECE_BYTES)]
    name = secrets.token_hex(8)
    return [f"~{name}:{number}:{len(cut)}:{piece}" for number, piece in enumerate(cut)]


class PieceJoiner:
    """Puts together what `in_pieces` took apart."""

    def __init__(self) -> None:
        self._unfinished: dict[str, list[str]] = {}

    def join(self, payload: str) -> str | None:
        """The text, once its last piece is here."""
        if not payload.startswith("~"):
            return payload
        name, number, count, piece = payload.split(":", 3)
        if number == "0":
            while len(self._unfinished) >= MOST_UNFINISHED:
                del self._unfinished[next(iter(self._unfinished))]
            self._unfinished[name] = []
        parts = self._unfinished.get(name, [])
        parts.append(piece)
        if number != str(int(count) - 1):
            return None
        self._unfinished.pop(name, None)
        return "".join(parts)
