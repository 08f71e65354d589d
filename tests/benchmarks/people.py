"""A session of many people: its Participants tab while they are there, its report, its files.

`fill` and `pages` are for `make bench`; by itself, on whatever database the settings name:
`python -m tests.benchmarks.people [people]`, against an empty database made for it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

BATCH = 5_000
STAYS = 5  # of each, over the hour; the last is open
MESSAGES = 2_000
REPORT = {
    "Report, first to come": "",
    "Report, longest there": "?sort=longest",
    "Report, last to leave": "?sort=last",
    "Report, search": "?q=number+777",
    "Report, did not come": "?show=missed",
    "Report, removed": "?show=removed",
}


def fill(people: int, *, item: Any) -> Any:
    """A live session of the item with `people` in it, a guest each, there now; as many invited
    who did not come."""
    from django.utils import timezone

    from media_items.live.chat.models import ChatMessage
    from media_items.live.sessions.models import LiveSession, Participant, Stay
    from tests.benchmarks import register

    began = timezone.now() - timedelta(hours=1)
    session = LiveSession.objects.create(item=item, made_at=began, opened_at=began)
    register.fill(people, item=item)
    item.invitations.update(created_at=began - timedelta(days=1))
    for start in range(0, people, BATCH):
        admissions = _admissions(range(start, min(people, start + BATCH)), item)
        rows = Participant.objects.bulk_create(
            _participant(session, number, admission, began)
            for number, admission in enumerate(admissions, start=start)
        )
        for turn in range(STAYS):
            came = began + timedelta(minutes=12 * turn)
            Stay.objects.bulk_create(
                Stay(
                    participant=row,
                    came_at=came + timedelta(seconds=row.pk % 300),
                    left_at=None if turn == STAYS - 1 else came + timedelta(minutes=9),
                )
                for row in rows
            )
    ChatMessage.objects.bulk_create(
        ChatMessage(session=session, author=rows[n % len(rows)], text=f"Message {n}")
        for n in range(MESSAGES)
    )
    return session


def _admissions(numbers: range, item: Any) -> list[Any]:
    from access.guests.models import Guest, GuestAdmission
    from tests.factories import GuestLinkFactory

    link = item.guest_links.first() or GuestLinkFactory(item=item, access_on=True)
    guests = Guest.objects.bulk_create(
        Guest(link=link, email=f"number{n}@example.org", name=f"Number {n}") for n in numbers
    )
    return GuestAdmission.objects.bulk_create(
        GuestAdmission(guest=guest, name=guest.name) for guest in guests
    )


def _participant(session: Any, number: int, admission: Any, began: Any) -> Any:
    from media_items.live.sessions.entering import person_digest
    from media_items.live.sessions.models import Participant

    return Participant(
        session=session,
        key=f"guest:{admission.pk}",
        person=person_digest(f"number{number}@example.org"),
        name=f"Number {number}",
        role="guest",
        certainty="typed",
        asked_at=began,
        admitted_at=began,
        removed_at=began + timedelta(minutes=50) if number % 101 == 100 else None,
    )


def pages(session: Any) -> dict[str, str]:
    from django.urls import reverse

    item = session.item.public_id
    of_report = [item, session.public_id]
    report = reverse("access:session_report", args=of_report)
    return {
        "Participants tab": reverse("media_items:participants", args=[item]),
        **{name: report + query for name, query in REPORT.items()},
        "Report, chat": reverse("access:session_chat", args=of_report),
        "Sessions": reverse("access:sessions", args=[item]),
        "Attendance as CSV": reverse("access:session_export", args=[*of_report, "csv"]),
        "Attendance as XLSX": reverse("access:session_export", args=[*of_report, "xlsx"]),
    }


def measure(people: int) -> Iterator[str]:
    """One line of a Markdown table for each page."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from media_items.catalogue.models import Kind
    from tests.factories import MediaItemFactory

    item = MediaItemFactory(kind=Kind.ROOM, title="The room with many people")
    session = fill(people, item=item)
    fill(people, item=MediaItemFactory(kind=Kind.ROOM, owner=item.owner))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(SERVER_NAME="localhost")
    client.force_login(item.owner)
    client.post(reverse("media_items:enter_session", args=[item.public_id]))
    for name, address in pages(session).items():
        times = []
        for _turn in range(1 if "as " in name else 3):
            started = time.perf_counter()
            with CaptureQueriesContext(connection) as captured:
                response = client.get(address)
                size = sum(len(part) for part in response)
            times.append(time.perf_counter() - started)
        assert response.status_code == 200, (name, response.status_code)
        yield f"| {name} | {min(times):.3f} | {len(captured)} | {size:,} |"


def main() -> None:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    sys.stdout.write("| | seconds | queries | bytes |\n| --- | ---: | ---: | ---: |\n")
    for line in measure(people):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
