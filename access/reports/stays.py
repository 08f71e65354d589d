"""How long people were there, as SQL. Waiting at the door is not being there.

A stay counts from the moment of being let in, until its end; one that is still open until the
moment of asking. Stays of one participant never overlap, so their sum is their union.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connections
from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

from media_items.live.sessions.models import LiveSession, Participant, Stay

CHUNK = 2_000


def counted_stays(moment: datetime) -> QuerySet[Stay]:
    """With `began` and `ended`; those that lasted no time are left out."""
    return Stay.objects.filter(participant__admitted_at__isnull=False).alias(
        ended=Coalesce(F("left_at"), Value(moment, output_field=DateTimeField())),
        began=Greatest(F("came_at"), F("participant__admitted_at")),
    ).filter(ended__gt=F("began"))  # fmt: skip


def with_presence(rows: QuerySet[Participant], moment: datetime) -> QuerySet[Participant]:
    """Annotates `first_at`, `last_at`, `there_for` and `stay_count`, over all stays of the row."""
    return rows.annotate(
        first_at=_of_own_stays(Min("began"), moment),
        last_at=_of_own_stays(Max("ended"), moment),
        there_for=time_there(moment),
        stay_count=Coalesce(_of_own_stays(Count("pk"), moment), 0),
    )


def time_there(moment: datetime) -> Coalesce:
    """Of the row's participant; zero for somebody who was never there."""
    total = Sum(F("ended") - F("began"), output_field=DurationField())
    return Coalesce(_of_own_stays(total, moment), Value(timedelta(0)), output_field=DurationField())


def last_there(moment: datetime) -> Subquery:
    return _of_own_stays(Max("ended"), moment)


def _of_own_stays(what: Any, moment: datetime) -> Subquery:
    own = counted_stays(moment).filter(participant=OuterRef("pk")).order_by()
    return Subquery(own.values("participant").annotate(found=what).values("found"))


def comings_and_goings(
    sessions: Collection[LiveSession] | QuerySet[LiveSession], moment: datetime
) -> QuerySet[Any]:
    """Each counted stay twice: (session id, when, +1) and (session id, when, -1); no order yet."""
    stays = counted_stays(moment).filter(participant__session__in=sessions).order_by()
    began = stays.annotate(
        session_id=F("participant__session_id"),
        at=F("began"),
        delta=Value(1, output_field=IntegerField()),
    ).values_list("session_id", "at", "delta")
    ended = stays.annotate(
        session_id=F("participant__session_id"),
        at=F("ended"),
        delta=Value(-1, output_field=IntegerField()),
    ).values_list("session_id", "at", "delta")
    return began.union(ended, all=True)


def steps_of(session: LiveSession, moment: datetime) -> Iterator[tuple[datetime, int]]:
    """(when, +1 or -1) in order; at one instant, going is before coming. Read in
    chunks, never all at once in memory."""
    rows = comings_and_goings([session], moment).order_by("at", "delta")
    for _session, at, delta in rows.iterator(chunk_size=CHUNK):
        yield at, delta


def peaks_of(sessions: Collection[LiveSession], moment: datetime) -> dict[int, int]:
    """The most that were there at once, by the session's key. One query, however many people."""
    if not sessions:
        return {}
    rows = comings_and_goings(sessions, moment)
    inner, parameters = rows.query.sql_with_params()
    # The ORM aggregates over no union. The text around it is fixed; every value is a parameter.
    running = (
        "SUM(delta) OVER (PARTITION BY session_id ORDER BY at, delta"
        " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    )
    sql = (
        f"SELECT session_id, MAX(there) FROM"  # noqa: S608
        f" (SELECT session_id, {running} AS there FROM ({inner}) AS steps) AS counted"
        f" GROUP BY session_id"
    )
    with connections[rows.db].cursor() as cursor:
        cursor.execute(sql, parameters)
        return {int(session_id): int(most) for session_id, most in cursor.fetchall()}
