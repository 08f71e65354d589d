"""`python -m tests.benchmarks`: on SQLite, then on PostgreSQL; prints tables in Markdown.

`--rows 100000` sets how long the lists are, `--only sqlite` or `postgres` leaves the other out,
`--parts rates growth` measures these only, `--paths "Media page" "Forged link"` of the rates those
whose name begins so, `--write` puts the result into docs/benchmarks.md with the facts of this
machine.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks import surroundings

PAGE = surroundings.ROOT / "docs" / "benchmarks.md"
PRESENT = 2_000
LISTENERS, LISTENING_SECONDS = 2_000, 20


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    parser.add_argument("--parts", nargs="+", choices=[*PARTS, *APART], default=[*PARTS, *APART])
    parser.add_argument("--paths", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    whole = options.parts == [*PARTS, *APART] and not options.only and not options.paths
    if options.write and not whole:
        parser.error("what is written has all parts and paths, on both databases")
    if options.paths and options.parts != ["rates"]:
        parser.error("--paths goes with --parts rates")
    if database := os.environ.get(surroundings.INSIDE):
        sys.stdout.write(measure(database, options))
        return 0
    found = [facts()]
    for database in ("sqlite", "postgres"):
        if options.only in {None, database}:
            found += measured_on(database, options)
    if options.only in {None, "postgres"} and "events" in options.parts:
        from tests.benchmarks import events

        sys.stderr.write("Measuring the event stream …\n")
        said = events.run(LISTENERS, LISTENING_SECONDS)
        found.append("## The event stream of live sessions\n\n" + said)
    text = "\n\n".join(found) + "\n"
    sys.stdout.write(text)
    if options.write:
        PAGE.write_text(introduction() + text, encoding="utf-8")
    return 0


def measured_on(database: str, options: argparse.Namespace) -> Iterator[str]:
    """Each in a process of its own, with settings and a database of its own."""
    inside = [name for name in options.parts if name in PARTS]
    if inside:
        sys.stderr.write(f"Measuring on {database} …\n")
        words = ["--rows", str(options.rows), "--parts", *inside]
        words += ["--paths", *options.paths] if options.paths else []
        yield surroundings.run("tests.benchmarks", database, *words).strip()
    if "growth" in options.parts:
        sys.stderr.write(f"Measuring many rows on {database} …\n")
        said = surroundings.run("tests.benchmarks.sizes", database).strip()
        yield f"Does it grow with the site? The least of five each, in one process:\n\n{said}"
    if "chat" in options.parts:
        sys.stderr.write(f"Measuring a lively chat on {database} …\n")
        yield "A lively chat: " + surroundings.run("tests.benchmarks.chatter", database).strip()


def measure(database: str, options: argparse.Namespace) -> str:
    surroundings.set_up()
    from django.db import connection

    with connection.cursor() as cursor:
        if database == "postgres":
            cursor.execute("SHOW server_version")
        else:
            cursor.execute("SELECT sqlite_version()")
        version = cursor.fetchone()[0].split(" ")[0]
    name = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[database]
    lines = [f"## {name} {version}"]
    for part, lines_of in PARTS.items():
        if part in options.parts:
            sys.stderr.write(f"  {part} …\n")
            lines += ["", *lines_of(options)]
    return "\n".join(lines)


def _port_and_log() -> tuple[int, Path]:
    from django.conf import settings

    return int(os.environ["BENCHMARK_PORT"]), settings.DATA_DIR / "server.log"


def _rates(options: argparse.Namespace) -> Iterator[str]:
    from tests.benchmarks import rates

    yield from rates.table(rates.measure(*_port_and_log(), options.paths))


def _cold(options: argparse.Namespace) -> Iterator[str]:
    """What a browser loads is the same on each database."""
    from tests.benchmarks import cold_load

    if os.environ[surroundings.INSIDE] == "sqlite":
        yield "A cold load in Chromium, on either database:"
        yield ""
        yield from cold_load.table(*_port_and_log())


def _quiz(options: argparse.Namespace) -> Iterator[str]:
    from tests.benchmarks import quiz_rush

    yield f"A quiz that {quiz_rush.PEOPLE} people take at once, in milliseconds:"
    yield from ("", "| | requests | p50 | p99 | most |", "| --- | ---: | ---: | ---: | ---: |")
    yield from quiz_rush.measure(*_port_and_log())
    yield from ("", f"The results of a quiz that {quiz_rush.TAKERS:,} people have taken:", "")
    yield from ("| | seconds | queries | bytes |", "| --- | ---: | ---: | ---: |")
    yield from quiz_rush.results()


def _lists(options: argparse.Namespace) -> Iterator[str]:
    from tests.benchmarks import lists

    plans = os.environ[surroundings.INSIDE] == "postgres"
    yield f"Lists over {options.rows:,} rows, and as many again of other people's:"
    yield ""
    yield "| | seconds | queries |" + (" reads a whole table for |" if plans else "")
    yield "| --- | ---: | ---: |" + (" --- |" if plans else "")
    for one in lists.measure(options.rows):
        read = f" {one.notes or 'nothing'} |" if plans else ""
        yield f"| {one.name} | {one.seconds:.3f} | {one.queries} |{read}"


def _invitations(options: argparse.Namespace) -> Iterator[str]:
    from tests.benchmarks import invitations

    yield from ("Invitations:", "", "| | | queries |", "| --- | ---: | ---: |")
    yield from invitations.measure()


def _register(options: argparse.Namespace) -> Iterator[str]:
    from tests.benchmarks import register

    yield f"The register of {options.rows:,} invited, and as many of another item:"
    yield from ("", "| | seconds | queries | bytes |", "| --- | ---: | ---: | ---: |")
    yield from register.measure(options.rows)


def _people(options: argparse.Namespace) -> Iterator[str]:
    from tests.benchmarks import people

    yield f"A session with {PRESENT:,} present, and its report, and as many in another:"
    yield from ("", "| | seconds | queries | bytes |", "| --- | ---: | ---: | ---: |")
    yield from people.measure(PRESENT)


def _limits(options: argparse.Namespace) -> Iterator[str]:
    from tests.benchmarks import limits

    yield from ("Counting a try against a limit:", "")
    yield from ("| | per second | each, ms |", "| --- | ---: | ---: |")
    yield from limits.measure()


# In this order: the rates first, while there are few rows.
PARTS: dict[str, Callable[[argparse.Namespace], Iterator[str]]] = {
    "rates": _rates,
    "cold": _cold,
    "quiz": _quiz,
    "lists": _lists,
    "invitations": _invitations,
    "register": _register,
    "people": _people,
    "limits": _limits,
}
APART = ("growth", "chat", "events")


def facts() -> str:
    cores = os.cpu_count()
    model = ""
    cpu = Path("/proc/cpuinfo")
    if cpu.exists():
        names = [line for line in cpu.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else ""
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(tz=UTC):%Y-%m-%d}, {cores} cores{f' ({model})' if model else ''}, "
        f"Python {platform.python_version()}, load before the start {load:.1f}."
    )


def introduction() -> str:
    return """# Benchmarks

`make bench` measures the hot paths on this machine, on SQLite and on PostgreSQL, which writes as a
server for real does (`fsync` on). What is compared is a share: of the rate of a page that Django
makes by itself, with thirty rows, for somebody who is signed in (a session, a user), from a bare
project beside Foyer on the same server and kind of database; and of the same page for anybody
(`tests/benchmarks/bare_site`). Both are asked right before each path, in five rounds; numbers are
medians, with the least and the most. How many empty answers the same server gives in a second says
what server and client make at most. The server is gunicorn as shipped, with two processes of four
threads; the client shares the machine, asks sixteen at a time, and opens a connection for each.
“Queries” are those of one request, without BEGIN and COMMIT. A goal that was not reached says so.
Throttles are raised for the joins.

In the lists half of each table belongs to the page that is measured. Counting it by reading the
table from end to end is then PostgreSQL's right choice; on a page's rows it is worth a look.

"""


if __name__ == "__main__":
    sys.exit(main())
