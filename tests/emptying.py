"""Empties the tables of the test database, those that hold anything."""

from __future__ import annotations

from functools import cache

from django.db import connection, transaction

# What `migrate` has put there.
_KEPT = {"django_content_type", "auth_permission", "django_migrations"}


@cache
def _tables() -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(names) - _KEPT)


def empty_tables() -> None:
    """In any order: foreign keys are looked at when it is committed."""
    quote = connection.ops.quote_name
    look = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})"  # noqa: S608 (names of tables)
        for name in _tables()
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(look)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quote(name)}")  # noqa: S608
