"""Answers refusals that no view has caught."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from media_items.refusals import Refusal
from media_items.requests import FoyerRequest
from media_items.responses import refused


class RefusalMiddleware:
    """Stands behind the middleware that sets what `FoyerRequest` has."""

    def __init__(self, get_response: Callable[[FoyerRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: FoyerRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: FoyerRequest, exception: Exception) -> HttpResponse | None:
        """None for everything else, and where Django's page `403.html` says it."""
        if not isinstance(exception, Refusal):
            return None
        if isinstance(exception, PermissionDenied) and not (request.htmx and str(exception)):
            return None
        return refused(request, exception)
