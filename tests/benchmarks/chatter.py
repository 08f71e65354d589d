"""`python -m tests.benchmarks.chatter`: a lively chat, on SQLite and on PostgreSQL.

300 browsers are in one session and 20 messages a second are written in it. The servers are those
that are shipped: with PostgreSQL gunicorn and the event process, with SQLite the one-port form.
Each browser does what the scripts of its page do with what the stream says (static/js/live/chat.js,
events.js): it puts in what is told with its words, asks for what is not, renews its ticket. A
message is written by the form's own address, and is seen when it is in a browser's list. Meanwhile
a host opens Participants each second and deletes a message every two.

`--only postgres --listeners 2000 --rate 1 --seconds 20`
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.benchmarks import surroundings
from tests.benchmarks.events import serving
from tests.benchmarks.listeners import _cpu_seconds

SEEN_MS, CLICK_MS = (500, 1_500), (500, 500)  # the goals: half of them, and all but a hundredth
AT_ONCE = 8  # pages asked for side by side before it begins
SETTLED_SECONDS = 8.0  # for what comes late
RENEW_SECONDS = 50
CSRF = "a" * 32
_NUMBER = re.compile(r"said-(\d+)-said")
_ROW = re.compile(r'<li class="chat-message[^"]*" id="chat-(\d+)">.*?</li>', re.DOTALL)
_SHOWN = re.compile(r'name="(first|last|since|pinned|state|rights)"[^>]* value="([^"]*)"')
_REMOVED = re.compile(r'id="chat-removed" data-ids="([\d ]*)"')


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.chatter", description=__doc__)
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    parser.add_argument("--listeners", type=int, default=300)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    if os.environ.get(surroundings.INSIDE):
        sys.stdout.write(measure(options.listeners, options.rate, options.seconds))
        return 0
    words = [f"--{name}={getattr(options, name)}" for name in ("listeners", "rate", "seconds")]
    for database in ("sqlite", "postgres"):
        if options.only in {None, database}:
            said = surroundings.run("tests.benchmarks.chatter", database, *words)
            sys.stdout.write(f"{database}\n{said}\n")
            sys.stdout.flush()
    return 0


def measure(listeners: int, rate: float, seconds: float) -> str:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    surroundings.set_up()
    stage = Stage(listeners)
    with ExitStack() as stack:
        processes = _serve(stack, stage)
        seen = asyncio.run(_watch(stage, processes, rate, seconds))
    return seen.as_text(listeners, rate, seconds)


def _serve(stack: ExitStack, stage: Stage) -> dict[str, list[int]]:
    """Process ids by what they are."""
    if os.environ[surroundings.INSIDE] == "sqlite":
        port, one = stack.enter_context(serving("-m", "config.asgi_server"))
        stage.port = stage.events_port = port
        return {"pages and streams": [one.pid]}
    stage.events_port, events = stack.enter_context(
        serving("-m", "config.asgi_server", "--events-only")
    )
    gunicorn = ("-m", "gunicorn", "-c", "config/gunicorn.py", "--workers", "2", "--threads", "16")
    stage.port, pages = stack.enter_context(
        serving(*gunicorn, option="--bind", value="127.0.0.1:{port}")
    )
    time.sleep(4)
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pages.pid)], stdout=subprocess.PIPE, check=True
    )
    workers = [int(pid) for pid in children.stdout.split()]
    return {"pages": [pages.pid, *workers], "event process": [events.pid]}


class Stage:
    """A live session, its host, and guests before its door."""

    port = events_port = 0

    def __init__(self, listeners: int) -> None:
        from django.test import Client
        from django.utils import timezone

        from media_items.catalogue.models import Kind
        from media_items.live.sessions.models import LiveSession
        from tests.conftest import client_with_admissions
        from tests.factories import GuestAdmissionFactory, GuestLinkFactory, MediaItemFactory

        item = MediaItemFactory(kind=Kind.LIVE_EVENT, title="Open lecture")
        session = LiveSession.objects.create(item=item, opened_at=timezone.now())
        link = GuestLinkFactory(item=item, access_on=True)
        self.path = f"/media/{item.public_id}/session/"
        self.stream_path = f"/events/{session.public_id}/"
        host = Client()
        host.force_login(item.owner)
        self.cookies = [_cookie_of(host)]
        for _ in range(listeners):
            admission = GuestAdmissionFactory(guest__link=link)
            self.cookies.append(_cookie_of(client_with_admissions(admission)))


def _cookie_of(client: Any) -> str:
    from django.conf import settings

    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}; {settings.CSRF_COOKIE_NAME}={CSRF}"


@dataclass
class Seen:
    """Of all browsers. Times are of `time.perf_counter`."""

    said_at: dict[int, float] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    posts: list[float] = field(default_factory=list)
    clicks: list[float] = field(default_factory=list)
    deletions: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    asked: int = 0
    renewed: int = 0
    missed: int = 0
    still_shown: int = 0
    cpu: dict[str, float] = field(default_factory=dict)
    load: float = 0

    def as_text(self, listeners: int, rate: float, seconds: float) -> str:
        cpu = ", ".join(f"{name} {part:.0f} %" for name, part in self.cpu.items())
        rows = [
            ("from post to seen", self.delays, SEEN_MS),
            ("the post itself", self.posts, ()),
            ("click on Participants", self.clicks, CLICK_MS),
            ("a host deletes a message", self.deletions, ()),
        ]
        table = [f"| {name} | {_row(times, goal)} |" for name, times, goal in rows if times]
        what = f"{listeners:,} listeners, {rate:g} messages a second for {seconds:g} s"
        lines = [
            f"{what}; load before the start {self.load:.1f}.",
            "",
            "| | number | p50 ms | p99 ms | most ms | goal, p50 and p99 |",
            "| --- | ---: | ---: | ---: | ---: | ---: |",
            *table,
            "",
            f"CPU of one core: {cpu}.",
            f"Asked for by pages: {self.asked}; tickets renewed: {self.renewed}.",
            f"Missed messages: {self.missed}; deleted ones still shown: {self.still_shown}.",
            f"Errors: {len(self.errors)} {self.errors[:3] or ''}",
        ]
        return "\n".join([*lines, ""])


def _row(times: list[float], goal: Sequence[int]) -> str:
    """Cells of Markdown."""
    ms = sorted(one * 1000 for one in times)
    parts = statistics.quantiles(ms, n=100, method="inclusive") if len(ms) > 1 else ms * 99
    reached = all(part <= most for part, most in zip((parts[49], parts[98]), goal, strict=False))
    wanted = " and ".join(f"{most:,}" for most in goal) or "–"
    if not reached:
        wanted = f"**{wanted}, not reached**"
    return f"{len(ms):,} | {parts[49]:.0f} | {parts[98]:.0f} | {ms[-1]:.0f} | {wanted}"


async def _watch(
    stage: Stage, processes: dict[str, list[int]], rate: float, seconds: float
) -> Seen:
    seen = Seen(load=os.getloadavg()[0])
    browsers = [Browser(stage, cookie, seen) for cookie in stage.cookies]
    host, guests = browsers[0], browsers[1:]
    await host.come_in()
    line = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(one.come_in(line) for one in guests))
    for start in range(0, len(browsers), 50):
        await asyncio.gather(*(one.listen() for one in browsers[start : start + 50]))
    await asyncio.sleep(3)
    seen.asked = seen.renewed = 0
    before = {name: sum(map(_cpu_seconds, pids)) for name, pids in processes.items()}
    own, began = time.process_time(), time.perf_counter()
    acts = [asyncio.create_task(act) for act in (_click(host, began + seconds), _delete(host))]
    await _write(guests, rate, seconds, seen)
    took = time.perf_counter() - began
    for name, pids in processes.items():
        seen.cpu[name] = 100 * (sum(map(_cpu_seconds, pids)) - before[name]) / took
    seen.cpu["this program"] = 100 * (time.process_time() - own) / took
    acts[1].cancel()
    await acts[0]
    await asyncio.sleep(SETTLED_SECONDS)
    every = set(seen.said_at) - host.deleted
    for one in browsers:
        seen.missed += len(every - one.numbers)
        seen.still_shown += len(host.deleted & one.numbers)
        one.leave()
    return seen


async def _write(guests: list[Browser], rate: float, seconds: float, seen: Seen) -> None:
    """At even pauses, whether what was written before is answered or not."""
    loop, began, under_way = asyncio.get_running_loop(), time.perf_counter(), set()
    for number in range(round(rate * seconds)):
        await asyncio.sleep(max(0, began + number / rate - time.perf_counter()))
        task = loop.create_task(guests[number * 7 % len(guests)].say(number))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.sleep(max(0, began + seconds - time.perf_counter()))
    await asyncio.gather(*under_way)


async def _click(host: Browser, until: float) -> None:
    while time.perf_counter() < until:
        began = time.perf_counter()
        answer = await host.ask("GET", "participants/")
        host.seen.clicks.append(time.perf_counter() - began)
        host.expect(answer, 200, "participants")
        await asyncio.sleep(1)


async def _delete(host: Browser) -> None:
    while True:
        await asyncio.sleep(2)
        if not host.rows:
            continue
        pk, number = random.choice(list(host.rows.items()))
        began = time.perf_counter()
        answer = await host.ask("POST", f"chat/{pk}/remove/")
        host.seen.deletions.append(time.perf_counter() - began)
        host.expect(answer, 204, "delete")
        host.deleted.add(number)


@dataclass
class Answer:
    status: int
    head: str
    body: str


class Browser:
    """One page of the session, with the chat open."""

    def __init__(self, stage: Stage, cookie: str, seen: Seen) -> None:
        self.stage, self.cookie, self.seen = stage, cookie, seen
        self.ticket = ""
        self.shown: dict[str, str] = {}
        self.rows: dict[int, int] = {}  # numbers of what was said, by the key of the message
        self.deleted: set[int] = set()
        self.tasks: set[asyncio.Task[Any]] = set()
        self.heard: set[str] = set()
        self.is_asking = self.is_due = self.is_waiting = False
        self.held: list[dict[str, Any]] = []
        self.writer: asyncio.StreamWriter | None = None

    @property
    def numbers(self) -> set[int]:
        return set(self.rows.values())

    async def ask(self, method: str, name: str, *, htmx: bool = True, **given: str | int) -> Answer:
        """On a connection of its own."""
        path, body = self.stage.path + name, b""
        if given and method == "GET":
            path += f"?{urlencode(given)}"
        elif given:
            body = urlencode(given).encode()
        lines = [
            f"{method} {path} HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            f"Cookie: {self.cookie}",
            f"X-CSRFToken: {CSRF}",
            f"Content-Length: {len(body)}",
            "Content-Type: application/x-www-form-urlencoded",
            *(["HX-Request: true"] if htmx else []),
        ]
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.stage.port)
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            async with asyncio.timeout(60):
                whole = await reader.read(-1)
            writer.close()
        except OSError as error:
            return Answer(0, repr(error), "")
        head, _, text = whole.decode("utf-8", "replace").partition("\r\n\r\n")
        if given := re.search(r"foyer_live=([^;]+)", head):
            self.ticket = given[1]
        return Answer(int(head[9:12] or 0), head, text)

    def expect(self, answer: Answer, status: int, what: str) -> bool:
        if answer.status != status:
            self.seen.errors.append(f"{what}: {answer.status} {answer.head[:120]}")
        return answer.status == status

    async def come_in(self, line: asyncio.Semaphore | None = None) -> None:
        async with line or asyncio.Semaphore():
            self.expect(await self.ask("POST", "enter/", htmx=False), 302, "enter")
            answer = await self.ask("GET", "chat/", htmx=False)
            self.expect(answer, 200, "page")
            self.shown = dict(_SHOWN.findall(answer.body))

    # --- the stream -----------------------------------------------------------------------------

    async def listen(self) -> None:
        opened = await self._open()
        self._later(self._hear(*opened))
        self._later(self._renew_again_and_again())

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.stage.events_port)
        lines = [f"GET {self.stage.stream_path} HTTP/1.1", "Host: localhost"]
        lines += ["Accept: text/event-stream", f"Cookie: foyer_live={self.ticket}"]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            self.seen.errors.append(f"stream: {head[:60]!r}")
        if self.writer is not None:
            self.writer.close()
        self.writer = writer
        return reader, writer

    async def _renew_again_and_again(self) -> None:
        await asyncio.sleep(random.random() * RENEW_SECONDS)
        while True:
            if self.expect(await self.ask("POST", "heartbeat/"), 204, "heartbeat"):
                self.seen.renewed += 1
                self._later(self._hear(*await self._open()))
            await asyncio.sleep(RENEW_SECONDS * (0.8 + random.random() * 0.3))

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        text = b""
        try:
            while size := int((await reader.readline()) or b"0", 16):
                text += (await reader.readexactly(size + 2))[:-2]
                *blocks, text = text.split(b"\n\n")
                for block in blocks:
                    self._take(block.decode())
        except (OSError, asyncio.IncompleteReadError):
            pass
        if writer is self.writer:
            self.seen.errors.append("a stream has ended")

    def _take(self, block: str) -> None:
        said = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" not in said or said.get("id", "") in self.heard:
            return
        self.heard.add(said.get("id", ""))
        if said["event"] == "messages":
            self.held.append(json.loads(said["data"]))
            self._put()
        elif said["event"] in {"chat", "session", "missed", "me"} and not self.is_waiting:
            self.is_waiting = True
            width = json.loads(said["data"]).get("w", 0) / 1000
            self._later(self._ask_after(random.random() * width))

    # --- the panel ------------------------------------------------------------------------------

    def _put(self) -> None:
        if self.is_asking:
            return
        held, self.held = self.held, []
        for news in held:
            if int(self.shown["last"]) < news["after"]:
                self._later(self._ask())
                return
            self._show(news["rows"])
            self.shown["last"] = str(max(int(self.shown["last"]), news["last"]))
            self.shown["since"] = str(news["since"])
            self._remove(news["removed"])

    def _show(self, html: str) -> None:
        now, last = time.perf_counter(), int(self.shown["last"])
        for row in _ROW.finditer(html):
            said = _NUMBER.search(row[0])
            if said is None or int(row[1]) <= last:
                continue
            if int(row[1]) in self.rows:
                self.seen.errors.append("shown twice")
            self.rows[int(row[1])] = int(said[1])
            self.seen.delays.append(now - self.seen.said_at[int(said[1])])

    def _remove(self, pks: list[int]) -> None:
        for pk in pks:
            self.rows.pop(pk, None)

    async def _ask_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self.is_waiting = False
        await self._ask()

    async def _ask(self) -> None:
        """While an answer is on its way, the last of those that come waits for it."""
        if self.is_asking:
            self.is_due = True
            return
        self.is_asking, self.is_due = True, False
        self.seen.asked += 1
        answer = await self.ask("GET", "chat/", **self.shown)
        if answer.status == 200:
            if "HX-Retarget" in answer.head:
                self.shown["last"] = "0"
                self.rows.clear()
            self._show(answer.body)
            self.shown |= dict(_SHOWN.findall(answer.body))
            removed = _REMOVED.search(answer.body)
            self._remove([int(one) for one in removed[1].split()] if removed else [])
        else:
            self.expect(answer, 204, "chat")
        self.is_asking = False
        self._put()
        if self.is_due:
            await self._ask()

    async def say(self, number: int) -> None:
        began = self.seen.said_at[number] = time.perf_counter()
        text = f"said-{number}-said What is the second law about, and why does it hold?"
        answer = await self.ask("POST", "chat/send/", text=text)
        self.seen.posts.append(time.perf_counter() - began)
        if self.expect(answer, 204, "send") and "messages" not in FACTS:
            self._later(self._ask())

    def _later(self, act: Any) -> None:
        task = asyncio.get_running_loop().create_task(act)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def leave(self) -> None:
        for task in self.tasks:
            task.cancel()
        if self.writer is not None:
            self.writer.close()


# Of a Foyer whose stream tells no messages, too: there whoever has written asks at once.
FACTS: set[str] = set()


if __name__ == "__main__":
    from media_items.live.events import facts

    FACTS |= set(facts.FactKind)
    sys.exit(main())
