"""`make test`: the whole suite, part by part; at the end, how long each part took.

    run_tests.py [--jobs N] [PART …] [-- what pytest is told besides]

Without a PART, all of them; a part that fails does not keep the next from running. What pytest is
told by `-- …` may leave a part without a test: then that part is no failure.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import find_browser
import find_engines
import find_nginx
import system_postgres

ROOT = Path(__file__).resolve().parent.parent
NO_TEST_RAN = 5  # pytest's exit status
WITH_POSTGRES = [sys.executable, "scripts/with_postgres.py", "--"]
OLDEST_POSTGRES = system_postgres.debians_oldest()
WITH_OLDEST_POSTGRES = [*WITH_POSTGRES[:-1], "--programs", str(OLDEST_POSTGRES), "--"]
# Given the number of processes and what pytest is told besides.
Command = Callable[[str, list[str]], list[str]]


# Tables are made from the models, in a tenth of the time; the journeys make theirs by the
# migrations, on both databases, and `make check` sees to it that the two are the same.
FROM_MODELS = ("--nomigrations",)
# Who has nothing left takes from whom has most; else tests of one module stay together.
NO_JOURNEYS = ("--dist", "worksteal", "--ignore", "tests/browser")
# One by one, but those of another engine in one process: it takes seconds to start. Nothing besides
# is collected: that takes each process as long as a journey.
JOURNEYS = ("--dist", "loadgroup", "--override-ini", "testpaths=tests/browser")
# What differs from one version of PostgreSQL to the next: statements written by hand, its locks and
# notifications, and the migrations, by which the tables are made here.
OF_POSTGRES = (
    "tests/media_items/test_compiled.py",
    "tests/media_items/test_rate_limit_races.py",
    "tests/media_items/test_search_indexes.py",
    "tests/media_items/live/events/test_buses.py",
    "tests/access/test_erasing_races.py",
    "tests/access/mail/test_sending_races.py",
    "tests/access/invitations/test_inviting.py",
    "tests/access/people_lists/test_batches.py",
    "tests/config/test_only_one.py",
)
OF_FFMPEG = ("tests/media_items/processing", "tests/media_items/live/broadcast/test_recording.py")


def pytest(of: str, *before: str, more: tuple[str, ...] = ()) -> Command:
    """`of` is a choice by markers; see `markers` in pyproject.toml."""
    ours = more

    def command(jobs: str, more: list[str]) -> list[str]:
        words = [sys.executable, "-m", "pytest", "--quiet", "--numprocesses", jobs]
        return [*before, *words, "-m", of, *ours, *more]

    return command


@dataclass(frozen=True)
class Part:
    name: str
    title: str
    command: Command
    in_a_browser: bool = False
    asks_nginx: bool = False
    jobs_besides: int = 0
    is_needed: Callable[[], bool] = lambda: True


def scripts(jobs: str, more: list[str]) -> list[str]:
    """What pytest is told besides is nothing to Node."""
    return ["scripts/node.sh", "node", "--test", *map(str, sorted(ROOT.glob("tests/js/*.test.js")))]


PARTS = [
    Part("scripts", "Scripts, node --test", scripts),
    Part(
        "no-database",
        "Python, without a database",
        pytest("no_database and not browser", more=NO_JOURNEYS),
        jobs_besides=1,  # real servers and other processes are waited for a third of the time
    ),
    Part(
        "sqlite",
        "SQLite, without browsers",
        pytest(
            "not no_database and not browser and not postgres",
            more=(*FROM_MODELS, *NO_JOURNEYS),
        ),
        asks_nginx=True,
    ),
    Part(
        "sqlite-journeys",
        "SQLite, a few journeys",
        pytest("on_sqlite_too", more=JOURNEYS),
        in_a_browser=True,
    ),
    Part(
        "wheel-ffmpeg",
        "Media, with the wheel's ffmpeg",
        pytest(
            "not browser and not postgres",
            *("env", "TEST_FFMPEG=wheel"),
            more=(*FROM_MODELS, *OF_FFMPEG),
        ),
        # Foyer takes the system's where there is one, and then so do all other parts.
        is_needed=lambda: shutil.which("ffmpeg") is not None,
    ),
    Part(
        "postgres",
        "PostgreSQL, without browsers",
        pytest(
            "not no_database and not browser",
            *WITH_POSTGRES,
            more=(*FROM_MODELS, *NO_JOURNEYS),
        ),
        asks_nginx=True,
    ),
    Part(
        "oldest-postgres",
        "PostgreSQL, the oldest that is here",
        # In half a minute; everything runs on the wheel's, the newest.
        pytest("postgres and not browser", *WITH_OLDEST_POSTGRES, more=OF_POSTGRES),
        is_needed=lambda: OLDEST_POSTGRES is not None,
    ),
    Part(
        "postgres-journeys",
        "PostgreSQL, every journey",
        pytest("browser", *WITH_POSTGRES, more=JOURNEYS),
        in_a_browser=True,
        jobs_besides=1,  # a fifth of their time they wait for the browser, or it for them
    ),
]


def main() -> int:
    arguments = sys.argv[1:]
    more = []
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, more = arguments[:cut], arguments[cut + 1 :]
    read = argparse.ArgumentParser(prog="run_tests.py")
    read.add_argument("--jobs", default="2")
    read.add_argument("parts", nargs="*", metavar="PART", help=", ".join(p.name for p in PARTS))
    told = read.parse_args(arguments)
    if unknown := set(told.parts) - {part.name for part in PARTS}:
        read.error(f"There is no part {', '.join(sorted(unknown))}.")
    chosen = [part for part in PARTS if part.name in (told.parts or needed())]
    if any(part.in_a_browser for part in chosen):
        try:
            find_browser.find_or_install()
            find_engines.find_or_install()
        except find_browser.NoBrowser as reason:
            print(f"Foyer: {reason}", file=sys.stderr)
            return 1
    if any(part.asks_nginx for part in chosen):
        find_nginx.find_or_install()
    ran = [run(part, jobs_of(part, told.jobs), more) for part in chosen]
    width = max(len(part.title) for part in chosen)
    for part, (status, seconds) in zip(chosen, ran, strict=True):
        minutes, rest = divmod(round(seconds), 60)
        print(f"{'✓' if status == 0 else '✗'} {part.title:{width}}  {minutes:2} min {rest:2} s")
    return max(status for status, _seconds in ran)


def needed() -> list[str]:
    return [part.name for part in PARTS if part.is_needed()]


def jobs_of(part: Part, jobs: str) -> str:
    return str(int(jobs) + part.jobs_besides) if jobs.isdigit() else jobs


def run(part: Part, jobs: str, more: list[str]) -> tuple[int, float]:
    """Exit status and seconds."""
    print(f"— {part.title}", flush=True)
    began = time.monotonic()
    # A dozen processes read the same modules: what one has compiled the others need not.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    try:
        status = subprocess.run(
            part.command(jobs, more), cwd=ROOT, env=environment, check=False
        ).returncode
    except KeyboardInterrupt:
        status = 130
    if status == NO_TEST_RAN and more:
        status = 0
    return status, time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
