"""Foyer in its one-port form inside the test process: pages, event stream, one database.

pytest-django's live server has no event stream; journeys of live sessions use this one.
"""

from __future__ import annotations

import socket
import threading
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections

from tests.waiting import PATIENCE_SECONDS, until


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
