"""A query without an order gets its rows the other way round.

SQLite hands out rows in the order they came in, PostgreSQL does until one of them is changed. What
leans on that passes here and fails on a server, now and then. SQLite's own switch for finding it
(https://www.sqlite.org/pragma.html#pragma_reverse_unordered_selects) is on in every test.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.signals import connection_created


def reverse_what_has_no_order(connection: Any, **kwargs: Any) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA reverse_unordered_selects = ON")


connection_created.connect(reverse_what_has_no_order, dispatch_uid="reverse what has no order")
