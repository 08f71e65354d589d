"""`manage.py lock_demo`: takes their known password from the demo's accounts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from demo.checks import lock_accounts


class Command(BaseCommand):
    help = "Takes from the demo's accounts the password that everybody knows."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{lock_accounts()} accounts have no password now.")
