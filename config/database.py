"""What becomes of the connections to PostgreSQL when it has been started again."""

from __future__ import annotations

from typing import Any

from psycopg_pool import ConnectionPool


def check_connection(connection: Any) -> None:
    """For the pool, before it gives one away. Raises what `ConnectionPool.check_connection` does.

    The pool looks at one after the other, at growing pauses (psycopg_pool 3.3): with eight that a
    restart has cut, whoever asks waits in vain. So the first that is found dead has all of them
    looked at, and the next that is given is a new one.
    """
    try:
        ConnectionPool.check_connection(connection)
    except Exception:
        connection._pool.check()
        raise
