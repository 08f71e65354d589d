"""The language of a browser, for people without an account, who have a field of their own."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponseBase


def offered_language(language: str) -> str:
    """ "" for a language that the site does not offer any more."""
    return language if language in dict(settings.LANGUAGES) else ""


def keep_language(response: HttpResponseBase, language: str) -> None:
    """A cookie keeps it: nothing of the site, an item or a person is in it."""
    if offered := offered_language(language):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            offered,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
