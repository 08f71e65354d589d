"""Connections to PostgreSQL: replaced after it has been restarted.

A module of its own because settings.py imports it, before there are models.
"""

from __future__ import annotations

import select
import time
from typing import Any

from psycopg_pool import ConnectionPool

ASKED_EVERY = 5.0  # seconds
_ASKED_AT = "_foyer_asked_at"


def check_connection(connection: Any) -> None:
    """The pool's `check`, called before it gives a connection to a request. Raises what
    `ConnectionPool.check_connection` raises.

    A connection that has answered a moment ago is not sent a question again: one that a restart has
    cut has its end to be read on the line, which costs no round trip. Where the server vanished
    without a word there is nothing to read, so after some seconds it is asked.

    The pool checks one connection after the other, with growing pauses (psycopg_pool 3.3): with
    eight that a restart has cut, the request times out. So the first dead one makes the pool check
    all of them, and the next one it gives is new.
    """
    now = time.monotonic()
    was_asked_at: float = getattr(connection, _ASKED_AT, 0.0)
    if now - was_asked_at < ASKED_EVERY and not _has_ended(connection):
        return
    try:
        ConnectionPool.check_connection(connection)
    except Exception:
        connection._pool.check()
        raise
    setattr(connection, _ASKED_AT, now)


def _has_ended(connection: Any) -> bool:
    """Or may have: there is something to read that nobody has asked for."""
    if connection.closed:
        return True
    looked_at = select.poll()
    looked_at.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(looked_at.poll(0))
