"""Noting what hosts are to be told, in the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from itertools import batched
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone

from access.accounts.models import NoticePace, User
from access.notices.kinds import pace_of
from access.notices.models import HostNotice
from media_items.compiled import compiled
from media_items.inserts import insert_unless_there
from media_items.models import MediaItem
from media_items.time_zones import is_time_zone

SETTLES = timedelta(minutes=2)  # what comes at once comes together: many join in a minute
MORNING = time(8)  # of a daily mail, on the reader's clock


def hosts_to_tell(
    *, item: MediaItem, kind: str, by: User | None = None, by_email: str = ""
) -> list[User]:
    """The owner and the co-editors who want to hear of it. A query.

    Not whoever did it: by account, or by an address that they have proven.
    """
    hosts = hosts_of(item=item.pk, owner=item.owner_id)
    by_pk = by.pk if by else None
    return [
        host
        for host in hosts
        if pace_of(host, kind) != NoticePace.NEVER
        and host.pk != by_pk
        and not (by_email and host.email == by_email)
    ]


@compiled
def hosts_of(*, item: int, owner: int) -> QuerySet[User]:
    """The owner and the co-editors, as far as they are active."""
    editors = MediaItem.objects.filter(pk=item).values("co_editors__user")
    return User.objects.filter(Q(pk=owner) | Q(pk__in=editors), is_active=True).order_by("pk")


def note(*, kind: str, item: MediaItem, about: Collection[int], hosts: Sequence[User]) -> None:
    """Each of the hosts is to be told of the rows `about`; what waits already waits once.

    A query for any number of rows, none without hosts.
    """
    moment = timezone.now()
    notices = (
        HostNotice(
            account=host,
            item=item,
            kind=kind,
            about_id=about_id,
            noted_at=moment,
            due_at=due_at(host, kind, item=item, moment=moment),
        )
        for host in hosts
        for about_id in about
    )
    for some in batched(notices, 500):
        insert_unless_there(some)


def due_at(host: User, kind: str, *, item: MediaItem, moment: datetime) -> datetime:
    """In two minutes, or the next morning on the host's clock."""
    if pace_of(host, kind) == NoticePace.AT_ONCE:
        return moment + SETTLES
    names = (name for name in (host.time_zone, item.time_zone) if is_time_zone(name))
    zone = next((ZoneInfo(name) for name in names), timezone.get_default_timezone())
    there = moment.astimezone(zone)
    morning = datetime.combine(there.date(), MORNING, tzinfo=zone)
    if morning <= there:
        morning = datetime.combine(there.date() + timedelta(days=1), MORNING, tzinfo=zone)
    return morning
