"""Many listeners in one program: what they hear and how late, and what it costs the server."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

AT_ONCE = 50  # connections opened side by side
HEARTBEAT_EVERY_SECONDS = 50  # as static/js/live/events.js
PUBLISHED = b'"t":'


@dataclass
class Seen:
    """Of one server while everybody listened."""

    name: str
    listeners: int
    delays_ms: list[float] = field(default_factory=list)
    cpu_percent: float = 0
    kb_each: float = 0
    threads: int = 0
    connections: int | None = None
    heartbeats: list[float] = field(default_factory=list)

    def row(self) -> str:
        delays = statistics.quantiles(self.delays_ms, n=100)
        database = "–" if self.connections is None else str(self.connections)
        return (
            f"| {self.name} | {self.listeners:,} | {statistics.median(delays):.0f} | "
            f"{delays[98]:.0f} | {self.cpu_percent:.0f} % | {self.kb_each:.0f} KB | "
            f"{self.threads} | {database} |"
        )


class Listener(asyncio.Protocol):
    """Hears, and writes down how old what it heard was."""

    def __init__(self, request: bytes, heard: Heard) -> None:
        self._request, self._heard, self._answered = request, heard, False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        now = time.time()
        if not self._answered:
            self._answered = True
            self._heard.answers.append(int(data[9:12]))
        if self._heard.recording and (at := data.find(PUBLISHED)) >= 0:
            end = data.find(b",", at)
            self._heard.delays_ms.append((now - float(data[at + 4 : end])) * 1000)


@dataclass
class Heard:
    delays_ms: list[float] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    recording: bool = False


def listen(
    name: str, port: int, process: subprocess.Popen[bytes], empty_kb: int, stage: Any,
    seconds: float, *, bare: bool = False, pages: int | None = None,
) -> Seen:  # fmt: skip
    return asyncio.run(
        _listen(
            Seen(name, len(stage.people)), port, process.pid, empty_kb, stage, seconds, bare, pages
        )
    )


async def _listen(
    seen: Seen, port: int, pid: int, empty_kb: int, stage: Any, seconds: float, bare: bool,
    pages: int | None,
) -> Seen:  # fmt: skip
    loop, heard, transports = asyncio.get_running_loop(), Heard(), []
    requests = [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"] * seen.listeners
    if not bare:
        requests = await asyncio.to_thread(lambda: list(stage.requests()))
    browsers = await asyncio.to_thread(stage.browsers) if pages else []
    for start in range(0, seen.listeners, AT_ONCE):
        opened = await asyncio.gather(*(
            loop.create_connection(lambda one=one: Listener(one, heard), "127.0.0.1", port)
            for one in requests[start : start + AT_ONCE]
        ))  # fmt: skip
        transports += [transport for transport, _protocol in opened]
    await _until(lambda: len(heard.answers) == seen.listeners)
    if set(heard.answers) != {200}:
        raise SystemExit(f"{seen.name}: some were refused: {set(heard.answers)}")
    await asyncio.sleep(4)
    heard.recording, cpu, began = True, _cpu_seconds(pid), time.perf_counter()
    beating = asyncio.create_task(_beat(stage, pages, browsers, seen)) if pages else None
    while time.perf_counter() - began < seconds:
        if not bare:
            await asyncio.to_thread(stage.publish)
            await asyncio.to_thread(stage.count_connections)
        await asyncio.sleep(1)
    seen.cpu_percent = 100 * (_cpu_seconds(pid) - cpu) / (time.perf_counter() - began)
    heard.recording = False
    if beating:
        beating.cancel()
        if not seen.heartbeats:
            raise SystemExit("No heartbeat was answered.")
    seen.kb_each = (memory_kb(pid) - empty_kb) / seen.listeners
    seen.threads = _status(pid, "Threads")
    seen.delays_ms = heard.delays_ms
    seen.connections = None if bare else stage.most_connections
    for transport in transports:
        transport.abort()
    await asyncio.sleep(2)
    return seen


async def _beat(stage: Any, port: int, browsers: list[dict[str, str]], seen: Seen) -> None:
    """As many heartbeats as that many pages send."""
    from django.urls import reverse

    path = reverse("media_items:session_heartbeat", args=[stage.item.public_id])
    under_way: set[asyncio.Task[None]] = set()
    number = 0
    while True:
        headers = browsers[number % len(browsers)]
        number += 1
        task = asyncio.create_task(_one_beat(port, path, headers, seen))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        await asyncio.sleep(HEARTBEAT_EVERY_SECONDS / seen.listeners)


async def _one_beat(port: int, path: str, headers: dict[str, str], seen: Seen) -> None:
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Connection: close", "HX-Request: true"]
    lines += [f"{name}: {value}" for name, value in headers.items()] + ["Content-Length: 0"]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    answer = await reader.read(-1)
    writer.close()
    if not answer.startswith(b"HTTP/1.1 204"):
        sys.stderr.write(f"A heartbeat was refused: {answer[:200]!r}\n")
        return
    seen.heartbeats.append(time.perf_counter() - began)


async def _until(reached) -> None:
    for _ in range(600):
        if reached():
            return
        await asyncio.sleep(0.1)
    raise SystemExit("Not everybody was answered.")


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_kb(pid: int) -> int:
    return _status(pid, "VmRSS")


def _status(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise SystemExit(f"/proc says nothing of {name}.")
