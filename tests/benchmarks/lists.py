"""List pages over 100,000 rows: seconds, queries, and on PostgreSQL the plan of every query."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from django.utils import timezone

from access.accounts.models import User
from access.guests.models import Guest, GuestAdmission, GuestLink
from access.memberships.models import GalleryRole
from media_items.catalogue.models import Gallery, Kind, MediaItem, Publication, State
from tests.factories import (
    GalleryFactory,
    GalleryMembershipFactory,
    GuestLinkFactory,
    MediaItemFactory,
    UserFactory,
)

BATCH = 5_000
LINKS = 20
TOPICS = ("Cell division", "Dawn chorus", "Field notes", "Photosynthesis", "Spectrograms")


@dataclass
class Timing:
    name: str
    seconds: float
    queries: int
    notes: str = ""


@dataclass
class Stage:
    owner: User
    gallery: Gallery
    item: MediaItem


def fill(rows: int) -> Stage:
    """`rows` of everything a page lists, and as many again of other people's."""
    owner, item = UserFactory(), None
    gallery, other_gallery = GalleryFactory(), GalleryFactory()
    GalleryMembershipFactory(gallery=gallery, user=owner, role=GalleryRole.MANAGER)
    for person, place in ((owner, gallery), (UserFactory(), other_gallery)):
        made = list(_items(person, rows))
        _in_batches(
            Publication(item=one, gallery=place, published_at=one.created_at) for one in made
        )
    item = MediaItemFactory(owner=owner, title="The item with the guests")
    links = [GuestLinkFactory(item=item, access_on=True, name=f"Link {n}") for n in range(LINKS)]
    elsewhere = GuestLinkFactory(item=MediaItemFactory(), access_on=True)
    for spread in (links, [elsewhere]):
        guests = list(_guests(spread, rows))
        _in_batches(
            GuestAdmission(guest=guest, name=guest.name, admitted_at=guest.joined_at)
            for guest in guests
        )
    for link in links:
        GuestLink.objects.filter(pk=link.pk).update(places_taken=link.guests.count())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Stage(owner, gallery, item)


def _items(owner: User, rows: int) -> Iterator[MediaItem]:
    now = timezone.now()
    kinds, states = list(Kind), [State.PUBLISHED, State.PUBLISHED, State.PUBLISHED, State.UNLISTED]
    return _in_batches(
        MediaItem(
            owner=owner,
            kind=kinds[number % len(kinds)],
            state=states[number % len(states)],
            title=f"{TOPICS[number % len(TOPICS)]}, part {number}",
            description="What happens, and why. " * 8,
            created_at=now - timedelta(minutes=number),
        )
        for number in range(rows)
    )


def _guests(links: list[GuestLink], rows: int) -> Iterator[Guest]:
    now = timezone.now()
    return _in_batches(
        Guest(
            link=links[number % len(links)],
            name=f"Guest Number {number}",
            email=f"guest{number}@example.org",
            joined_at=now - timedelta(seconds=number),
        )
        for number in range(rows)
    )


def _in_batches(rows: Iterator[Any]) -> Any:
    """Saves them; returns them all, with their keys."""
    saved: list[Any] = []
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            saved += type(row).objects.bulk_create(batch)
            batch = []
    if batch:
        saved += type(batch[0]).objects.bulk_create(batch)
    return saved


def pages(stage: Stage) -> dict[str, str]:
    my_media = reverse("media_items:my_media")
    gallery = reverse("media_items:gallery", args=[stage.gallery.public_id])
    guests = reverse("access:guests", args=[stage.item.public_id])
    return {
        "My media": my_media,
        "My media, by title": f"{my_media}?sort=title",
        "My media, page 1,000": f"{my_media}?page=1000",
        "My media, search": f"{my_media}?q=part+7777",
        "Gallery": gallery,
        "Gallery, search": f"{gallery}?q=part+7777",
        "Guests": guests,
        "Guests, page 1,000": f"{guests}?page=1000",
        "Guests, search": f"{guests}?q=number+7777",
        "Guests, those inside": f"{guests}?only=inside",
        f"Guest links ({LINKS})": reverse("access:guest_links", args=[stage.item.public_id]),
        "Media page, as its owner": stage.item.get_absolute_url(),
    }


def measure(rows: int) -> list[Timing]:
    stage = fill(rows)
    client = Client(SERVER_NAME="localhost")
    client.force_login(stage.owner)
    return [_measure_page(client, name, path) for name, path in pages(stage).items()]


def _measure_page(client: Client, name: str, path: str) -> Timing:
    fastest, queries = 1e9, []
    for _ in range(3):
        with CaptureQueriesContext(connection) as captured:
            started = time.perf_counter()
            answer = client.get(path)
            fastest = min(fastest, time.perf_counter() - started)
        if answer.status_code != 200:
            raise SystemExit(f"{name} answered {answer.status_code}.")
        queries = [query["sql"] for query in captured.captured_queries]
    # With their values in them, so that PostgreSQL can say how it reads them.
    with override_settings(DATABASE_PREPARED=False), CaptureQueriesContext(connection) as captured:
        client.get(path)
    read = _whole_tables_read([query["sql"] for query in captured.captured_queries])
    return Timing(name, fastest, len(queries), "; ".join(read))


def _whole_tables_read(queries: list[str]) -> list[str]:
    """Which queries PostgreSQL answers by reading a large table from end to end."""
    if connection.vendor != "postgresql":
        return []
    found = []
    for sql in queries:
        if not sql.startswith("SELECT"):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            answer = cursor.fetchone()[0]
        plan = json.loads(answer) if isinstance(answer, str) else answer
        tables = {
            node["Relation Name"]
            for node in _nodes(plan[0]["Plan"])
            if node["Node Type"] == "Seq Scan" and node["Plan Rows"] > 1_000
        }
        if tables:
            what = "count" if "COUNT(" in sql[:40] else "rows"
            found.append(f"{what}: all of {', '.join(sorted(tables))}")
    return found


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)
