"""Django's pages inside an ASGI server: a2wsgi, and what a2wsgi leaves to the site that uses it.

A body without a length is refused, a body that ends too early is never taken for a whole one, and a
browser that has disconnected holds no thread. Shown by tests/config/test_pages.py.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from a2wsgi import WSGIMiddleware

# How many requests are answered side by side; an upload holds one thread for as long as it lasts.
THREADS = 16
# Between two pieces of a body; an upload over a bad connection is slow, but not silent.
LONGEST_SILENCE_SECONDS = 60
_CONNECTION = "foyer.connection"


class Disconnected(OSError):
    """The browser disconnected while it was sending. Django expects an OSError here."""


class Connection:
    """The connection to one browser: what it sends, and whether it is still open."""

    def __init__(self, receive: Any) -> None:
        self._receive = receive
        self._whole = False
        self._watch: asyncio.Task[None] | None = None
        self.gone = threading.Event()

    async def receive(self) -> Any:
        """Raises `Disconnected`."""
        # SECURITY: a thread waits for this message. Somebody who sends a piece and then nothing
        # would hold the thread as long as they like, and with a few requests the whole site.
        try:
            async with asyncio.timeout(LONGEST_SILENCE_SECONDS):
                message = await self._receive()
        except TimeoutError:
            self.gone.set()
            raise Disconnected("The browser has stopped sending.") from None
        if message["type"] == "http.disconnect":
            self.gone.set()
            raise Disconnected("The browser has disconnected.")
        self._whole = not message.get("more_body", False)
        if self._whole:
            # The only message that still follows is the disconnect.
            self._watch = asyncio.create_task(self._wait_until_gone())
        return message

    async def receive_or_none(self) -> Any:
        try:
            return await self.receive()
        except Disconnected:
            return None

    async def _wait_until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.gone.set()

    def close(self) -> None:
        self.gone.set()
        if self._watch is not None:
            self._watch.cancel()


class Pages:
    """An ASGI application. `under_way` is the number of requests being answered."""

    def __init__(self, wsgi: Callable[..., Any], *, threads: int = THREADS) -> None:
        self._wsgi = wsgi
        # a2wsgi types the environment more narrowly than PEP 3333 does.
        self._middleware: Any = WSGIMiddleware(cast("Any", self._answer), workers=threads)
        self.under_way = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        names = {name for name, _value in scope["headers"]}
        if b"transfer-encoding" in names:
            await _refuse_without_length(send)
            return
        connection = Connection(receive)
        # Without a body, a disconnect can be seen from here on.
        first = None if b"content-length" in names else await connection.receive_or_none()

        async def receive_again() -> Any:
            nonlocal first
            message, first = first, None
            return message or await connection.receive()

        # SECURITY: in WSGI `X_Forwarded_For` would pass for `X-Forwarded-For`. As gunicorn does.
        headers = [pair for pair in scope["headers"] if b"_" not in pair[0]]
        self.under_way += 1
        try:
            await self._middleware(
                {**scope, "headers": headers, _CONNECTION: connection}, receive_again, send
            )
        finally:
            self.under_way -= 1
            connection.close()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        """The WSGI answer, cut short when the browser disconnects."""
        gone = environ["asgi.scope"][_CONNECTION].gone
        answer: Iterable[bytes] = self._wsgi(environ, start_response)
        try:
            for piece in answer:
                if gone.is_set():
                    break
                yield piece
        finally:
            getattr(answer, "close", lambda: None)()


async def _refuse_without_length(send: Any) -> None:
    """Answers 411. WSGI would see an empty body, and what was sent would be lost without notice."""
    words = b"This server needs to know the length of what is sent (Content-Length).\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(words)),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 411, "headers": headers})
    await send({"type": "http.response.body", "body": words})
