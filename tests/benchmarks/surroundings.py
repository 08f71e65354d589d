"""The environment that is measured in: settings as on a server, data in a folder of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import system_postgres

ROOT = Path(__file__).resolve().parents[2]
INSIDE = "FOYER_BENCHMARK_DATABASE"  # set in the inner process: on which database
PLENTY = "100000000/m"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def environment() -> Iterator[dict[str, str]]:
    """Throttles that would stop the one client that asks for everybody are raised."""
    folder = Path(tempfile.mkdtemp(prefix="foyer-bench-"))
    port = free_port()
    try:
        yield {
            **{name: value for name, value in os.environ.items() if name != "REDIS_URL"},
            "BENCHMARK_PORT": str(port),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ENV_FILE": str(folder / "no.env"),
            "DATA_DIR": str(folder / "data"),
            "STATIC_ROOT": str(folder / "static"),
            "SECRET_KEY": "for-measuring_Zq8vN2rXk5Lw9TbJ4mYc7HsGd1PfUe3KaQo6WiVx",
            "SITE_URL": f"http://localhost:{port}",
            "DATABASE_URL": "",
            "BARE_DATABASE_URL": f"sqlite:///{folder}/bare.sqlite3",
            "LOG_LEVEL": "WARNING",
            "JOIN_RATE_PER_LINK": PLENTY,
            "JOIN_RATE_PER_ADDRESS": PLENTY,
            "JOIN_RATE_PER_NETWORK": PLENTY,
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(module: str, database: str, *words: str) -> str:
    """What `python -m module words` prints in such an environment, on that database."""
    inner = [sys.executable, "-m", module, *words]
    if database == "postgres":
        inner = [*_postgres(), "--", *inner]
    with environment() as around:
        done = subprocess.run(
            inner,
            cwd=ROOT,
            env={**around, INSIDE: database},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    return done.stdout


def _postgres() -> list[str]:
    """Durable. Debian's where it is installed: the wheel's knows no trigrams, by which lists are
    searched."""
    found = system_postgres.debians_oldest()
    programs = ["--programs", str(found)] if found else []
    return [sys.executable, "scripts/with_postgres.py", "--durable", "--pool", "8", *programs]


def set_up() -> None:
    """In the inner process: Django, the tables, and static files as they are served."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def prepare_bare_site() -> str:
    """Its tables in a database of its own; the key of a session in it, whose user is signed in."""
    if os.environ[INSIDE] == "postgres":
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE bare")
        os.environ["BARE_DATABASE_URL"] = _beside(os.environ["DATABASE_URL"], "bare")
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bare_site.prepare"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout.strip()


def _beside(url: str, name: str) -> str:
    """The address of another database of the same server."""
    head, question, options = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}{question}{options}"
