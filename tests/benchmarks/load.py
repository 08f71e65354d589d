"""A small load generator: plain sockets in one thread, on loopback only, for a bounded time.

Every request is a connection of its own (`Connection: close`): with kept connections one of the
server's processes may take all the load (shared field notes on live sessions, section 7).
"""

from __future__ import annotations

import itertools
import selectors
import socket
import time
from collections.abc import Callable

CLIENTS = 16
MOST_REQUESTS = 200_000


class UnexpectedAnswer(Exception):
    """The server said something else than what is being measured."""


def request_bytes(
    method: str, path: str, *, port: int, headers: dict[str, str] | None = None, body: bytes = b""
) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{port}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body or method == "POST":
        if "Content-Type" not in (headers or {}):
            lines.append("Content-Type: application/x-www-form-urlencoded")
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def send(port: int, request: bytes) -> bytes:
    """The whole answer, head and body."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def status_of(answer: bytes) -> int:
    return int(answer[9:12])


def per_second(
    port: int,
    make: Callable[[int], bytes],
    *,
    expect: int,
    seconds: float,
    numbers: itertools.count[int],
) -> float:
    """Requests answered per second, sixteen at a time; `make(number)` is the next request, never
    the same number. Raises `UnexpectedAnswer`.

    One thread waits for all of them, so that of the machine's time little goes into asking.
    """
    done = 0
    with selectors.DefaultSelector() as waiting:
        started = time.perf_counter()
        stop_at = started + seconds
        try:
            for _ in range(CLIENTS):
                _ask(waiting, port, make(next(numbers)))
            while waiting.get_map():
                for key, _ in waiting.select(timeout=20):
                    got: list[bytes] = key.data
                    part = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    if part:
                        got.append(part)
                        continue
                    waiting.unregister(key.fileobj)
                    key.fileobj.close()  # type: ignore[union-attr]
                    answer = b"".join(got)
                    if not answer or status_of(answer) != expect:
                        raise UnexpectedAnswer(f"expected {expect}: {answer[:300]!r}")
                    done += 1
                    if time.perf_counter() < stop_at and done < MOST_REQUESTS:
                        _ask(waiting, port, make(next(numbers)))
        except OSError as error:
            raise UnexpectedAnswer(repr(error)) from error
        finally:
            for key in list(waiting.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]
        return done / (time.perf_counter() - started)


def _ask(waiting: selectors.BaseSelector, port: int, request: bytes) -> None:
    """On loopback there is nothing to wait for until the answer comes."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(request)
    waiting.register(connection, selectors.EVENT_READ, [])
