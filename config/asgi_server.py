"""`python -m config.asgi_server`: uvicorn with Foyer's settings.

Serves pages and event streams on one port (the one-command form), or with `--events-only` the
streams alone (docs/deployment.md).
"""

from __future__ import annotations

import argparse
import logging
import os
import resource
import socket
import sys
from collections.abc import Sequence
from typing import Any

import uvicorn

from config import asgi  # sets Django up, so it comes first
from config.connections import SlowBrowserProtocol
from config.reach import NotBeyondThisMachine, check_start
from media_items.live.events.hub import HUB

# How long requests under way may go on when the server is stopped. Streams end at once.
GRACE_SECONDS = 3
# The kernel ends a connection when the other side has taken nothing for this long: a paused player
# asks for the rest again, a machine that was closed never does. Like nginx's `send_timeout`.
UNANSWERED_SECONDS = 120
BACKLOG = 2048


def main(arguments: Sequence[str] | None = None) -> int:
    options = _read_options(arguments)
    try:
        check_start(options.address)
    except NotBeyondThisMachine as reason:
        print(f"Foyer cannot start: {reason}", file=sys.stderr)
        return 1
    _allow_many_connections()
    application = asgi.events if options.events_only else asgi.application
    server = Server(configured(application, access_log=not options.events_only))
    server.run([listening(options.address, options.port)])
    if server.unfinished_requests:
        # A thread that waits for a browser which reads no more would keep the process running.
        logging.shutdown()
        os._exit(0)
    return 0 if server.started else 1


def _read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m config.asgi_server", description=__doc__)
    parser.add_argument("--address", default="127.0.0.1", help="listen here (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="listen on this port (8000)")
    parser.add_argument("--events-only", action="store_true", help="no pages")
    return parser.parse_args(arguments)


def configured(application: Any, *, access_log: bool = True) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        # Django configures the loggers of uvicorn (LOGGING): one format, and
        # SECURITY: one filter that hides the tokens of links.
        log_config=None,
        access_log=access_log,
        # SECURITY: no header about scheme, path or client is trusted here. Only Django does, as far
        # as TRUSTED_PROXIES says, so that there is one place to configure.
        proxy_headers=False,
        server_header=False,
        http=SlowBrowserProtocol,
        ws="none",
        lifespan="on",
        h11_max_incomplete_event_size=16 * 1024,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def listening(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.create_server((address, port), family=family, backlog=BACKLOG)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; accepted connections inherit it
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNANSWERED_SECONDS * 1000)
    return made


def _allow_many_connections() -> None:
    """As many open files as the system allows: each listener is one; the usual limit is 1,024."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Server(uvicorn.Server):
    """Stops within seconds however many streams are open."""

    unfinished_requests = 0

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        HUB.end_all()
        await super().shutdown(sockets)
        self.unfinished_requests = asgi.pages.under_way


if __name__ == "__main__":
    sys.exit(main())
