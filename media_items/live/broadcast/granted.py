"""Segments of a live event for a browser that holds a grant: sent before anything is looked up.

Whatever it does not send goes on to the view, which asks the policy: playlists always, segments
without a good grant, files that are not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from media_items.delivery.files import deliver
from media_items.delivery.grants import has_grant
from media_items.live.broadcast import folders
from media_items.numbers import LARGEST_ID, whole_number

_ADDRESS = re.compile(
    r"(?P<stream>/media/(?P<item>[0-9A-Za-z]{1,32})/session/broadcast/files/"
    r"(?P<broadcast>[1-9][0-9]{0,18})/)(?P<segment>[0-9]{6,9}\.ts)"
)


class GrantedSegmentMiddleware:
    """Comes before whatever asks who somebody is, and after what writes headers and lengths."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return _segment(request) or self.get_response(request)


def _segment(request: HttpRequest) -> HttpResponseBase | None:
    found = _ADDRESS.fullmatch(request.path)
    if found is None or request.method not in {"GET", "HEAD"}:
        return None
    if not has_grant(request, stream=found["stream"]):
        return None
    number = whole_number(found["broadcast"], at_most=LARGEST_ID, default=0)
    file = folders.find_delivered(found["item"], number, found["segment"])
    if file is None:
        return None
    stored, content_type = file
    with suppress(Http404):  # taken away in this moment
        response = deliver(request, stored, content_type=content_type)
        response.headers["X-Frame-Options"] = settings.X_FRAME_OPTIONS
        return response
    return None
