"""System checks for a server that strangers can reach."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def check_ready_for_strangers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.DEVELOPMENT_PAGES:
        found.append(
            Error(
                "DEVELOPMENT_PAGES is on: anybody could read the mail that Foyer sends.",
                hint="Set DEVELOPMENT_PAGES=false.",
                id="foyer.E001",
            )
        )
    if not settings.HTTPS:
        found.append(
            Error(
                "SITE_URL is not https: cookies and guests' data would travel in clear.",
                hint="Set SITE_URL to the https address people use.",
                id="foyer.E002",
            )
        )
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        found.append(
            Warning(
                "DATABASE_URL is SQLite: fine for trying Foyer, not for a course.",
                hint="Set DATABASE_URL to a PostgreSQL address.",
                id="foyer.W002",
            )
        )
    if str(settings.MAILERS["default"]["BACKEND"]).endswith("filebased.EmailBackend"):
        found.append(
            Warning(
                "SMTP_HOST is not set: mail is written to a folder and reaches nobody.",
                id="foyer.W003",
            )
        )
    return found
