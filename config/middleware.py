"""Response headers that Django has no setting for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Camera and microphone are for the stage of a live session, on our own pages only.
PERMISSIONS_POLICY = (
    "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), "
    "picture-in-picture=(self), autoplay=(self), clipboard-write=(self), geolocation=(), "
    "payment=(), usb=(), midi=(), serial=(), accelerometer=(), gyroscope=(), "
    "magnetometer=()"
)


class HeadersMiddleware:
    """What a view has said itself stays.

    `Permissions-Policy` names the features of the browser that our pages use; all others are off.

    SECURITY: lists of people and media are personal; no shared cache may keep them. So where a view
    sets no caching, only this browser may store its answer, and it must revalidate. Nor may the
    browser keep a page for somebody it knows: after they have left or signed out, *Back* would
    show it. Pages for strangers stay in its memory, and so does every file.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        headers.setdefault("Cache-Control", "private, no-cache")
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return response
        caching = headers["Cache-Control"]
        is_page = headers.get("Content-Type", "").startswith("text/html")
        if is_page and "public" not in caching and "no-store" not in caching:
            headers["Cache-Control"] = "private, no-store"
        return response
