"""How a transaction is committed."""

from __future__ import annotations

from django.db import connection


def wait_for_no_disk() -> None:
    """Of this transaction: its commit does not wait until the disk has it, for others wait for the
    locks that it holds. A crash of the machine may forget the last moment of such commits, each of
    them whole; SQLite is set to that for everything."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
