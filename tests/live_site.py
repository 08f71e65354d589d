"""Foyer as live sessions need it, on the tests' own database: pages and event stream, in the
one-port form inside the test process, or in processes of their own as in deploy/.

pytest-django's live server has no event stream.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connection, connections

from tests.waiting import PATIENCE_SECONDS, until

ROOT = Path(__file__).resolve().parents[1]


class LiveSite:
    """`url` is where it answers, from `start()` until `stop()`; both may be called again, as when
    the process is restarted in the middle of a session."""

    def __init__(self, port: int = 0) -> None:
        self.port = port or _free_port()
        self.url = f"http://localhost:{self.port}"
        self._server: Any = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        from config import asgi
        from config.asgi_server import Server, configured, listening
        from config.pages import Pages

        pages = Pages(_leaving_no_connection(StaticFilesHandler(asgi.wsgi)), threads=8)
        application = asgi.with_streams(pages)
        self._server = Server(configured(application, access_log=False))
        sock = listening("localhost", self.port)
        self._thread = threading.Thread(target=self._server.run, args=([sock],), daemon=True)
        self._thread.start()
        until(lambda: self._server.started or not self._thread.is_alive())
        if not self._server.started:
            raise RuntimeError("The live site did not start.")

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(timeout=PATIENCE_SECONDS)


class DeployedSite:
    """gunicorn at `port`, the event process at `events_port`, from `start()` until `stop()`. The
    bus is PostgreSQL's."""

    def __init__(self, folder: Path) -> None:
        self.port, self.events_port = _free_port(), _free_port()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._log = folder / "log"
        own = connection.settings_dict
        self._environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "ENV_FILE": str(folder / "no.env"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SECRET_KEY": settings.SECRET_KEY,
            "DATABASE_URL": with_database(os.environ["DATABASE_URL"], own["NAME"]),
            "DATA_DIR": str(settings.DATA_DIR),
            "STATIC_ROOT": str(folder / "static"),
            "LIVE_BUS": "postgres",
        }

    def start(self) -> None:
        self._run("manage.py", "collectstatic", "--no-input", "--verbosity", "0").wait()
        bind = ("--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--threads", "16")
        self._run("-m", "gunicorn", "-c", "config/gunicorn.py", *bind)
        events = ("--events-only", "--port", str(self.events_port))
        self._run("-m", "config.asgi_server", *events)
        until(lambda: _answers(self.port) and _answers(self.events_port))

    def stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(timeout=PATIENCE_SECONDS)

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._processes.append(process)
        return process


def with_database(address: str, name: str) -> str:
    return urlsplit(address)._replace(path=f"/{name}").geturl()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _leaving_no_connection(wsgi):
    """The threads of the pages outlive the test; their connections must not."""

    def serve(environ, start_response):
        answer = wsgi(environ, start_response)
        close = answer.close

        def close_all():
            close()
            connections.close_all()

        answer.close = close_all
        return answer

    return serve


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("localhost", 0))
        return trial.getsockname()[1]
