"""What it costs to count a try: by one, and by eight threads, at rows of their own and at one."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections
from django.test import RequestFactory

from media_items.rate_limits import Limit, count_tries, count_try

PLENTY = "99999999/d"
TIMES, THREADS = 2_000, 8


def measure() -> list[str]:
    """Lines of a table."""
    request = RequestFactory().post("/")

    def one(of: str) -> None:
        count_try(request, "benchmark", of=of, rate=PLENTY)

    def four(of: str) -> None:
        names = [of, f"{of} of the day", f"{of} of the address"]
        count_tries(request, [Limit("benchmark", name, PLENTY) for name in [*names, "all"]])

    return [
        _cost("one limit, one thread", 1, lambda _thread: one("a")),
        _cost("one limit, eight threads, a row each", THREADS, lambda thread: one(f"b{thread}")),
        _cost("one limit, eight threads at one row", THREADS, lambda _thread: one("c")),
        _cost("four limits, eight threads, one row common", THREADS, lambda t: four(f"d{t}")),
    ]


def _cost(name: str, threads: int, act: Callable[[int], None]) -> str:
    def run(thread: int) -> None:
        for _time in range(TIMES // threads):
            act(thread)
        connections.close_all()

    begun = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, range(threads)))
    seconds = time.perf_counter() - begun
    each = 1000 * seconds * threads / TIMES
    return f"| {name} | {TIMES / seconds:,.0f} | {each:.2f} |"
