"""UPDATEs whose SQL is made once per process: what a hot path writes again and again.

    @compiled_update
    def seen(*, participant: int, moment: datetime) -> Update:
        return Update(Stay.objects.filter(participant=participant), seen_at=moment)

    seen(participant=19, moment=now)  # how many rows

As `media_items.compiled`, whose rules hold here, too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Protocol

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet, sql

from media_items.compiled import Compilation, NotCompilable
from media_items.prepared import preparing


class Update:
    """`rows.update(**values)`, not done yet."""

    def __init__(self, rows: QuerySet[Any], **values: Any) -> None:
        self.rows, self.values = rows, values

    def do(self) -> int:
        return self.rows.update(**self.values)


class Write[**P](Protocol):
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> int: ...
    def queryset(self, *args: P.args, **kwargs: P.kwargs) -> Update:
        """The same, compiled anew."""


# Every function that was decorated; the tests do each both ways.
UPDATES: list[CompiledUpdate] = []


class CompiledUpdate(Compilation):
    def __init__(self, build: Callable[..., Update]) -> None:
        super().__init__(build)
        update_wrapper(self, build)
        UPDATES.append(self)

    def __call__(self, **arguments: Any) -> int:
        connection = connections[DEFAULT_DB_ALIAS]
        plan, values = self._plan_of(arguments, connection)
        if plan is None:
            update: Update = self.queryset(**arguments)
            return update.do()
        params = plan.filled(values, connection)
        with transaction.mark_for_rollback_on_error(), preparing(connection).cursor() as cursor:
            cursor.execute(plan.sql, params)
            rows: int = cursor.rowcount
        return rows

    def _sql_of(
        self, update: Update, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...], Any]:
        if update.rows.query.is_sliced or update.rows.query.distinct_fields:
            raise NotCompilable(f"{self.name} updates a part of its rows")
        query: Any = update.rows.query.chain(sql.UpdateQuery)
        query.add_update_values(update.values)
        if query.get_related_updates():
            raise NotCompilable(f"{self.name} updates several tables")
        query.clear_ordering(force=True)
        query.clear_select_clause()
        compiler = query.get_compiler(connection=connection)
        return *compiler.as_sql(), compiler


def compiled_update[**P](build: Callable[P, Update]) -> Write[P]:
    """See the module. The function takes keyword arguments only."""
    made: Any = CompiledUpdate(build)
    write: Write[P] = made
    return write
