"""The event stream as a browser hears it: a real uvicorn, and a plain connection to it."""

from __future__ import annotations

import json
import socket
import time

import pytest

from media_items.live.events.bus import current_bus
from media_items.live.events.tickets import COOKIE_NAME, stream_path
from tests.live_site import DeployedSite, LiveSite
from tests.waiting import PATIENCE_SECONDS


@pytest.fixture
def live_process(transactional_db, settings):
    """Foyer's one-port form, running."""
    settings.LIVE_BUS = "memory"
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    current_bus.cache_clear()
    process = LiveSite()
    process.start()
    yield process
    process.stop()
    current_bus.cache_clear()


@pytest.fixture
def deployed(transactional_db, settings, tmp_path):
    """gunicorn, and the streams in a process of their own, as in deploy/: on PostgreSQL."""
    settings.LIVE_BUS = "postgres"
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    current_bus.cache_clear()
    site = DeployedSite(tmp_path)
    site.start()
    yield site
    site.stop()
    current_bus.cache_clear()


@pytest.fixture
def listen(live_process):
    """`listen(browser, session)`: that browser's event stream, with the ticket it holds."""
    yield from _listening_at(live_process.port)


@pytest.fixture
def listen_deployed(deployed):
    """`listen`, where the streams have a process of their own."""
    yield from _listening_at(deployed.events_port)


def _listening_at(port):
    opened = []

    def open_one(browser, session, *, cookie=None):
        if cookie is None:
            held = browser.cookies.get(COOKIE_NAME)
            cookie = f"{COOKIE_NAME}={held.value}" if held else ""
        listener = Listener(port, stream_path(session.public_id), headers={"Cookie": cookie})
        opened.append(listener)
        return listener

    yield open_one
    for listener in opened:
        listener.close()


class Listener:
    """One request, its status, and the facts of its answer as they come."""

    def __init__(self, port, path, *, method="GET", headers=None):
        self.connection = socket.create_connection(("localhost", port), timeout=PATIENCE_SECONDS)
        head = [f"{method} {path} HTTP/1.1", "Host: localhost"]
        head += [f"{name}: {value}" for name, value in (headers or {}).items() if value]
        self.connection.sendall("\r\n".join([*head, "", ""]).encode())
        self._seen = b""
        head = self._until(lambda: b"\r\n\r\n" in self._seen) and self._seen.split(b"\r\n\r\n")[0]
        self.head = head.decode().lower()
        self.status = int(self._seen[9:12])

    def facts(self):
        """(kind, data) of all that has come by now."""
        self._until(lambda: False, seconds=0.05)
        found = []
        for block in self._seen.decode().split("\n\n"):
            lines = [line for line in block.splitlines() if line.startswith(("event: ", "data: "))]
            if len(lines) == 2:
                found.append((lines[0][7:], json.loads(lines[1][6:])))
        return found

    def kinds(self):
        return [kind for kind, _data in self.facts()]

    def hears(self, kind, seconds=PATIENCE_SECONDS):
        return self._until(lambda: f"event: {kind}\n".encode() in self._seen, seconds)

    def ends(self, seconds=PATIENCE_SECONDS):
        return self._until(lambda: self._seen.endswith(b"0\r\n\r\n"), seconds)

    def close(self):
        self.connection.close()

    def _until(self, reached, seconds=PATIENCE_SECONDS):
        give_up_at = time.monotonic() + seconds
        while not reached():
            left = give_up_at - time.monotonic()
            if left <= 0:
                return False
            self.connection.settimeout(left)
            try:
                part = self.connection.recv(65536)
            except TimeoutError:
                return False
            if not part:
                return reached()
            self._seen += part
        return True
