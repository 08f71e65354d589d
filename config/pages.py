"""Django's pages inside an ASGI server: a2wsgi, and what it leaves to whoever uses it.

A body without a length is refused, a body that breaks off is never taken for a whole one, and a
reader who has gone away holds no thread. Tried: tests/config/test_pages.py.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from a2wsgi import WSGIMiddleware

# How many pages are made side by side; an upload holds one of these for as long as it lasts.
THREADS = 16
# Between two pieces of a body; an upload over a bad line is slow and not silent.
LONGEST_SILENCE_SECONDS = 60
_LINE = "foyer.line"


class BrokeOff(OSError):
    """The browser went away in the middle of what it was sending; Django knows OSError here."""


class Line:
    """The way to one browser: what it sends, and whether it is still there."""

    def __init__(self, receive: Any) -> None:
        self._receive = receive
        self._whole = False
        self._watch: asyncio.Task[None] | None = None
        self.gone = threading.Event()

    async def receive(self) -> Any:
        """Raises `BrokeOff`."""
        # SECURITY: a thread waits for what this brings. Somebody who sends a piece and then nothing
        # would hold one for as long as they like, and with a few of them the whole site.
        try:
            async with asyncio.timeout(LONGEST_SILENCE_SECONDS):
                message = await self._receive()
        except TimeoutError:
            self.gone.set()
            raise BrokeOff("The browser sends nothing any more.") from None
        if message["type"] == "http.disconnect":
            self.gone.set()
            raise BrokeOff("The browser has gone away.")
        self._whole = not message.get("more_body", False)
        if self._whole:
            # Nothing more comes but the end of the line.
            self._watch = asyncio.create_task(self._until_gone())
        return message

    async def receive_or_none(self) -> Any:
        try:
            return await self.receive()
        except BrokeOff:
            return None

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.gone.set()

    def hang_up(self) -> None:
        self.gone.set()
        if self._watch is not None:
            self._watch.cancel()


class Pages:
    """An ASGI application. `under_way` is how many answers are being made."""

    def __init__(self, wsgi: Callable[..., Any], *, threads: int = THREADS) -> None:
        self._wsgi = wsgi
        # a2wsgi types the environment more narrowly than PEP 3333 does.
        self._middleware: Any = WSGIMiddleware(cast("Any", self._until_gone), workers=threads)
        self.under_way = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        names = {name for name, _value in scope["headers"]}
        if b"transfer-encoding" in names:
            await _ask_for_a_length(send)
            return
        line = Line(receive)
        # Without a body: from here on it can be seen when the browser goes away.
        first = None if b"content-length" in names else await line.receive_or_none()

        async def receive_again() -> Any:
            nonlocal first
            message, first = first, None
            return message or await line.receive()

        # SECURITY: in WSGI `X_Forwarded_For` would pass for `X-Forwarded-For`. As gunicorn does.
        headers = [pair for pair in scope["headers"] if b"_" not in pair[0]]
        self.under_way += 1
        try:
            await self._middleware({**scope, "headers": headers, _LINE: line}, receive_again, send)
        finally:
            self.under_way -= 1
            line.hang_up()

    def _until_gone(self, environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        """The pages, for as long as somebody is there to read them."""
        gone = environ["asgi.scope"][_LINE].gone
        answer: Iterable[bytes] = self._wsgi(environ, start_response)
        try:
            for piece in answer:
                if gone.is_set():
                    break
                yield piece
        finally:
            getattr(answer, "close", lambda: None)()


async def _ask_for_a_length(send: Any) -> None:
    """WSGI would see an empty body, and whatever was sent would be lost without a word."""
    words = b"This server needs to know the length of what is sent (Content-Length).\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(words)),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 411, "headers": headers})
    await send({"type": "http.response.body", "body": words})
