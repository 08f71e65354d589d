"""Questions that PostgreSQL prepares: it plans each once for a connection, and values are sent
beside it (DATABASE_PREPARED, docs/deployment.md). What SQLite is asked is put into its way of
writing once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from psycopg import errors
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8Dumper

MOST_PREPARED = 500  # statements of a connection; there are some forty questions, of a few shapes
_BY_SAYING_SO = 1_000_000_000  # times that psycopg would wait before it prepared unasked


def preparing(connection: BaseDatabaseWrapper) -> Any:
    """The connection as it prepares what it is asked; where `DATABASE_PREPARED` is off, that to
    PostgreSQL itself."""
    if connection.vendor == "sqlite":
        return _Preparing(connection, lambda inner: inner.cursor(factory=_WrittenCursor))
    if connection.vendor == "postgresql" and settings.DATABASE_PREPARED:
        return _Preparing(connection, _PreparedCursor)
    return connection


class _Preparing:
    """A connection with cursors of a kind of its own."""

    def __init__(self, connection: Any, cursor_of: Callable[[Any], Any]) -> None:
        self._connection, self._cursor_of = connection, cursor_of

    def cursor(self) -> Any:
        connection = self._connection
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        with connection.wrap_database_errors:
            return connection._prepare_cursor(self._cursor_of(connection.connection))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


# By the text in Django's way of writing; no value is in it. As many as there are questions.
_written: dict[str, str] = {}


class _WrittenCursor(SQLiteCursorWrapper):
    """What Django puts into SQLite's way of writing at each question is put so once."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        if param_names is not None:
            return super().convert_query(query, param_names=param_names)
        if (kept := _written.get(query)) is None:
            kept = super().convert_query(query)
            if len(_written) < MOST_PREPARED:
                _written[query] = kept
        return kept


class _PreparedCursor(psycopg.Cursor[Any]):
    """Everything else is not prepared, and psycopg keeps no text of it: values stand in it."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        super().__init__(connection)
        # A statement is known by its text and types; psycopg has a type for each size of number.
        self.adapters.register_dumper(int, Int8Dumper)
        connection.prepared_max = MOST_PREPARED

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        connection = self.connection
        is_in_transaction = connection.info.transaction_status != TransactionStatus.IDLE
        connection.prepare_threshold = _BY_SAYING_SO
        try:
            return super().execute(query, params, prepare=True, **options)
        except (errors.FeatureNotSupported, errors.InvalidSqlStatementName):
            # A migration has changed the type of a column, or a pooler the connection.
            if is_in_transaction:
                raise  # its end by ROLLBACK makes psycopg forget what is prepared
            connection.execute("BEGIN")
            connection.rollback()
            connection.prepare_threshold = None
            return super().execute(query, params, prepare=False, **options)
        finally:
            connection.prepare_threshold = None
