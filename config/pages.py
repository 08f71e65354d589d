"""Django's pages inside an ASGI server: a2wsgi, and what a2wsgi leaves to the site that uses it.

A thread works for as long as Django does, never for as long as somebody's line does: small bodies
are read before a thread is taken, files are sent after it is free, and large uploads have threads
of their own. A body without a length is refused, and one that ends too early is never taken for a
whole one. Why: docs/adr/0020. Shown by tests/config/test_pages.py and test_slow_browsers.py.
"""

from __future__ import annotations

import asyncio
import logging
import re
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from functools import partial
from typing import IO, Any, cast

from a2wsgi import WSGIMiddleware
from django.conf import settings

from config.connections import IS_GONE, network_of
from config.spool import Spool
from config.uploads import Gone, LineFull, Slots
from config.wsgi_files import FileToSend, OpenFile, even_pieces, read_in_order

logger = logging.getLogger(__name__)

# How many requests are answered side by side, and how many large uploads besides, in all and from
# one network. Further uploads wait their turn, their browsers with them.
THREADS = 16
UPLOADS, UPLOADS_PER_NETWORK = 32, 16
# Requests for a file are judged so many at a time: a page with two hundred pictures must not keep
# everybody's pages waiting behind it. More would not be sooner: it is the processor that they take.
# One network has all of these but one, so that its crowd does not stand before everybody's files.
FILES_JUDGED, FILES_WAITING = 4, 10_000
_FILE = re.compile(r"/media/[^/]+/(?:files/[^/]+|thumbnail|download)/")
# Reading from the disk, piece by piece, for all files that are being sent.
DISK_THREADS = 4
# A body up to this size is read before Django is asked: every form, and a chunk of a broadcast.
SMALL_BODY_BYTES = 4 * 1024 * 1024 + 64 * 1024
IN_MEMORY_BYTES = 64 * 1024  # a larger one lies on the disk, once there is room (config/spool.py)
# Of an answer that is no file, in pieces of 64 KB: so much is made ahead of a slow reader (6 MB).
PIECES_AHEAD = 96
SECONDS_TO_READ_A_REFUSAL = 2
_CONNECTION = "foyer.connection"


class Disconnected(OSError):
    """The browser disconnected while it was sending. Django expects an OSError here."""


