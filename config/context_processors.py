"""What every template may say about the site."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "site_time_zone": settings.TIME_ZONE,
        "development_pages": settings.DEVELOPMENT_PAGES,
    }
