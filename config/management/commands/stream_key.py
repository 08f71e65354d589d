"""`manage.py stream_key`: the key by which nginx checks grants of streams, as it reads it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from media_items.delivery.grants import nginx_key


class Command(BaseCommand):
    help = "Prints the key of deploy/foyer_streams.conf, for a file that only root may read."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f'set $foyer_stream_key "{nginx_key()}";')
