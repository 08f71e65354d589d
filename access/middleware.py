"""Hangs `request.visitor` on every request, says why to people whose way in has closed, and notes
when an invited person was last here."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

from access.requests import AccessRequest
from access.visitors import Visitor
from media_items.lookups import NotVisible

_SHOWN = frozenset({200, 206, 304})  # a page, a part of a file, a file the browser has already


class VisitorMiddleware:
    """Never queries and never decides by itself."""

    def __init__(self, get_response: Callable[[AccessRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: AccessRequest) -> HttpResponse:
        visitor = Visitor(request)
        request.visitor = visitor
        response = self.get_response(request)
        if visitor.used_invitations and response.status_code in _SHOWN:
            from access.invitations.services.seen import note_seen

            note_seen(invitations=visitor.used_invitations.values())
        return response

    def process_exception(
        self, request: AccessRequest, exception: Exception
    ) -> HttpResponse | None:
        """A page for people who have proven to have been inside; 404 for all others."""
        if not isinstance(exception, NotVisible):
            return None
        from access.exclusions.refusals import explain_exclusion
        from access.guests.views.refusals import explain_lost_access
        from access.invitations.views.door_refusals import explain_lost_invitation

        item = exception.item
        return (
            explain_lost_invitation(request, item)
            or explain_lost_access(request, item)
            or explain_exclusion(request, item)
        )
