"""New rows whose INSERT is written once per process: what a hot path writes, one row at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import sql
from django.db.models.constants import OnConflict

from media_items.prepared import preparing

_FEW = 4
_OF_SAVING = (models.signals.pre_save, models.signals.post_save)


class _Insert(NamedTuple):
    statement: str
    fields: tuple[models.Field[Any, Any], ...]
    returns_key: bool

    def values_of(self, row: models.Model, connection: BaseDatabaseWrapper) -> list[Any]:
        return [
            field.get_db_prep_save(field.pre_save(row, add=True), connection)
            for field in self.fields
        ]


def insert(row: models.Model) -> None:
    """As `row.save(force_insert=True)`, of a model that inherits no table; every field stands in
    the row, and none has its default from the database. Where a signal of saving is listened to it
    is that. Raises `ValueError` where a row that it names is not saved yet."""
    if any(signal.has_listeners(type(row)) for signal in _OF_SAVING):
        row.save(force_insert=True)
        return
    _look_at_what_it_names(row)
    connection = connections[DEFAULT_DB_ALIAS]
    made = _insert_into(type(row), connection.vendor)
    with transaction.mark_for_rollback_on_error(), preparing(connection).cursor() as cursor:
        cursor.execute(made.statement, made.values_of(row, connection))
        if made.returns_key:
            (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, connection.alias


def insert_unless_there[M: models.Model](rows: Sequence[M]) -> None:
    """Of one such model, by one statement, but for rows that a constraint refuses since there is
    one already. As by `bulk_create(ignore_conflicts=True)` their keys are not known then, and no
    signal is sent."""
    if not rows:
        return
    for row in rows:
        _look_at_what_it_names(row)
    connection = connections[DEFAULT_DB_ALIAS]
    made = _insert_into(type(rows[0]), connection.vendor, unless_there=True)
    one = _placeholders(made.fields)
    statement = made.statement.replace(one, ", ".join([one] * len(rows)))
    values = [value for row in rows for value in made.values_of(row, connection)]
    # Each number of rows is another statement.
    asked = preparing(connection) if len(rows) <= _FEW else connection
    with transaction.mark_for_rollback_on_error(), asked.cursor() as cursor:
        cursor.execute(statement, values)


def _look_at_what_it_names(row: models.Model) -> None:
    unknown_to_stubs: Any = row
    unknown_to_stubs._prepare_related_fields_for_save(operation_name="insert")


def _placeholders(fields: Sequence[models.Field[Any, Any]]) -> str:
    return f"({', '.join(['%s'] * len(fields))})"


@cache
def _insert_into(model: type[models.Model], vendor: str, *, unless_there: bool = False) -> _Insert:
    """By the ORM's own compiler. Raises `TypeError` for a model that `insert` is not for."""
    meta = model._meta
    fields = [one for one in meta.concrete_fields if not isinstance(one, models.AutoField)]
    if meta.parents or any(field.generated or field.has_db_default() for field in fields):
        raise TypeError(f"{meta.label} is saved as other models are")
    query = sql.InsertQuery(model, on_conflict=OnConflict.IGNORE if unless_there else None)
    query.insert_values(fields, [model()])
    compiler = query.get_compiler(connection=connections[DEFAULT_DB_ALIAS])
    returns_key = meta.pk not in fields and not unless_there
    compiler.returning_fields = [meta.pk] if returns_key else None
    [(statement, params)] = compiler.as_sql()
    if statement.count(_placeholders(fields)) != 1 or len(params) != len(fields):
        raise TypeError(f"{meta.label} has fields that are written in their own way")
    return _Insert(statement, tuple(fields), returns_key)
