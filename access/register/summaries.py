"""How many have access to one item and by what, for the sentences of pages: each one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import (
    Aggregate,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from access.guests.models import AccessRequest, Guest, GuestAccess, GuestAdmission, GuestLink
from access.invitations.models import Invitation
from access.register.querysets import CAME, LIVE
from media_items.compiled import compiled
from media_items.models import MediaItem


@dataclass(frozen=True)
class GuestsSummary:
    """`places`: None where a link has no limit, for then their sum means nothing."""

    access_on: bool
    links: int
    asking: int
    taken: int
    places: int | None


class GuestsNow(NamedTuple):
    access_on: bool
    links: int
    inside: int


def invited_and_came(item: MediaItem) -> tuple[int, int]:
    """How many are invited, how many of them have come."""
    return next(iter(_invited(item=item.pk)), (0, 0))


def guests_summary(item: MediaItem) -> GuestsSummary:
    found = next(iter(_guests_summary(item=item.pk)), (False, 0, 0, 0, 0, 0))
    access_on, links, asking, taken, places, limited = found
    return GuestsSummary(access_on, links, asking, taken, places if links == limited else None)


def guests_now(item: MediaItem, moment: datetime) -> GuestsNow:
    """`inside`: who has access at that moment, however many browsers they use."""
    return GuestsNow(*next(iter(_guests_now(item=item.pk, moment=moment)), (False, 0, 0)))


@compiled
def _invited(*, item: int) -> QuerySet[Invitation, Any]:
    rows = Invitation.objects.filter(item=item).order_by().values("item")
    counted = rows.annotate(invited=Count("pk", filter=LIVE), came=Count("pk", filter=CAME))
    return counted.values_list("invited", "came")


@compiled
def _guests_summary(*, item: int) -> QuerySet[MediaItem, Any]:
    links = GuestLink.objects.filter(item=item, deleted_at=None)
    return MediaItem.objects.filter(pk=item).values_list(
        Exists(GuestAccess.objects.filter(item=item, enabled_at__isnull=False)),
        _over(links, Count("pk")),
        _over(AccessRequest.objects.filter(item=item).waiting(), Count("pk")),
        _over(links, Sum("places_taken")),
        _over(links, Sum("places")),
        _over(links, Count("places")),
    )


@compiled
def _guests_now(*, item: int, moment: datetime) -> QuerySet[MediaItem, Any]:
    admissions = GuestAdmission.objects.filter(guest=OuterRef("pk"))
    inside = Guest.objects.filter(Exists(admissions.in_force(moment)), link__item=item)
    return MediaItem.objects.filter(pk=item).values_list(
        Exists(GuestAccess.objects.filter(item=item, enabled_at__isnull=False)),
        _over(GuestLink.objects.filter(item=item, deleted_at=None), Count("pk")),
        _over(inside, Count("pk"), by="link__item"),
    )


def _over(rows: QuerySet[Any], total: Aggregate, *, by: str = "item") -> Coalesce:
    """Of all the rows, which are of one item; 0 where there are none."""
    counted = rows.order_by().values(by).annotate(total=total).values("total")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())
