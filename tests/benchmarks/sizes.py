"""Lists and hot pages of a site with 1,000 rows of each kind, and of the same with 1,000,000.

Half of the rows belong to the list that is measured; of the hot pages' own rows none are copied.
`python -m tests.benchmarks.sizes` measures that alone; `--only` and `--times 1000` as for the
others.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator

from tests.benchmarks import surroundings

OWN = 500  # and as many of others
TIMES = 1_000
STEP = 4_000  # between the keys of a row's copies; no key of the first rows is as large


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.sizes", description=__doc__)
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    parser.add_argument("--times", type=int, default=TIMES)
    options = parser.parse_args()
    if os.environ.get(surroundings.INSIDE):
        surroundings.set_up()
        sys.stdout.write("\n".join(table(options.times)) + "\n")
        return 0
    for database in ("sqlite", "postgres"):
        if options.only in {None, database}:
            words = ["--times", str(options.times)]
            said = surroundings.run("tests.benchmarks.sizes", database, *words)
            sys.stdout.write(f"{database}\n\n{said}\n")
    return 0


def table(times: int = TIMES) -> Iterator[str]:
    """Lines of Markdown."""
    from tests.benchmarks import lists, paths, register
    from tests.factories import MediaItemFactory

    stage = lists.fill(OWN)
    item = MediaItemFactory(owner=stage.owner, title="The item with the invited")
    for one in (item, MediaItemFactory(owner=stage.owner)):
        register.fill(OWN, item=one)
    visited = {**lists.pages(stage), **register.pages(item)}
    visited = {
        name: address
        for name, address in visited.items()
        if " as " not in name and "page=1000" not in address
    }
    last = {table_name: _last_key(table_name) for table_name in _copied()}
    hot = list(paths.Stage().paths())
    few = _seconds(visited, stage.owner, hot)
    for table_name, changed in _copied().items():
        _multiply(table_name, changed, times, last[table_name])
    _analyze()
    many = _seconds(visited, stage.owner, hot)
    yield f"| | {2 * OWN:,} rows, ms | {2 * OWN * times:,} rows, ms | ratio |"
    yield "| --- | ---: | ---: | ---: |"
    for name, before in few.items():
        after = many[name]
        yield f"| {name} | {before * 1000:.1f} | {after * 1000:.1f} | {after / before:.1f} |"


def _seconds(visited: dict[str, str], owner, hot) -> dict[str, float]:
    """The least of five each."""
    from django.test import Client

    from config.wsgi import application
    from tests.benchmarks import cpu

    client = Client(SERVER_NAME="localhost")
    client.force_login(owner)
    found: dict[str, float] = {}
    for _ in range(5):
        for name, address in visited.items():
            started = time.perf_counter()
            answer = client.get(address)
            spent = time.perf_counter() - started
            if answer.status_code != 200:
                raise SystemExit(f"{name} answered {answer.status_code}.")
            found[name] = min(found.get(name, spent), spent)
        for path in hot:
            if path.method == "POST" or path.by_nginx:
                continue
            started = time.perf_counter()
            cpu.request(application, path.method, path.path, path.headers, b"", path.expect)
            spent = time.perf_counter() - started
            found[path.name] = min(found.get(path.name, spent), spent)
    return found


def _copied() -> dict[str, dict[str, str]]:
    """The tables whose rows there are to be many of, those that others name first; of each what is
    not the same in a copy, as SQL with `n` for its number."""
    from access.guests.models import Guest, GuestAdmission
    from access.invitations.models import Invitation
    from access.mail.models import OutgoingMail
    from media_items.catalogue.models import MediaItem, Publication

    key = f"id + n * {STEP}"
    return {
        MediaItem._meta.db_table: {
            "id": key,
            "public_id": "substr(public_id, 1, 16) || '-' || n",
            "created_at": _earlier("created_at"),
        },
        Publication._meta.db_table: {
            "id": key,
            "item_id": f"item_id + n * {STEP}",
            "published_at": _earlier("published_at"),
        },
        Guest._meta.db_table: {
            "id": key,
            "email": "n || '-' || email",
            "joined_at": _earlier("joined_at"),
        },
        GuestAdmission._meta.db_table: {"id": key, "guest_id": f"guest_id + n * {STEP}"},
        Invitation._meta.db_table: {
            "id": key,
            "email": "n || '-' || email",
            "created_at": _earlier("created_at"),
        },
        OutgoingMail._meta.db_table: {
            "id": key,
            "about_id": f"about_id + n * {STEP}",
            "address": "n || '-' || address",
        },
    }


def _earlier(column: str) -> str:
    """By `n` minutes."""
    from django.db import connection

    if connection.vendor == "postgresql":
        return f"{column} - n * interval '1 minute'"
    return f"datetime({column}, '-' || n || ' minutes')"


def _last_key(table_name: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f'SELECT coalesce(max(id), 0) FROM "{table_name}"')  # noqa: S608
        last: int = cursor.fetchone()[0]
    return last


def _multiply(table_name: str, changed: dict[str, str], times: int, last: int) -> None:
    """The rows with keys up to `last`."""
    from django.db import connection

    if _last_key(table_name) >= STEP:
        raise SystemExit(f"{table_name} has keys that its copies would have, too.")
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, table_name)
        names = [column.name for column in described]
        quoted = ", ".join(f'"{name}"' for name in names)
        values = ", ".join(changed.get(name, f'"{name}"') for name in names)
        cursor.execute(
            f"""
            INSERT INTO "{table_name}" ({quoted})
            WITH RECURSIVE copies(n) AS (
                SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < {times - 1}
            )
            SELECT {values} FROM "{table_name}" CROSS JOIN copies WHERE id <= {last}
            """  # noqa: S608 - names of our own models
        )


def _analyze() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


if __name__ == "__main__":
    sys.exit(main())
