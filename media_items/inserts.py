"""New rows whose INSERT is written once per process: what a hot path writes, one row at a time."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from django.db import connection, models, transaction
from django.db.models import sql

_OF_SAVING = (models.signals.pre_save, models.signals.post_save)


class _Insert(NamedTuple):
    statement: str
    fields: tuple[models.Field[Any, Any], ...]
    returns_key: bool


def insert(row: models.Model) -> None:
    """As `row.save(force_insert=True)`, of a model that inherits no table; every field stands in
    the row, and none has its default from the database. Where a signal of saving is listened to it
    is that. Raises `ValueError` where a row that it names is not saved yet."""
    if any(signal.has_listeners(type(row)) for signal in _OF_SAVING):
        row.save(force_insert=True)
        return
    unknown_to_stubs: Any = row
    unknown_to_stubs._prepare_related_fields_for_save(operation_name="insert")
    made = _insert_into(type(row), connection.vendor)
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in made.fields
    ]
    with transaction.mark_for_rollback_on_error(), connection.cursor() as cursor:
        cursor.execute(made.statement, values)
        if made.returns_key:
            (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, connection.alias


@cache
def _insert_into(model: type[models.Model], vendor: str) -> _Insert:
    """By the ORM's own compiler. Raises `TypeError` for a model that `insert` is not for."""
    meta = model._meta
    fields = [one for one in meta.concrete_fields if not isinstance(one, models.AutoField)]
    if meta.parents or any(field.generated or field.has_db_default() for field in fields):
        raise TypeError(f"{meta.label} is saved as other models are")
    query = sql.InsertQuery(model)
    query.insert_values(fields, [model()])
    compiler = query.get_compiler(connection=connection)
    returns_key = meta.pk not in fields
    compiler.returning_fields = [meta.pk] if returns_key else None
    [(statement, params)] = compiler.as_sql()
    if statement.count("%s") != len(fields) or len(params) != len(fields):
        raise TypeError(f"{meta.label} has fields that are written in their own way")
    return _Insert(statement, tuple(fields), returns_key)
