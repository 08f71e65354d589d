"""Replacing the connections to PostgreSQL after it has been restarted.

A module of its own because settings.py imports it, before there are models.
"""

from __future__ import annotations

from typing import Any

from psycopg_pool import ConnectionPool


def check_connection(connection: Any) -> None:
    """The pool's `check`, called before it gives a connection to a request. Raises what
    `ConnectionPool.check_connection` raises.

    The pool checks one connection after the other, with growing pauses (psycopg_pool 3.3): with
    eight that a restart has cut, the request times out. So the first dead one makes the pool check
    all of them, and the next one it gives is new.
    """
    try:
        ConnectionPool.check_connection(connection)
    except Exception:
        connection._pool.check()
        raise
