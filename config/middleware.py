"""Response headers that Django has no setting for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Camera and microphone are for the stage of a live session, on our own pages only.
PERMISSIONS_POLICY = (
    "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), "
    "picture-in-picture=(self), autoplay=(self), clipboard-write=(self), geolocation=(), "
    "payment=(), usb=(), midi=(), serial=(), accelerometer=(), gyroscope=(), "
    "magnetometer=()"
)


class PermissionsPolicyMiddleware:
    """Names the features of the browser that our pages use; all others are off."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class PrivateByDefaultMiddleware:
    """Where a view sets no caching, only this browser may store its answer, and it must revalidate.

    SECURITY: lists of people and media are personal; no shared cache may keep them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
