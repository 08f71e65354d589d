"""How many rows there are of one item, as a part of a question about more."""

from __future__ import annotations

from typing import Any

from django.db.models import Aggregate, Count, IntegerField, QuerySet, Subquery
from django.db.models.functions import Coalesce


def number_of(rows: QuerySet[Any], *, by: str = "item") -> Coalesce:
    """How many, as a part of a query."""
    return over(rows, Count("*"), by=by)


def over(rows: QuerySet[Any], total: Aggregate, *, by: str = "item") -> Coalesce:
    """Of all the rows, which are of one item; 0 where there are none."""
    counted = rows.order_by().values(by).annotate(total=total).values("total")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())
