"""Development pages are for whoever sits at this machine, whatever the settings say."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from config.reach import is_this_machine

# What proxies write, of this machine or of a tunnel that ends on it.
_OF_PROXIES = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto")


def only_here(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """SECURITY: 404 unless the request comes from this machine, and through no proxy."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        by_proxy = any(name in request.headers for name in _OF_PROXIES)
        if by_proxy or not is_this_machine(request.META.get("REMOTE_ADDR", "")):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
