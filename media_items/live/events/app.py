"""The event stream as a small ASGI application: no Django request, no thread and no database
connection for a listener. Why: docs/adr/0010."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Iterator
from typing import Any

from media_items.live.events.hub import HUB, Hub
from media_items.live.events.streams import Stream
from media_items.live.events.tickets import COOKIE_NAME, BadTicket, Ticket, read_ticket

PREFIX = "/events/"
_PATH = re.compile(r"/events/([A-Za-z0-9]{8,32})/")
# SECURITY: a browser may send several cookies of one name; more than a few are no browser of ours.
MOST_COOKIES = 4

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
# SECURITY: to pages of a neighbour below the same domain browsers send the cookie as well, and say
# so. What does not say who asks is no browser that would.
_OURS = frozenset({b"same-origin", b"none"})


async def events(scope: dict[str, Any], receive: Any, send: Any, *, hub: Hub = HUB) -> None:
    """Answers `GET /events/<session>/` with the stream, or with a status and nothing else."""
    path = _PATH.fullmatch(scope["path"])
    if path is None or scope["method"] != "GET":
        await _refuse(send, 404 if path is None else 405)
        return
    if any(name == b"sec-fetch-site" and by not in _OURS for name, by in scope["headers"]):
        await _refuse(send, 403)
        return
    try:
        stream = hub.open(_ticket_of(scope, path[1]))
    except BadTicket:
        await _refuse(send, 403)
        return
    stream.task = asyncio.current_task()
    watcher = asyncio.create_task(_end_when_gone(stream, receive))
    try:
        await _write(stream, send)
    except asyncio.CancelledError:
        # The reader stands still and what it was sent cannot be finished: the connection is closed.
        if not stream.was_dropped or stream.task is None:
            raise
        stream.task.uncancel()
    finally:
        hub.finish(stream)
        watcher.cancel()
        stream.task = None


async def _end_when_gone(stream: Stream, receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


async def _write(stream: Stream, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    # Those who were cut off together do not come back together.
    piece = b"retry: %d\n\n" % random.randint(1000, 4000)  # noqa: S311 - spreads load only
    while piece:
        stream.sending_since = time.monotonic()
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        stream.sending_since, stream.quiet_since = None, time.monotonic()
        piece = await stream.next()
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _ticket_of(scope: dict[str, Any], session: str) -> Ticket:
    """The first that is good. Raises `BadTicket`."""
    for number, value in enumerate(_cookies(scope)):
        if number < MOST_COOKIES:
            try:
                return read_ticket(value, session=session)
            except BadTicket:
                continue
    raise BadTicket


def _cookies(scope: dict[str, Any]) -> Iterator[str]:
    """Of our name. Other cookies may hold anything at all, so nothing of them is read."""
    ours = f"{COOKIE_NAME}="
    for name, value in scope["headers"]:
        if name == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                if pair.strip().startswith(ours):
                    yield pair.strip()[len(ours) :]


async def _refuse(send: Any, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store")]
    headers += [(b"allow", b"GET")] if status == 405 else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
