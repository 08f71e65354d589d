"""`python -m config.serve`: Foyer on one machine with one command.

Starts the web server, the task workers and the housekeeping as children, starts those again that
die, and stops them all when it is stopped itself. A site with many servers runs the parts one by
one (docs/deployment.md).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from config.children import BASE_DIR, Child, stop
from config.environment import Environment
from config.reach import NotBeyondThisMachine, check_start, is_this_machine

MANAGE = [sys.executable, str(BASE_DIR / "manage.py")]

HOUSEKEEPING_SECONDS = 6 * 60 * 60
# One worker for each queue, so that mail and other short work never wait for a film.
QUEUES = {"default": "mail worker", "media": "media worker"}


class CannotServe(Exception):
    """Holds the sentence for the person who typed the command."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = read_options(arguments)
    try:
        # First, since settings are read from the environment when they are first asked for.
        set_site_url(options.address, options.port)
        set_development_pages(wanted=options.development_pages, address=options.address)
        check_port_is_free(options.address, options.port)
        collect_static_files()
        check_start(options.address)
    except (CannotServe, ImproperlyConfigured, NotBeyondThisMachine) as reason:
        print(f"Foyer cannot start: {reason}", file=sys.stderr)
        return 1
    return Server(options.address, options.port, show_accounts=options.open_accounts).run()


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m config.serve", description=__doc__)
    parser.add_argument("--address", default="127.0.0.1", help="listen here (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="listen on this port (8000)")
    parser.add_argument(
        "--open-accounts", action="store_true", help="print the accounts of the demo course"
    )
    parser.add_argument(
        "--development-pages", action="store_true", help="show the mail folder at /dev/mail/"
    )
    return parser.parse_args(arguments)


def set_site_url(address: str, port: int) -> None:
    """Puts SITE_URL with the port that was asked for into the environment, where it is missing."""
    env = Environment()
    env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))
    if not env.str("SITE_URL", default=""):
        os.environ["SITE_URL"] = f"http://localhost:{port}"
        if not env.str("ALLOWED_HOSTS", default=""):
            os.environ["ALLOWED_HOSTS"] = ",".join({"localhost", "127.0.0.1", "[::1]", address})


def set_development_pages(*, wanted: bool, address: str) -> None:
    """Whatever the environment or `.env` says: they are asked for, at each start, or absent.

    Raises CannotServe where others could read them.
    """
    if wanted and not is_this_machine(address):
        raise CannotServe(
            f"the pages for trying Foyer show its mail, and whoever reaches {address} could read "
            "it. Without them: make run"
        )
    os.environ["DEVELOPMENT_PAGES"] = "true" if wanted else "false"


def check_port_is_free(address: str, port: int) -> None:
    """Raises CannotServe."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address, port))
        except (OSError, OverflowError) as error:
            raise CannotServe(
                f"port {port} on {address} is not free ({getattr(error, 'strerror', error)}). "
                f"Choose another, as in: make demo PORT={port + 1}"
            ) from error


def collect_static_files() -> None:
    """Collects the static files into STATIC_ROOT when they changed since the last time."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    seen = hashlib.sha256()
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            if storage is not None:
                facts = Path(storage.path(path)).stat()
                seen.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == seen.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(seen.hexdigest())


class Server:
    """Starts the children, starts again what dies, stops all of them."""

    def __init__(self, address: str, port: int, *, show_accounts: bool = False) -> None:
        self.address, self.port, self.show_accounts = address, port, show_accounts
        self.web = Child(
            "web server",
            [
                *(sys.executable, "-m", "config.asgi_server"),
                *("--address", address, "--port", str(port)),
            ],
        )
        self.workers = [
            Child(name, [*MANAGE, "db_worker", "--queue-name", queue, "--no-reload"])
            for queue, name in QUEUES.items()
        ]
        self.housekeeping = Child("housekeeping", [*MANAGE, "housekeeping"])
        self.children = [self.web, *self.workers, self.housekeeping]
        self.was_open = False
        self.stop_asked = threading.Event()
        self.exit_status = 0

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                signal.signal(number, lambda *_: self.stop_asked.set())
        try:
            for child in (self.web, *self.workers):
                child.start()
            self._announce_when_open()
            next_housekeeping = time.monotonic()
            while not self.stop_asked.wait(0.5):
                if not self.web.runs and not self.was_open:
                    self._say("The web server could not start; see its messages above.")
                    self.exit_status = 1
                    break
                for child in (self.web, *self.workers):
                    child.keep_alive(self._say)
                if time.monotonic() >= next_housekeeping and not self.housekeeping.runs:
                    next_housekeeping = time.monotonic() + HOUSEKEEPING_SECONDS
                    self.housekeeping.start()
        finally:
            stop(self.children)
        return self.exit_status

    def _announce_when_open(self) -> None:
        give_up_at = time.monotonic() + 120  # a slow machine, a first start
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.address, self.address)  # noqa: S104
        while self.web.runs and not self.stop_asked.is_set() and time.monotonic() < give_up_at:
            try:
                socket.create_connection((host, self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
                continue
            self.was_open = True
            self._say(self._greeting())
            return

    def _greeting(self) -> str:
        lines = ["", f"  {settings.SITE_NAME} is open at {settings.SITE_URL}/"]
        if settings.DEVELOPMENT_PAGES:
            lines.append(f"  Its mail can be read at {settings.SITE_URL}/dev/mail/")
        accounts = settings.DATA_DIR / "demo-accounts.txt"
        if self.show_accounts and accounts.exists():
            written = accounts.read_text(encoding="utf-8").rstrip().splitlines()
            lines += ["", *(f"  {line}" for line in written)]
        return "\n".join([*lines, "", "  Ctrl+C stops it.", ""])

    @staticmethod
    def _say(message: str) -> None:
        print(message, flush=True)


if __name__ == "__main__":
    sys.exit(main())
