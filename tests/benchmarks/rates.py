"""Requests per second of the hot paths, each beside the two bare pages of the same moment."""

from __future__ import annotations

import itertools
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.benchmarks import load, surroundings
from tests.benchmarks.paths import HotPath, Stage, counted

WARM_SECONDS, SECONDS, BARE_SECONDS, ROUNDS = 0.7, 1.5, 0.7, 5
WORKERS, THREADS = 2, 4


class Server:
    """gunicorn as shipped, with two processes of four threads; `application` is Foyer's, or
    another."""

    def __init__(
        self,
        port: int,
        log: Path,
        *,
        application: str = "config.wsgi:application",
        opens_at: str = "/accounts/sign-in/",
        more: dict[str, str] | None = None,
    ) -> None:
        self.port, self.opens_at = port, opens_at
        command = [
            *(sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"),
            *("--workers", str(WORKERS), "--threads", str(THREADS)),
            *("--bind", f"127.0.0.1:{port}", application),
        ]
        self.process = subprocess.Popen(
            command,
            cwd=surroundings.ROOT,
            env={**os.environ, **(more or {})},
            stdout=log.open("ab"),
            stderr=subprocess.STDOUT,
        )

    def __enter__(self) -> Self:
        asked = load.request_bytes("GET", self.opens_at, port=self.port)
        for _ in range(300):
            try:
                if load.status_of(load.send(self.port, asked)) == 200:
                    return self
            except (OSError, ValueError):
                time.sleep(0.1)
        raise SystemExit("The server did not open.")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


@dataclass
class Seen:
    """What was measured of one path: of each round its rate, and as a share of the two bare ones
    of the moment before."""

    path: HotPath
    size: int = 0  # bytes of the answer's body
    rates: list[float] = field(default_factory=list)
    of_signed_in: list[float] = field(default_factory=list)
    of_anonymous: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return statistics.median(self.of_signed_in)


@dataclass
class Measured:
    paths: list[Seen]
    signed_in: list[float] = field(default_factory=list)
    anonymous: list[float] = field(default_factory=list)
    empty: list[float] = field(default_factory=list)


def measure(port: int, log: Path, names: Sequence[str] = ()) -> Measured:
    """In turns, so that a slow moment of the machine meets all of them. `names`: of the paths whose
    name begins with one of these."""
    key = surroundings.prepare_bare_site()
    found = Measured([Seen(counted(path)) for path in Stage().named(names)])
    bare_port, nginx_port, empty_port = (surroundings.free_port() for _ in range(3))
    numbers = itertools.count(1)

    def rate(where: int, make: Callable[[int], bytes], expect: int, seconds: float) -> float:
        return load.per_second(where, make, expect=expect, seconds=seconds, numbers=numbers)

    def bare(path: str) -> float:
        cookie = {"Cookie": f"sessionid={key}"}
        ready = load.request_bytes("GET", path, port=bare_port, headers=cookie)
        return rate(bare_port, lambda number: ready, 200, BARE_SECONDS)

    bare_site = Server(
        bare_port,
        log,
        application="tests.benchmarks.bare_site.wsgi:application",
        opens_at="/anonymous/",
        more={"DJANGO_SETTINGS_MODULE": "tests.benchmarks.bare_site.settings"},
    )
    by_nginx = Server(nginx_port, log, more={"ACCEL_REDIRECT_PREFIX": "/protected"})
    empty = Server(
        empty_port, log, application="tests.benchmarks.empty_answer:application", opens_at="/"
    )
    nothing = load.request_bytes("GET", "/", port=empty_port)
    with Server(port, log), bare_site, by_nginx, empty:
        for one in found.paths:
            where = nginx_port if one.path.by_nginx else port
            answer = load.send(where, _request(one.path, where)(9_000_001))
            one.size = len(answer.partition(b"\r\n\r\n")[2])
        for turn in range(ROUNDS + 1):
            answers = rate(empty_port, lambda number: nothing, 200, BARE_SECONDS)
            if turn:
                found.empty.append(answers)
            for one in found.paths:
                where = nginx_port if one.path.by_nginx else port
                signed_in, anonymous = bare("/signed-in/"), bare("/anonymous/")
                make = _request(one.path, where)
                now = rate(where, make, one.path.expect, SECONDS if turn else WARM_SECONDS)
                if turn:
                    found.signed_in.append(signed_in)
                    found.anonymous.append(anonymous)
                    one.rates.append(now)
                    one.of_signed_in.append(now / signed_in)
                    one.of_anonymous.append(now / anonymous)
    return found


def _request(path: HotPath, port: int) -> Callable[[int], bytes]:
    if path.form is None:
        ready = load.request_bytes(path.method, path.path, port=port, headers=path.headers)
        return lambda number: ready
    return lambda number: load.request_bytes(
        path.method, path.path, port=port, headers=path.headers, body=path.body(number)
    )


def table(found: Measured) -> Iterator[str]:
    """Lines of Markdown."""
    yield (
        "| | per second | of bare, signed in | least–most | goal | of bare, anonymous | queries |"
        " bytes |"
    )
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for name, rates in (
        ("bare, signed in", found.signed_in),
        ("bare, anonymous", found.anonymous),
        ("an empty answer", found.empty),
    ):
        middle = statistics.median(rates)
        yield f"| {name} | {middle:,.0f} ({min(rates):,.0f}–{max(rates):,.0f}) | | | | | | |"
    for one in found.paths:
        goal = one.path.goal
        wanted = "–" if goal is None else f"{goal:.2f}"
        if goal is not None and one.ratio < goal:
            wanted = f"**{wanted}, not reached**"
        yield (
            f"| {one.path.name} | {statistics.median(one.rates):,.0f} | {one.ratio:.2f} | "
            f"{min(one.of_signed_in):.2f}–{max(one.of_signed_in):.2f} | {wanted} | "
            f"{statistics.median(one.of_anonymous):.2f} | {one.path.queries} | {one.size:,} |"
        )
