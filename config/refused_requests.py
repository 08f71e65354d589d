"""The page for a request that cannot be read; Django finds the view by its name."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBadRequest
from django.template.loader import get_template


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBadRequest:
    """As Django's own, which reads the body once more to check its token (CSRF), fails as the
    first reading did, and leaves the visitor with an error of the server."""
    return HttpResponseBadRequest(get_template("400.html").render())
