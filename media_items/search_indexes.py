"""Indexes for *stands anywhere in this column*, on a PostgreSQL that has the extension pg_trgm.

A room registers what its lists are searched by. Nothing is searched differently with them: they
hold the very expression that `icontains` asks about, and PostgreSQL looks at each row they name.
Words of one or two letters have no trigram, and are looked for without them.

They are no part of the models and of no migration, because a site may get the extension later:
each `migrate` makes those that are missing, and so does `manage.py search_indexes`. SQLite has
none; it is for trying Foyer (docs/adr/0054-search-by-trigrams.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.apps import apps
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import names_digest

EXTENSION = "pg_trgm"
# For transactions that were there before, each: a dump, a session that somebody left open.
LOCK_SECONDS = 60
_TURN = 7_237_114_522  # of the advisory lock: one process makes them at a time


class NotMade(Exception):
    """Why there are no indexes, or not all, in a sentence for whoever runs the server."""


class SearchIndex(NamedTuple):
    model: str
    fields: tuple[str, ...]

    @property
    def table(self) -> str:
        return str(apps.get_model(self.model)._meta.db_table)

    @property
    def columns(self) -> list[Any]:
        meta = apps.get_model(self.model)._meta
        return [meta.get_field(field) for field in self.fields]

    @property
    def name(self) -> str:
        columns = [field.column for field in self.columns]
        return f"search_{names_digest(self.table, *columns, length=8)}"

    def sql(self, connection: BaseDatabaseWrapper, *, concurrently: bool) -> str:
        quoted = connection.ops.quote_name
        parts = [
            connection.ops.lookup_cast("icontains", field.get_internal_type())
            % quoted(field.column)
            + " gin_trgm_ops"
            for field in self.columns
        ]
        how = "CONCURRENTLY " if concurrently else ""
        return (
            f"CREATE INDEX {how}IF NOT EXISTS {quoted(self.name)} ON {quoted(self.table)} "
            f"USING gin ({', '.join(parts)})"
        )


INDEXES: list[SearchIndex] = []


def register(model: str, *fields: str) -> None:
    """`model` as "app.Model"; all the columns in which one word is looked for together."""
    INDEXES.append(SearchIndex(model, fields))


def missing(connection: BaseDatabaseWrapper) -> list[SearchIndex]:
    """Those that PostgreSQL cannot use: not there, or left half made. One query."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid "
            "WHERE indisvalid AND pg_table_is_visible(pg_class.oid) AND relname = ANY(%s)",
            [[one.name for one in INDEXES]],
        )
        there = {name for (name,) in cursor}
    return [one for one in INDEXES if one.name not in there]


def make(
    connection: BaseDatabaseWrapper, *, say: Callable[[str], object] = lambda _line: None
) -> list[str]:
    """Makes those that are missing, while the site is in use; the tables that got one. Raises
    `NotMade`. It may take long, so `say` is told of each before."""
    wanted = missing(connection)
    if not wanted:
        return []
    _ask_for_extension(connection)
    made = []
    try:
        with _turn(connection), connection.cursor() as cursor:
            name = connection.ops.quote_name
            # What was not finished is in the way of its own name.
            concurrently = not connection.in_atomic_block
            for one in missing(connection):
                if not _has_columns(connection, one):
                    continue
                say(f"Making the index for searching {one.table} …\n")
                how = "CONCURRENTLY " if concurrently else ""
                cursor.execute(f"DROP INDEX {how}IF EXISTS {name(one.name)}")
                cursor.execute(one.sql(connection, concurrently=concurrently))
                made.append(one.table)
    except DatabaseError as fault:
        raise NotMade(f"PostgreSQL could not make an index: {_first_line(fault)}") from fault
    return made


def _ask_for_extension(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = %s", [EXTENSION])
        if cursor.fetchone():
            return
        try:
            with transaction.atomic(connection.alias):
                cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {EXTENSION}")
        except DatabaseError as fault:
            raise NotMade(f"There is no {EXTENSION}: {_first_line(fault)}") from fault


@contextmanager
def _turn(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_TURN])
        if not cursor.fetchone()[0]:
            raise NotMade(
                "Another process is making the indexes, or was, by way of a pooler that still has "
                "its connection."
            )
        try:
            cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("RESET lock_timeout")
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_TURN])


def _has_columns(connection: BaseDatabaseWrapper, one: SearchIndex) -> bool:
    """Not where only some of the migrations have run."""
    with connection.cursor() as cursor:
        if one.table not in connection.introspection.table_names(cursor):
            return False
        there = {
            column.name
            for column in connection.introspection.get_table_description(cursor, one.table)
        }
    return there.issuperset(field.column for field in one.columns)


def _first_line(fault: Exception) -> str:
    return str(fault).strip().partition("\n")[0]
