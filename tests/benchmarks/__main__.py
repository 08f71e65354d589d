"""`python -m tests.benchmarks`: on SQLite, then on PostgreSQL; prints tables in Markdown.

`--rows 100000` sets how long the lists are, `--only sqlite` or `postgres` leaves the other out,
`--write` puts the result into docs/benchmarks.md with the facts of this machine.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks import events

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
INSIDE = "FOYER_BENCHMARK_DATABASE"
PRESENT = 2_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if os.environ.get(INSIDE):
        sys.stdout.write(measure(os.environ[INSIDE], options.rows))
        return 0
    parts = [facts()]
    for database in ("sqlite", "postgres"):
        if options.only in {None, database}:
            sys.stderr.write(f"Measuring on {database} …\n")
            parts.append(run(database, options.rows))
    if options.only in {None, "postgres"}:
        sys.stderr.write("Measuring the event stream …\n")
        parts.append("## The event stream of live sessions\n\n" + events.run(2_000, 20))
    text = "\n\n".join(parts) + "\n"
    sys.stdout.write(text)
    if options.write:
        PAGE.write_text(introduction() + text, encoding="utf-8")
    return 0


def run(database: str, rows: int) -> str:
    """A process of its own for each database, with settings of its own."""
    folder = Path(tempfile.mkdtemp(prefix="foyer-bench-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    plenty = "100000000/m"
    environment = {
        **{name: value for name, value in os.environ.items() if name != "REDIS_URL"},
        INSIDE: database,
        "BENCHMARK_PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
        "ENV_FILE": str(folder / "no.env"),
        "DATA_DIR": str(folder / "data"),
        "STATIC_ROOT": str(folder / "static"),
        "SECRET_KEY": "for-measuring_Zq8vN2rXk5Lw9TbJ4mYc7HsGd1PfUe3KaQo6WiVx",
        "SITE_URL": f"http://localhost:{port}",
        "DATABASE_URL": "",
        "LOG_LEVEL": "WARNING",
        "JOIN_RATE_PER_LINK": plenty,
        "JOIN_RATE_PER_ADDRESS": plenty,
        "JOIN_RATE_PER_NETWORK": plenty,
    }
    inner = [sys.executable, "-m", "tests.benchmarks", "--rows", str(rows)]
    if database == "postgres":
        inner = [sys.executable, "scripts/with_postgres.py", "--", *inner]
    try:
        done = subprocess.run(
            inner, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return done.stdout.strip()


def measure(database: str, rows: int) -> str:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from tests.benchmarks import invitations, limits, lists, people, quiz_rush, rates, register

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    log = settings.DATA_DIR / "server.log"
    rushed = list(quiz_rush.measure(int(os.environ["BENCHMARK_PORT"]), log))
    marked = list(quiz_rush.results())
    rated = rates.measure(int(os.environ["BENCHMARK_PORT"]), log)
    timed = lists.measure(rows)
    invited = list(invitations.measure())
    registered = list(register.measure(rows))
    present = list(people.measure(PRESENT))
    counted = limits.measure()
    with connection.cursor() as cursor:
        if database == "postgres":
            cursor.execute("SHOW server_version")
        else:
            cursor.execute("SELECT sqlite_version()")
        version = cursor.fetchone()[0].split(" ")[0]
    name = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[database]
    lines = [
        f"## {name} {version}",
        "",
        "| | per second | ratio | queries |",
        "| --- | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {rate.name} | {rate.per_second:,.0f} | {rate.ratio:.2f} | "
        f"{'–' if rate.queries is None else rate.queries} |"
        for rate in rated
    ]
    read = " reads a whole table for |" if database == "postgres" else ""
    lines += ["", f"Lists over {rows:,} rows, and as many again of other people's:", ""]
    lines += [
        f"| | seconds | queries |{read}",
        "| --- | ---: | ---: |" + (" --- |" if read else ""),
    ]
    lines += [
        f"| {one.name} | {one.seconds:.3f} | {one.queries} |"
        + (f" {one.notes or 'nothing'} |" if read else "")
        for one in timed
    ]
    lines += ["", "Invitations:", "", "| | | queries |", "| --- | ---: | ---: |", *invited]
    lines += ["", f"The register of {rows:,} invited, and as many of another item:", ""]
    lines += ["| | seconds | queries | bytes |", "| --- | ---: | ---: | ---: |", *registered]
    lines += [
        "",
        f"A session with {PRESENT:,} present, and its report, and as many in another:",
        "",
    ]
    lines += ["| | seconds | queries | bytes |", "| --- | ---: | ---: | ---: |", *present]
    lines += [
        "",
        f"A quiz that {quiz_rush.PEOPLE} people take at once, in milliseconds:",
        "",
    ]
    lines += ["| | requests | p50 | p99 | most |", "| --- | ---: | ---: | ---: | ---: |", *rushed]
    lines += ["", f"The results of a quiz that {quiz_rush.TAKERS:,} people have taken:", ""]
    lines += ["| | seconds | queries | bytes |", "| --- | ---: | ---: | ---: |", *marked]
    lines += ["", "Counting a try against a limit:", ""]
    lines += ["| | per second | each, ms |", "| --- | ---: | ---: |", *counted]
    return "\n".join(lines)


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

`make bench` measures the hot paths on this machine, on SQLite and on PostgreSQL. Numbers of
requests depend on the machine and on what else it does; the ratio is to a bare Django view that
renders one small template behind the same middleware and the same server, measured in turns with
the others. The server is gunicorn as shipped, with two processes of four threads; the client
shares the machine, sends eight requests at a time, and opens a connection for each. “Queries” are
those of one request, without BEGIN and COMMIT. Throttles are raised for the joins. PostgreSQL
runs with `fsync` off (`scripts/with_postgres.py`): joins there are a little faster than for real.

In the lists half of each table belongs to the page that is measured. Counting it by reading the
table from end to end is then PostgreSQL's right choice; on a page's rows it is worth a look.

"""


if __name__ == "__main__":
    sys.exit(main())
