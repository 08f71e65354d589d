"""Keys of people in a sitting (`account:7`, `invitation:3`, `guest:19`) and the rows behind them,
as SQL in both directions. A guest's number is the one of a `GuestAdmission`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import BigIntegerField, CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat, Substr

from media_items.live.sessions.models import Participant

ACCOUNT, INVITATION, GUEST = "account:", "invitation:", "guest:"


def rows_behind(participants: QuerySet[Participant], kind: str) -> QuerySet[Any]:
    """The primary keys of the rows of one kind, for `pk__in`."""
    number = Cast(Substr("key", len(kind) + 1), BigIntegerField())
    return participants.filter(key__startswith=kind).order_by().values_list(number, flat=True)


def keys_of(rows: QuerySet[Any], kind: str) -> QuerySet[Any]:
    """For `key__in`."""
    key = Concat(Value(kind), Cast("pk", CharField()), output_field=CharField())
    return rows.order_by().values_list(key, flat=True)


def numbers(participants: Iterable[Participant], kind: str) -> list[int]:
    """The same of rows at hand."""
    return [int(one.key[len(kind) :]) for one in participants if one.key.startswith(kind)]
