"""Devices and line, tried before a session by anybody: nothing here is about an item."""

from __future__ import annotations

import os

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from media_items.numbers import whole_number
from media_items.rate_limits import count_try
from media_items.refusals import Forbidden

# Of bytes that nothing on the way makes smaller.
LINE_BYTES = 512 * 1024
_OURS = {"Cross-Origin-Resource-Policy": "same-origin"}
_SOME_BYTES = os.urandom(LINE_BYTES)


@require_safe
def try_devices(request: HttpRequest) -> HttpResponse:
    """The device check on a page of its own, and how good the line to this site is."""
    context = {"picture": settings.LIVE_STAGE_PICTURE, "line_bytes": LINE_BYTES}
    return render(request, "media_items/live/stage/try_devices.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def try_line(request: HttpRequest) -> HttpResponse:
    """For the page's script, which measures: GET answers with `LINE_BYTES` bytes, or with none for
    the time of a way there and back; POST takes as many and keeps nothing.

    SECURITY: pages of other sites make nobody's browser measure; what is large is counted. Raises
    `Forbidden` or `TooManyTries`.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise Forbidden
    if request.method != "POST" and "empty" in request.GET:
        return HttpResponse(status=204)
    count_try(request, "try-line", of="", rate=settings.TRY_LINE_RATE_PER_NETWORK)
    if request.method != "POST":
        return HttpResponse(_SOME_BYTES, content_type="application/octet-stream", headers=_OURS)
    announced = request.headers.get("content-length") or ""
    if whole_number(announced, at_most=LINE_BYTES, default=None) is None:
        return HttpResponse(status=413)
    try:
        request.read(LINE_BYTES)
    except UnreadablePostError:
        return HttpResponse(status=400)
    return HttpResponse(status=204)
