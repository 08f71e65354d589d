"""For whom an answer is written: on whose clock, in which language.

The account's own choice first, then the browser's. A browser's language comes with each request;
its time zone it tells by a cookie that static/js/shared/times.js sets: the name of a zone and
nothing else. Where neither is known it is the site's zone, and every time says so.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from access.requests import VisitorRequest
from media_items.languages import offered_language
from media_items.moments import ReaderZone, Source, site_zone
from media_items.responses import varies_by_cookie
from media_items.time_zones import is_time_zone

ZONE_COOKIE = "foyer_zone"


class ReaderMiddleware:
    """Makes the reader's time zone and language active for the time of the request.

    The account is looked up when a time is written, unless the site has several languages; pages
    have read it by then. What is written after the answer has been made, as streams are, takes
    the zone along (`media_items.moments.reader_zone`).
    """

    def __init__(self, get_response: Callable[[VisitorRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: VisitorRequest) -> HttpResponse:
        if language := _language_of(request):
            # Until the next request: LanguageMiddleware, which is outside, names it in its header.
            translation.activate(language)
            request.LANGUAGE_CODE = language
        zone = ReaderZone(partial(zone_of, request))
        with timezone.override(zone):
            response = self.get_response(request)
        if zone.was_asked:
            varies_by_cookie(response)
        return response


def zone_of(request: VisitorRequest) -> tuple[zoneinfo.ZoneInfo, Source]:
    """SECURITY: zoneinfo opens a file of the name that it is given; only known names reach it."""
    account = request.user
    if account.is_authenticated and is_time_zone(account.time_zone):
        return zoneinfo.ZoneInfo(account.time_zone), Source.ACCOUNT
    if told := browser_zone(request):
        return zoneinfo.ZoneInfo(told), Source.BROWSER
    return site_zone(), Source.SITE


def browser_zone(request: HttpRequest) -> str:
    """What the browser told, by name; "" for nothing, or a name that nobody knows."""
    told = request.COOKIES.get(ZONE_COOKIE, "")
    return told if is_time_zone(told) else ""


def _language_of(request: VisitorRequest) -> str:
    """The account's choice; "" leaves it at the browser's."""
    if len(settings.LANGUAGES) < 2 or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""
    account = request.user
    return offered_language(account.language) if account.is_authenticated else ""
