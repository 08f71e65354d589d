"""What every template may say about the site; named in TEMPLATES (settings.py)."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "has_languages": len(settings.LANGUAGES) > 1,
        "sign_in_url": partial(resolve_url, settings.LOGIN_URL),
        "development_pages": settings.DEVELOPMENT_PAGES,
    }
