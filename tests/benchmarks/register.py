"""The register over 100,000 invitations: seconds and queries of its pages, files and people.

`fill` and `pages` are for the lists of `make bench`; by itself, on whatever database the settings
name: `python -m tests.benchmarks.register [rows]`, against an empty database made for it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

BATCH = 5_000
REGISTER = {
    "Register, problems first": "",
    "Register, newest": "?sort=newest",
    "Register, by name": "?sort=name",
    "Register, last seen": "?sort=seen",
    "Register, by state": "?sort=state",
    "Register, page 1,000": "?page=1000",
    "Register, problems only": "?show=problems",
    "Register, search": "?q=number+7777",
}


def fill(rows: int, *, item: Any) -> None:
    """`rows` invitations to `item` in every state, each with a mail."""
    from django.utils import timezone

    from access.invitations.models import Invitation
    from access.mail.models import OutgoingMail

    now = timezone.now()
    for start in range(0, rows, BATCH):
        numbers = range(start, min(rows, start + BATCH))
        made = Invitation.objects.bulk_create(_invitation(item, n, now) for n in numbers)
        OutgoingMail.objects.bulk_create(
            OutgoingMail(
                about=row,
                kind="invite",
                address=row.email,
                asked_at=row.created_at,
                refused_at=now if number % 200 == 1 else None,
                sent_at=None if number % 200 == 1 else now,
            )
            for number, row in zip(numbers, made, strict=True)
        )


def _invitation(item: Any, number: int, now: datetime) -> Any:
    from access.invitations.models import Invitation

    hour = timedelta(hours=1)
    row = Invitation(
        item=item,
        email=f"invited{number}@example.org",
        first_name=f"Number {number}",
        last_name=f"Family {number % 1_000}",
        role="viewer",
        invited_by=item.owner,
        created_at=now - timedelta(seconds=number),
    )
    if number % 3 == 0:
        row.opened_at = row.accepted_at = now - hour
        row.last_seen_at = now - timedelta(seconds=number * 7 % 99_991)
    elif number % 11 == 0:
        row.expires_at = now - hour
    elif number % 17 == 0:
        row.opened_at = row.declined_at = now - hour
    elif number % 101 == 0:
        row.revoked_at = now - hour
    return row


def pages(item: Any) -> dict[str, str]:
    from django.urls import reverse

    register = reverse("access:register", args=[item.public_id])
    return {
        **{name: register + query for name, query in REGISTER.items()},
        "Register as CSV": reverse("access:register_export", args=[item.public_id, "csv"]),
        "Register as XLSX": reverse("access:register_export", args=[item.public_id, "xlsx"]),
        "People": reverse("access:people_outside"),
        "People, search": reverse("access:people_outside") + "?q=number+7777",
        "Activity": reverse("access:access_trail", args=[item.public_id]),
    }


def measure(rows: int) -> Iterator[str]:
    """One line of a Markdown table for each page."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tests.factories import MediaItemFactory

    item = MediaItemFactory(title="The item with the invited")
    fill(rows, item=item)
    fill(rows, item=MediaItemFactory(owner=item.owner))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(SERVER_NAME="localhost")
    client.force_login(item.owner)
    for name, address in pages(item).items():
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
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    sys.stdout.write("| | seconds | queries | bytes |\n| --- | ---: | ---: | ---: |\n")
    for line in measure(rows):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
