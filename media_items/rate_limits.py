"""Rate limits: how often somebody may do something, counted in rows of the database.

One row for each thing that is counted. Its window begins with the first try and ends by itself; a
new one takes the same row. So nothing pushes a count out, several processes count together, and no
other service is asked (docs/adr/0018).

SECURITY: never counted by cookie. Each limit is counted for what it protects: a link, an address, a
participant, a network. What that is stands in the row as a keyed digest and nowhere else.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from media_items.compiled import compiled
from media_items.prepared import preparing
from media_items.refusals import Refusal

_UNITS = {"s": 1, "m": 60, "h": 60 * 60, "d": 60 * 60 * 24}
# Whoever has an IPv6 network has all addresses of it.
_IPV6_NETWORK_BITS = 64


class TooManyTries(Refusal):
    """The limit is reached. `wait_seconds`, at least 1, is the time until the window ends."""

    status = 429
    message = _("Too many attempts in a short time. Wait a moment, then try again.")

    def __init__(self, wait_seconds: int) -> None:
        super().__init__()
        self.wait_seconds = max(1, wait_seconds)

    @property
    def wait_minutes(self) -> int:
        """Rounded up, for the message."""
        return -(-self.wait_seconds // 60)


class TriesLeft(models.Model):
    """How many tries are left of one limit until its window ends. After that the row says nothing
    and is swept."""

    key = models.CharField(_("counted key"), max_length=64, primary_key=True)
    left = models.PositiveIntegerField(_("tries left"))
    ends_at = models.DateTimeField(_("resets at"), db_index=True)

    class Meta:
        verbose_name = _("rate limit")
        verbose_name_plural = _("rate limits")

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True)
class Limit:
    """`rate` (`30/h`, `5/10m`) for `of` in `group`. `of` is an address, a link's or participant's
    id; "" is the client's network."""

    group: str
    of: str
    rate: str

    def of_request(self, request: HttpRequest) -> _Counted:
        most, _slash, period = self.rate.partition("/")
        window = timedelta(seconds=int(period[:-1] or 1) * _UNITS[period[-1]])
        return _Counted(self.group, self.of or client_network(request), int(most), window)


@dataclass(frozen=True)
class _Counted:
    """At most so many of `of` in a window."""

    group: str
    of: str
    most: int
    window: timedelta

    @cached_property
    def key(self) -> str:
        """With another rate it is another count: a changed setting holds at once."""
        named = f"{self.group}\0{self.most}\0{self.window}\0{self.of}"
        return salted_hmac("media_items.rate_limits", named, algorithm="sha256").hexdigest()


def client_network_address(request: HttpRequest) -> str:
    """The address the request came from, trusting only the site's own proxies (TRUSTED_PROXIES).

    SECURITY: everything left of our own proxies in X-Forwarded-For is what the client wrote there.
    """
    hops = settings.TRUSTED_PROXIES
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if hops and len(chain) >= hops and chain[-hops]:
        return chain[-hops].partition("%")[0]
    return request.META.get("REMOTE_ADDR") or "127.0.0.1"


def client_network(request: HttpRequest) -> str:
    """What is counted for a network: an IPv4 address, also one written as IPv6, or the /64 of an
    IPv6 address. Whatever is none counts as one."""
    try:
        address = ipaddress.ip_address(_without_port(client_network_address(request)))
    except ValueError:
        return "no address"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _IPV6_NETWORK_BITS), strict=False))


def _without_port(written: str) -> str:
    """Some proxies write `203.0.113.9:50001` and `[2001:db8::1]:50001`."""
    if written.startswith("["):
        return written[1:].partition("]")[0]
    address, _colon, port = written.partition(":")
    return address if "." in address and port.isdecimal() else written


def count_try(request: HttpRequest, group: str, *, of: str, rate: str) -> None:
    """Counts one try. Raises `TooManyTries` when the rate is used up, and counts nothing then."""
    count_tries(request, [Limit(group, of, rate)])


def count_tries(request: HttpRequest, limits: Iterable[Limit]) -> None:
    """Counts one try against each of `limits`, or, when one of them is used up, against none, and
    raises `TooManyTries`. One statement.

    The widest limit comes last: its row is what many write at the same time.
    """
    _count([limit.of_request(request) for limit in limits])


def count_tries_with(request: HttpRequest, beside: Limit, limits: Iterable[Limit]) -> bool:
    """As `count_tries`, and in the same statement one try against `beside`, which refuses nobody.
    Returns whether one of it was left."""
    other = beside.of_request(request)
    return other.key in _count([limit.of_request(request) for limit in limits], other)


def count_each(request: HttpRequest, limits: Iterable[Limit]) -> None:
    """Counts one try against each of `limits` that has one left, and raises `TooManyTries` where
    one had none. One statement."""
    counted, now = [limit.of_request(request) for limit in limits], timezone.now()
    if len(_take_one_each(counted, now)) < len(counted):
        _raise_if_used_up(counted, now)


