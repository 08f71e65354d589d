"""For migrations: stored addresses in the one form of `access.email_addresses`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from access.email_addresses import normal_email

type Rename = Callable[[str], str]


def rename_column(
    rows: Any,
    column: str,
    *,
    merge: Callable[[Any, str], None] | None = None,
    rename: Rename = normal_email,
) -> None:
    """Writes `rename` of each value. `merge(row, new)` is called where another row has it already.

    `rows` is a queryset of a model as a migration knows it.
    """
    for pk, before in rows.exclude(**{column: ""}).values_list("pk", column).iterator():
        after = rename(before)
        if after == before:
            continue
        try:
            with transaction.atomic():
                rows.filter(pk=pk).update(**{column: after})
        except IntegrityError:
            if merge is None:
                raise
            merge(rows.get(pk=pk), after)
