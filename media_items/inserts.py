"""New rows whose INSERT is written once per process: what a hot path writes, one row at a time."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from django.db import connection, models, transaction
from django.db.models import sql


class _Insert(NamedTuple):
    statement: str
    fields: tuple[models.Field[Any, Any], ...]
    returns_key: bool


def insert(row: models.Model) -> None:
    """As `row.save(force_insert=True)`, of a model that inherits no table and listens to no signal
    of saving; every field stands in the row, and none has its default from the database."""
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
    signals = (models.signals.pre_save, models.signals.post_save)
    fields = [one for one in meta.concrete_fields if not isinstance(one, models.AutoField)]
    if (
        meta.parents
        or any(signal.has_listeners(model) for signal in signals)
        or any(field.generated or field.has_db_default() for field in fields)
    ):
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
