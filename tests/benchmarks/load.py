"""A small load generator: threads with plain sockets, on loopback only, for a bounded time.

Every request is a connection of its own (`Connection: close`): with kept connections one of the
server's processes may take all the load (shared field notes on live sessions, section 7).
"""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Callable

CLIENTS = 8
MOST_REQUESTS = 200_000


class UnexpectedAnswer(Exception):
    """The server said something else than what is being measured."""


def request_bytes(
    method: str, path: str, *, port: int, headers: dict[str, str] | None = None, body: bytes = b""
) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{port}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
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
    numbers: itertools.count,
) -> float:
    """Requests answered per second; `make(number)` is the next request, never the same number."""
    stop_at = time.perf_counter() + seconds
    done = [0] * CLIENTS
    wrong: list[str] = []

    def run(client: int) -> None:
        while time.perf_counter() < stop_at and not wrong and done[client] < MOST_REQUESTS:
            try:
                answer = send(port, make(next(numbers)))
                if status_of(answer) != expect:
                    wrong.append(answer[:300].decode("latin-1"))
            except OSError as error:
                wrong.append(repr(error))
            done[client] += 1

    started = time.perf_counter()
    threads = [threading.Thread(target=run, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise UnexpectedAnswer(f"expected {expect}: {wrong[0]}")
    return sum(done) / (time.perf_counter() - started)
