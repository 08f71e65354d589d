"""How many have access to one item and by what, for the sentences of pages: each one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Count,
    Exists,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from access.guests.models import AccessRequest, Guest, GuestAccess, GuestAdmission, GuestLink
from access.invitations.models import Invitation
from access.policies import galleries_letting_into, is_in_galleries
from access.register.counting import over
from access.register.querysets import CAME, LIVE
from media_items.catalogue.models import State
from media_items.compiled import Question, compiled
from media_items.models import Gallery, MediaItem

MOST_NAMED = 50  # co-editors and galleries, in a list
MOST_MENTIONED = 3  # galleries, in a sentence


@dataclass(frozen=True)
class GuestsSummary:
    """`places`: None where a link has no limit, for then their sum means nothing."""

    access_on: bool
    links: int
    asking: int
    taken: int
    places: int | None


def invited_and_came(item: MediaItem) -> tuple[int, int]:
    """How many are invited, how many of them have come."""
    return next(iter(_invited(item=item.pk)), (0, 0))


def guests_summary(item: MediaItem) -> GuestsSummary:
    found = next(iter(_guests_summary(item=item.pk)), (False, 0, 0, 0, 0, 0))
    access_on, links, asking, taken, places, limited = found
    return GuestsSummary(access_on, links, asking, taken, places if links == limited else None)


def galleries_with_people(item: MediaItem) -> list[Gallery]:
    """Whose members see it, by name, each with `people`, a count."""
    return _asked(_with_people, item)


def first_galleries(item: MediaItem) -> list[Gallery]:
    """Whose members see it, a few."""
    return _asked(_some_galleries, item)


def _asked(galleries: Question[..., Gallery], item: MediaItem) -> list[Gallery]:
    if not is_in_galleries(item):
        return []
    # Where it is not published, its own key is not asked for.
    ask = galleries if item.state == State.PUBLISHED else galleries.queryset
    return list(ask(item=item.pk, room_of=item.room_of_id, state=State(item.state)))


@compiled
def _with_people(*, item: int, room_of: int | None, state: State) -> QuerySet[Gallery]:
    found = _letting_into(item, room_of, state)
    counted = found.annotate(people=Count("memberships", distinct=True))
    return counted.order_by("name")[:MOST_NAMED]


@compiled
def _some_galleries(*, item: int, room_of: int | None, state: State) -> QuerySet[Gallery]:
    return _letting_into(item, room_of, state)[:MOST_MENTIONED]


def _letting_into(item: int, room_of: int | None, state: State) -> QuerySet[Gallery]:
    return galleries_letting_into(MediaItem(pk=item, room_of_id=room_of, state=state))


@compiled
def _invited(*, item: int) -> QuerySet[Invitation, Any]:
    rows = Invitation.objects.filter(item=item).order_by().values("item")
    counted = rows.annotate(invited=Count("item", filter=LIVE), came=Count("item", filter=CAME))
    return counted.values_list("invited", "came")


@compiled
def _guests_summary(*, item: int) -> QuerySet[MediaItem, Any]:
    links = GuestLink.objects.filter(item=item, deleted_at=None)
    return MediaItem.objects.filter(pk=item).values_list(
        Exists(GuestAccess.objects.filter(item=item, enabled_at__isnull=False)),
        over(links, Count("pk")),
        over(AccessRequest.objects.filter(item=item).waiting(), Count("pk")),
        over(links, Sum("places_taken")),
        over(links, Sum("places")),
        over(links, Count("places")),
    )


def number_inside(item: int, moment: datetime) -> Coalesce:
    """How many guests have access at that moment, as a part of a query.

    Link by link and guest by guest, each by its own index: joined, PostgreSQL takes every link for
    one of the usual size, and may read the guests of the whole site to find one.
    """
    admissions = GuestAdmission.objects.filter(guest=OuterRef("pk")).in_force(moment)
    one = Subquery(admissions.order_by().values("pk")[:1])
    guests = Guest.objects.filter(link=OuterRef("pk")).order_by().values("link")
    inside = Subquery(guests.annotate(inside=Count(one)).values("inside"))
    links = GuestLink.objects.filter(item=item).annotate(inside=inside)
    return over(links, Sum("inside"))
