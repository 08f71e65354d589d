"""When a request began, and answers to refusals that no view has caught."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from media_items.refusals import Refusal
from media_items.requests import FoyerRequest
from media_items.responses import refused


class BeginningMiddleware:
    """What is so at the beginning. Comes first: whatever comes after may read something."""

    def __init__(self, get_response: Callable[[FoyerRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: FoyerRequest) -> HttpResponse:
        request.began_at = time.time()
        request.is_only_shown = False
        return self.get_response(request)


class RefusalMiddleware:
    """Comes after the middleware that sets the attributes of `FoyerRequest`."""

    def __init__(self, get_response: Callable[[FoyerRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: FoyerRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: FoyerRequest, exception: Exception) -> HttpResponse | None:
        """None for all other exceptions, and for those that Django answers with `403.html`."""
        if not isinstance(exception, Refusal):
            return None
        if isinstance(exception, PermissionDenied) and not (request.htmx and str(exception)):
            return None
        return refused(request, exception)
