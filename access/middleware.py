"""Sets `request.visitor` on every request, explains to people why they have lost access, and notes
which proofs let somebody see a page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

from access.requests import VisitorRequest
from access.visitors import Visitor
from media_items.lookups import NotVisible

_SHOWN = frozenset({200, 206, 304})  # a page, a part of a file, a file the browser has already


class VisitorMiddleware:
    """Never queries and never decides by itself."""

    def __init__(self, get_response: Callable[[VisitorRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: VisitorRequest) -> HttpResponse:
        visitor = Visitor.of_request(request)
        request.visitor = visitor
        response = self.get_response(request)
        if response.status_code in _SHOWN:
            visitor.note_use()
        return response

    def process_exception(
        self, request: VisitorRequest, exception: Exception
    ) -> HttpResponse | None:
        """A page for people who have proven to have been inside; 404 for all others."""
        if not isinstance(exception, NotVisible):
            return None
        return request.visitor.explain(request, exception.item)
