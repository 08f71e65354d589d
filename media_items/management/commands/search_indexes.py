"""`manage.py search_indexes`: makes the indexes that searching needs on PostgreSQL, as far as they
are missing. For a database that got its extension pg_trgm after Foyer's tables."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from media_items import search_indexes


class Command(BaseCommand):
    help = "Makes the indexes for searching that are missing (PostgreSQL with pg_trgm)."

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has them.")
        try:
            made = search_indexes.make(connection, say=self.stdout.write)
        except search_indexes.NotMade as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"Made for {', '.join(made)}." if made else "All are there.")
