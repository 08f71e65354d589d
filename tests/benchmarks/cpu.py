"""`python -m tests.benchmarks.cpu [--only postgres] [--profile] [WORDS …]`

Milliseconds of CPU that each hot path takes in one process, with its queries, beside the two bare
pages: the least of several pieces, so that it says something on a machine that is busy, too. WORDS
choose the paths whose name begins so; `--profile` prints where the time of each goes.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import logging
import os
import pstats
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.benchmarks import surroundings

PIECES, REQUESTS = 9, 25


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.cpu", description=__doc__)
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--bare", metavar="SESSION", help=argparse.SUPPRESS)
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    if options.bare:
        measure_bare(options.bare)
    elif os.environ.get(surroundings.INSIDE):
        measure(options.words, options.profile)
    else:
        for database in ("sqlite", "postgres"):
            if options.only in {None, database}:
                words = [*(["--profile"] if options.profile else []), *options.words]
                said = surroundings.run("tests.benchmarks.cpu", database, *words)
                sys.stdout.write(f"{database}\n{said}\n")
    return 0


def measure(words: list[str], profile: bool) -> None:
    surroundings.set_up()
    from django.conf import settings

    from tests.benchmarks import paths

    key = surroundings.prepare_bare_site()
    sys.stdout.flush()
    subprocess.run([sys.executable, "-m", "tests.benchmarks.cpu", "--bare", key], check=True)
    counted = [paths.counted(one) for one in paths.Stage().named(words)]
    from config.wsgi import application

    # As under gunicorn (config/gunicorn.py).
    logging.getLogger("django.request").setLevel(logging.ERROR)
    number = 0
    for path in counted:
        settings.ACCEL_REDIRECT_PREFIX = "/protected" if path.by_nginx else ""

        def once(path: paths.HotPath = path) -> None:
            nonlocal number
            number += 1
            expect = 200 if path.by_nginx else path.expect
            request(application, path.method, path.path, path.headers, path.body(number), expect)

        say(path.name, once, path.queries)
        if profile:
            sys.stdout.write(profiled(once))


def measure_bare(key: str) -> None:
    from tests.benchmarks.bare_site.wsgi import application

    for name, path in (("bare, signed in", "/signed-in/"), ("bare, anonymous", "/anonymous/")):

        def once(path: str = path) -> None:
            request(application, "GET", path, {"Cookie": f"sessionid={key}"}, b"", 200)

        say(name, once, 2 if path == "/signed-in/" else 0)


def say(name: str, once: Callable[[], None], queries: int | None) -> None:
    for _ in range(REQUESTS):
        once()
    pieces = []
    for _ in range(PIECES):
        started = time.thread_time()
        for _ in range(REQUESTS):
            once()
        pieces.append((time.thread_time() - started) / REQUESTS * 1000)
    middle = sorted(pieces)[PIECES // 2]
    sys.stdout.write(f"{name:32} {min(pieces):6.2f} ms, median {middle:6.2f}, {queries} queries\n")
    sys.stdout.flush()


def request(
    application: Any, method: str, path: str, headers: dict[str, str], body: bytes, expect: int
) -> None:
    """One request as a server gives it to the application."""
    from django.conf import settings

    around: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": os.environ["BENCHMARK_PORT"],
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": f"localhost:{os.environ['BENCHMARK_PORT']}",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        around[f"HTTP_{name.upper().replace('-', '_')}"] = value
    statuses: list[str] = []
    answer = application(around, lambda status, given, *more: statuses.append(status))
    for _ in answer:
        pass
    answer.close()
    if not statuses[0].startswith(str(expect)):
        raise SystemExit(f"{method} {path} answered {statuses[0]} under {settings.ROOT_URLCONF}.")


def profiled(once: Callable[[], None]) -> str:
    profile = cProfile.Profile(time.thread_time)
    profile.enable()
    for _ in range(100):
        once()
    profile.disable()
    said = io.StringIO()
    stats = pstats.Stats(profile, stream=said)
    stats.sort_stats("cumulative").print_stats(70)
    stats.sort_stats("tottime").print_stats(40)
    return said.getvalue()


if __name__ == "__main__":
    sys.exit(main())
