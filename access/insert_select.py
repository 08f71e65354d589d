"""Rows made of rows that are there, by one statement for many: INSERT … SELECT.

The ORM says which rows, and what of them; nothing is fetched, and no object is made for each.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import Field, ForeignKey, Model, QuerySet, Value

CHUNK = 500  # rows per statement, each named by its key


def insert_for_each(
    made: type[Model], about: type[Model], pks: Collection[int], **values: Any
) -> list[int]:
    """One row of `made` for each of these rows of `about`, in their order; returns its keys.

    `values`: by field, what stands in it: an expression on the row it is about, or what is the same
    in all. A field that is not named has its default. No signal is sent and nothing is validated,
    as by `bulk_create`. Raises `TypeError` for a default that is made for each row.
    """
    keys, inserted = sorted(pks), list[int]()
    for start in range(0, len(keys), CHUNK):
        rows = about._base_manager.filter(pk__in=keys[start : start + CHUNK]).order_by("pk")
        inserted += _insert(made, rows, values)
    return inserted


def _insert(made: type[Model], rows: QuerySet[Any], values: dict[str, Any]) -> list[int]:
    fields = {field.name: field for field in made._meta.concrete_fields if field != made._meta.pk}
    if unknown := values.keys() - fields.keys():
        raise TypeError(f"not fields of {made._meta.label}: {sorted(unknown)}")
    for name, field in fields.items():
        if name not in values and field.has_default() and callable(field.default):
            raise TypeError(f"{made._meta.label}.{name} has a default for each row.")
    said = {
        f"of_{name}": _expression(field, values[name] if name in values else field.get_default())
        for name, field in fields.items()
        if name in values or field.has_default() or not field.null
    }
    selected, params = (
        rows.annotate(**said).values_list(*said).query.get_compiler(connection=connection).as_sql()
    )
    columns = ", ".join(_column(fields[name.removeprefix("of_")]) for name in said)
    statement = (
        f"INSERT INTO {connection.ops.quote_name(made._meta.db_table)} ({columns}) {selected} "
        f"RETURNING {_column(made._meta.pk)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [key for (key,) in cursor.fetchall()]


def _column(field: Field[Any, Any]) -> str:
    return connection.ops.quote_name(str(field.column))


def _expression(field: Field[Any, Any], value: Any) -> Any:
    if hasattr(value, "resolve_expression"):
        return value
    if isinstance(value, Model):
        value = value.pk
    target = field.target_field if isinstance(field, ForeignKey) else field
    return Value(value, output_field=target)
