"""Connections to browsers that are slow, silent or far too many: uvicorn's protocol, with limits.

uvicorn waits for ever for the rest of a head, of a body, and for a browser that does not read. Each
such wait is bounded here, and their number per network and in all: docs/adr/0020. Shown by
tests/config/test_slow_browsers.py.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import resource
import select
import time
from dataclasses import dataclass
from typing import Any

import h11
from django.conf import settings
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.h11_impl import H11Protocol

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_WARNINGS = 60


@dataclass(frozen=True, kw_only=True)
class Limits:
    # From the first moment, or the first byte of a further request, to the end of its head.
    head_seconds: float = 20
    # At least so many bytes of a body in each span, or its end: about 4 kilobits a second.
    body_seconds: float = 60
    body_bytes: int = 32 * 1024
    # Until a browser has taken what is buffered for it (about 64 KB). A paused player asks for the
    # rest of a film anew. Like nginx's `send_timeout`.
    unread_seconds: float = 120
    # Connections of one network that wait for their browsers, idle ones included. Five hundred
    # people in a hall, with six idle connections and a paused player each, are 3,500.
    per_network: int = 4_000
    # Of all open files of the process: what is left is for streams, files and the database.
    share_of_open_files: float = 0.75


def network_of(address: str) -> str:
    """The address, for IPv6 its /64. Behind our own proxies, who count, everybody is one: ""."""
    if settings.TRUSTED_PROXIES:
        return ""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False))


class Waiting:
    """The connections that wait for their browsers, by network, the longest wait first."""

    def __init__(self) -> None:
        self._of: dict[str, dict[SlowBrowserProtocol, None]] = {}
        self._number = 0
        self._warned_at = -float(SECONDS_BETWEEN_WARNINGS)

    def __len__(self) -> int:
        return self._number

    def add(self, connection: SlowBrowserProtocol) -> None:
        """Where they become too many, the longest wait is cut, not the newcomer."""
        waiting = self._of.setdefault(connection.network, {})
        if connection in waiting:
            return
        waiting[connection] = None
        self._number += 1
        limits = connection.limits
        if connection.network and len(waiting) > limits.per_network:
            self._cut_longest(connection.network)
        elif self._number > _open_files() * limits.share_of_open_files:
            self._cut_longest(max(self._of, key=lambda network: len(self._of[network])))

    def remove(self, connection: SlowBrowserProtocol) -> None:
        waiting = self._of.get(connection.network, {})
        if connection in waiting:
            del waiting[connection]
            self._number -= 1
            if not waiting:
                del self._of[connection.network]

    def _cut_longest(self, network: str) -> None:
        if time.monotonic() - self._warned_at > SECONDS_BETWEEN_WARNINGS:
            self._warned_at = time.monotonic()
            logger.warning(
                "%d connections of %s wait for their browsers; the longest waits are cut.",
                len(self._of[network]),
                network or "all networks",
            )
        next(iter(self._of[network])).cut()


def _open_files() -> int:
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft if soft != resource.RLIM_INFINITY else 1_000_000


class _Flow(FlowControl):
    """Knows whether it was we who did not read."""

    was_paused = False

    def pause_reading(self) -> None:
        self.was_paused = True
        super().pause_reading()


# Where a request's scope says whether its browser has gone.
IS_GONE = "foyer.is_gone"
_HUNG_UP = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)


class SlowBrowserProtocol(H11Protocol):
    limits = Limits()
    waiting = Waiting()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        application = self.app

        async def told(scope: Any, receive: Any, send: Any) -> None:
            await application({**scope, IS_GONE: self.is_gone}, receive, send)

        self.app = told
        self.network = ""
        self._until_sent: asyncio.TimerHandle | None = None  # for a head, or a span of a body
        self._until_read: asyncio.TimerHandle | None = None
        self._wanted = ""  # "head", "body" or nothing
        self._body_bytes = 0

    # --- what uvicorn and the transport tell ---------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow = _Flow(transport)
        self.network = network_of(self.client[0] if self.client else "")
        self._want("head")

    def data_received(self, data: bytes) -> None:
        self._body_bytes += len(data)
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._until_read is None:
            self._until_read = self.loop.call_later(self.limits.unread_seconds, self.cut)
        self._count()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_reading_clock()
        self._count()

    def connection_lost(self, exc: Exception | None) -> None:
        self._want("")
        self._stop_reading_clock()
        self.waiting.remove(self)
        super().connection_lost(exc)

    def is_gone(self) -> bool:
        """Also while we do not read, when the loop hears nothing of the connection. What the
        browser's machine had still to send comes before its end is known."""
        if self.transport.is_closing():
            return True
        looked_at = select.poll()
        looked_at.register(self.transport.get_extra_info("socket").fileno(), _HUNG_UP)
        return bool(looked_at.poll(0))

    # --- the limits ---------------------------------------------------------------------------

    def cut(self) -> None:
        """At once: closing would wait until the browser has read what is buffered."""
        self.transport.abort()

    def _look(self) -> None:
        if self.transport.is_closing():
            self._want("")
        elif self.conn.their_state is h11.IDLE:
            # Nothing sent yet of the next request: uvicorn's own clock runs, `timeout_keep_alive`.
            idle = self.timeout_keep_alive_task is not None and not self.conn.trailing_data[0]
            self._want("idle" if idle else "head")
        elif self.conn.their_state is h11.SEND_BODY:
            self._want("body")
        else:
            self._want("")

    def _want(self, what: str) -> None:
        """A clock that runs for the same thing goes on: single bytes win no time."""
        if what != self._wanted:
            self._wanted = what
            if self._until_sent is not None:
                self._until_sent.cancel()
                self._until_sent = None
            if what == "head":
                self._until_sent = self.loop.call_later(self.limits.head_seconds, self.cut)
            elif what == "body":
                self._begin_span()
        self._count()

    def _begin_span(self) -> None:
        self._body_bytes = 0
        self._flow.was_paused = self._flow.read_paused
        self._until_sent = self.loop.call_later(self.limits.body_seconds, self._end_span)

    def _end_span(self) -> None:
        we_waited = self._flow.was_paused or self.cycle.waiting_for_100_continue
        if self._body_bytes < self.limits.body_bytes and not we_waited:
            self.cut()
        else:
            self._begin_span()

    @property
    def _flow(self) -> _Flow:
        assert isinstance(self.flow, _Flow)  # noqa: S101 - made in `connection_made`
        return self.flow

    def _stop_reading_clock(self) -> None:
        if self._until_read is not None:
            self._until_read.cancel()
            self._until_read = None

    def _count(self) -> None:
        if self._wanted or self._until_read is not None:
            self.waiting.add(self)
        else:
            self.waiting.remove(self)