def check_tries(request: HttpRequest, limits: Iterable[Limit]) -> None:
    """Counts nothing, makes no row. Raises `TooManyTries` when the next `count_tries` would. One
    statement."""
    _raise_if_used_up([limit.of_request(request) for limit in limits], timezone.now())


def is_first(group: str, *, of: str, within: timedelta) -> bool:
    """Whether it is the first time for so long, over all processes. Nobody is refused."""
    counted = [_Counted(group, of, 1, within)]
    return _take_one_each(counted, timezone.now(), all_or_none=counted) != set()


def forget_first(group: str, *, of: str, within: timedelta) -> None:
    """What `is_first` was true for has not happened after all."""
    TriesLeft.objects.filter(pk=_Counted(group, of, 1, within).key).delete()


def sweep_tries() -> int:
    """Removes the rows whose window is over; returns how many. For housekeeping."""
    over = TriesLeft.objects.filter(ends_at__lte=timezone.now())
    with transaction.atomic():
        # A row that is just counted on is not over: nobody waits for another here.
        if connection.features.has_select_for_update_skip_locked:
            over = TriesLeft.objects.filter(
                pk__in=over.select_for_update(skip_locked=True).values("pk")
            )
        return over.delete()[0]


def _count(counted: list[_Counted], *besides: _Counted) -> set[str]:
    """The keys of those that had a try left, all of `counted` among them. Raises `TooManyTries`."""
    now = timezone.now()
    if connection.vendor == "sqlite" and len(counted) > 1:
        # There an INSERT waits for whoever writes, and keeps others waiting, before it looks.
        _raise_if_used_up(counted, now)
    taken = _take_one_each([*besides, *counted], now, all_or_none=counted)
    if all(limit.key in taken for limit in counted):
        return taken
    for key in taken:  # given back one by one: nobody holds one row and waits for another
        TriesLeft.objects.filter(pk=key).update(left=F("left") + 1)
    _raise_if_used_up(counted, now)
    raise TooManyTries(1)  # the window has ended between the two questions


def _take_one_each(
    limits: list[_Counted], now: datetime, *, all_or_none: Collection[_Counted] = ()
) -> set[str]:
    """One statement takes a try from each; returns the keys of those that had one. Where one of
    `all_or_none` is seen to be used up, it takes none and writes nothing; what is used up by others
    in the same moment is found by the keys that are missing.

    Committed at once, by the statement itself; in a transaction `durable` refuses it. What is
    refused later, and rolled back, has been tried all the same, and nobody waits for another's act
    at the row of their common network.
    """
    table, as_written = TriesLeft._meta.db_table, connection.ops.adapt_datetimefield_value
    values: list[Any] = []
    for limit in limits:
        values += [limit.key, limit.most - 1, as_written(now + limit.window)]
    seen, keys = _seen_used_up(all_or_none)
    # A crash of the machine may forget the last moment. So no try waits for the disk; SQLite is set
    # to that for everything.
    unwaiting = (
        ", set_config('synchronous_commit', 'off', true)"
        if connection.vendor == "postgresql"
        else ""
    )
    statement = f"""
        INSERT INTO {table} (key, "left", ends_at)
        SELECT * FROM (VALUES {", ".join(["(%s, %s, %s)"] * len(limits))}) AS tried
        WHERE NOT EXISTS (
            SELECT 1 FROM {table} WHERE {seen} AND "left" = 0 AND ends_at > %s
        )
        ON CONFLICT (key) DO UPDATE SET
            "left" = CASE WHEN {table}.ends_at > %s THEN {table}."left" - 1
                     ELSE excluded."left" END,
            ends_at = CASE WHEN {table}.ends_at > %s THEN {table}.ends_at
                      ELSE excluded.ends_at END
        WHERE {table}.ends_at <= %s OR {table}."left" > 0
        RETURNING key{unwaiting}
    """  # noqa: S608 - the table's name and placeholders
    alone = (
        transaction.atomic(durable=True, savepoint=False)
        if connection.in_atomic_block
        else nullcontext()
    )
    with alone, preparing(connection).cursor() as cursor:
        cursor.execute(statement, [*values, *keys, *[as_written(now)] * 4])
        return {row[0] for row in cursor.fetchall()}


def _seen_used_up(limits: Collection[_Counted]) -> tuple[str, list[str]]:
    """A condition on the rows that are looked at, and its values."""
    keys = [limit.key for limit in limits]
    return f"key IN ({', '.join(['%s'] * len(keys))})" if keys else "1 = 0", keys


def _raise_if_used_up(limits: list[_Counted], now: datetime) -> None:
    if ends := ends_of_used_up(counted=tuple(limit.key for limit in limits), moment=now):
        raise TooManyTries(-(-(max(ends) - now) // timedelta(seconds=1)))


@compiled
def ends_of_used_up(
    *, counted: tuple[str, ...], moment: datetime
) -> models.QuerySet[Any, datetime]:
    """When the windows end of those that have no try left."""
    used_up = TriesLeft.objects.filter(pk__in=counted, left=0, ends_at__gt=moment)
    return used_up.values_list("ends_at", flat=True)