class Connection:
    """The connection to one browser: what it sends, what it is sent, and whether it is open."""

    def __init__(self, receive: Any) -> None:
        self._receive = receive
        self._watch: asyncio.Task[None] | None = None
        self.gone = threading.Event()
        self.body: IO[bytes] | None = None
        self.let_go: Callable[[], None] = lambda: None  # of the body's room on the disk
        self.file: OpenFile | None = None

    async def receive(self) -> Any:
        """Raises `Disconnected`."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self.gone.set()
            raise Disconnected("The browser has disconnected.")
        if not message.get("more_body", False):
            # The only message that still follows is the disconnect.
            self._watch = asyncio.create_task(self._wait_until_gone())
        return message

    async def read_body(self) -> None:
        """Raises `Disconnected`, and `OSError` when the disk is full."""
        self.body = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed with the connection
            max_size=IN_MEMORY_BYTES, dir=str(settings.FILE_UPLOAD_TEMP_DIR)
        )
        more = True
        while more:
            message = await self.receive()
            self.body.write(message.get("body", b""))
            more = message.get("more_body", False)
        self.body.seek(0)

    def end_body(self) -> None:
        if self.body is not None:
            self.body.close()
        self.let_go()

    async def _wait_until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.gone.set()

    def close(self) -> None:
        self.gone.set()
        if self._watch is not None:
            self._watch.cancel()
        for open_one in (self.body, self.file):
            if open_one is not None:
                open_one.close()


class Pages:
    """An ASGI application. `under_way` is the number of requests that hold a thread."""

    def __init__(
        self,
        wsgi: Callable[..., Any],
        *,
        threads: int = THREADS,
        uploads: int = UPLOADS,
        spool: Spool | None = None,
        slots: Slots | None = None,
        files: int = FILES_JUDGED,
    ) -> None:
        self._wsgi = wsgi
        # a2wsgi types the environment more narrowly than PEP 3333 does.
        answer = cast("Any", self._answer)
        self._pages: Any = WSGIMiddleware(answer, threads, PIECES_AHEAD)
        self._uploads: Any = WSGIMiddleware(answer, uploads, PIECES_AHEAD)
        self._slots = slots or Slots(uploads, per_network=min(uploads, UPLOADS_PER_NETWORK))
        self._files = Slots(
            files,
            per_network=max(1, files - 1),
            line=FILES_WAITING,
            line_per_network=FILES_WAITING,
        )
        self._spool = spool or Spool()
        self._disk = ThreadPoolExecutor(DISK_THREADS, thread_name_prefix="disk")
        self.under_way = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        if b"transfer-encoding" in headers:
            # WSGI would see an empty body, and what was sent would be lost without notice.
            await _refuse(
                send, 411, "This server needs to know the length of what is sent (Content-Length)."
            )
            return
        # h11 lets digits pass only, twenty at most.
        length = int(headers.get(b"content-length", b"0"))
        connection = Connection(receive)
        network = network_of((scope.get("client") or ("",))[0])
        try:
            if length > SMALL_BODY_BYTES:
                turn = self._slots.one(network, scope.get(IS_GONE, connection.gone.is_set))
                await self._work_in_turn(turn, self._uploads, scope, connection, send)
            elif length > IN_MEMORY_BYTES:
                await self._work_on_spooled(scope, connection, send, network, length)
            elif await _is_read(connection.read_body(), send):
                if _FILE.fullmatch(scope["path"]):
                    turn = self._files.one(network, connection.gone.is_set)
                    await self._work_in_turn(turn, self._pages, scope, connection, send)
                else:
                    await self._work(self._pages, scope, connection, send)
            if connection.file is not None:
                await read_in_order(connection.file, self._disk, connection.gone, send)
        finally:
            connection.close()

    async def _work_in_turn(
        self,
        turn: AbstractAsyncContextManager[None],
        threads: Any,
        scope: dict[str, Any],
        connection: Connection,
        send: Any,
    ) -> None:
        try:
            async with turn:
                await self._work(threads, scope, connection, send)
        except LineFull:
            words = "This site is very busy right now. Try again in a minute."
            await _refuse(send, 503, words, receive=connection.receive, retry_seconds=60)
        except Gone:
            return

    async def _work_on_spooled(
        self, scope: dict[str, Any], connection: Connection, send: Any, network: str, length: int
    ) -> None:
        async with AsyncExitStack() as until_answered:

            async def read() -> None:
                share = await until_answered.enter_async_context(self._spool.share(network, length))
                connection.let_go = partial(self._spool.let_go, share)
                async with share.reading():
                    await connection.read_body()

            if await _is_read(read(), send):
                await self._work(self._pages, scope, connection, send)

    async def _work(
        self, threads: Any, scope: dict[str, Any], connection: Connection, send: Any
    ) -> None:
        # SECURITY: in WSGI `X_Forwarded_For` would pass for `X-Forwarded-For`. As gunicorn does.
        headers = [pair for pair in scope["headers"] if b"_" not in pair[0]]

        async def send_but_the_end(message: dict[str, Any]) -> None:
            is_end = message["type"] == "http.response.body" and not message.get("more_body")
            if not (is_end and connection.file is not None):
                await send(message)

        self.under_way += 1
        try:
            await threads(
                {**scope, "headers": headers, _CONNECTION: connection},
                connection.receive,
                send_but_the_end,
            )
        finally:
            self.under_way -= 1

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        """The WSGI answer, cut short when the browser disconnects; of a file, nothing: it is sent
        when the thread is free."""
        connection: Connection = environ["asgi.scope"][_CONNECTION]
        environ["wsgi.file_wrapper"] = FileToSend
        if connection.body is not None:
            environ["wsgi.input"] = connection.body
        length = 0

        def start(status: str, headers: list[tuple[str, str]], *args: Any) -> Any:
            nonlocal length
            length = int(dict(headers).get("Content-Length", "0"))
            return start_response(status, headers, *args)

        answer: Iterable[bytes] = self._wsgi(environ, start)
        try:
            if environ["REQUEST_METHOD"] == "HEAD":
                return
            if isinstance(answer, FileToSend):
                connection.file = answer.opened(length)
                if connection.file is not None:
                    return
            for piece in even_pieces(answer):
                if connection.gone.is_set():
                    break
                yield piece
        finally:
            getattr(answer, "close", lambda: None)()
            connection.end_body()


async def _is_read(reading: Awaitable[None], send: Any) -> bool:
    try:
        await reading
    except Disconnected:
        return False
    except TimeoutError:
        await _refuse(send, 408, "This came too slowly while others waited. Please try again.")
        return False
    except OSError as error:
        logger.error("A request could not be kept: %s", error)
        await _refuse(send, 503, "This site is out of space right now. Try again later.")
        return False
    return True


async def _refuse(
    send: Any, status: int, words: str, *, receive: Any = None, retry_seconds: int | None = None
) -> None:
    """With `receive`, what is still coming is read for a moment: a connection that is closed before
    takes the answer with it."""
    body = f"{words}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
    ]
    if retry_seconds is not None:
        headers.append((b"retry-after", b"%d" % retry_seconds))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": receive is not None})
    if receive is not None:
        with suppress(Disconnected, TimeoutError):
            async with asyncio.timeout(SECONDS_TO_READ_A_REFUSAL):
                while (await receive()).get("more_body", False):
                    pass
        await send({"type": "http.response.body", "body": b""})
