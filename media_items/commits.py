"""How a transaction is committed."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import BooleanField, Func


def wait_for_no_disk() -> None:
    """Of this transaction: its commit does not wait until the disk has it, for others wait for the
    locks that it holds. A crash of the machine may forget the last moment of such commits, each of
    them whole; SQLite is set to that for everything."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")


class NoDiskIsWaitedFor(Func):
    """A condition that is true: one statement that is a transaction by itself says as it finds its
    row what `wait_for_no_disk` says in others. In a transaction it says it of all of that."""

    template = "(set_config('synchronous_commit', 'off', true) = 'off')"
    output_field = BooleanField()
    arity = 0

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="TRUE", **more)
