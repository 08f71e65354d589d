"""System checks for a public server: live sessions, and the indexes of searching."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Tags, Warning, register
from django.db import connections

from media_items import search_indexes

_POSTGRESQL = "django.db.backends.postgresql"


@register(Tags.compatibility, deploy=True)
def check_the_bus(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return about_the_bus(settings.LIVE_BUS, engine=settings.DATABASES["default"]["ENGINE"])


def about_the_bus(bus: str, *, engine: str) -> list[CheckMessage]:
    if bus == "memory" and engine == _POSTGRESQL:
        return [
            Warning(
                "LIVE_BUS is memory: live sessions hear news of their own process only.",
                hint="Leave LIVE_BUS out: with PostgreSQL it is postgres. memory is for the "
                "one-command form, where one process carries pages and event streams.",
                id="foyer.W101",
            )
        ]
    if bus == "postgres" and engine != _POSTGRESQL:
        return [
            Warning(
                "LIVE_BUS is postgres and the database is another: no news reaches anybody.",
                hint="Leave LIVE_BUS out, or set it to redis.",
                id="foyer.W102",
            )
        ]
    if bus == "postgres":
        return [
            Info(
                "Live sessions listen on a PostgreSQL connection of their own.",
                hint="Behind a pooler such as PgBouncer in transaction mode nothing would be "
                "heard; there, set LIVE_BUS=redis.",
                id="foyer.I101",
            )
        ]
    return []


@register(Tags.database, deploy=True)
def check_search_indexes(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Asks the database only where the command names it: `check --deploy --database default`."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        tables = [one.table for one in search_indexes.missing(connections[alias])]
        if tables:
            found.append(
                Warning(
                    f"Searching reads whole lists: no trigram index on {', '.join(tables)}.",
                    hint="Have the extension pg_trgm installed (Debian: it comes with PostgreSQL; "
                    "else the package postgresql-contrib), then run `manage.py search_indexes`.",
                    id="foyer.W103",
                )
            )
    return found
