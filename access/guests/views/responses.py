"""Headers of the pages whose address is a secret."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers


def token_page[**P](
    view: Callable[P, HttpResponseBase],
) -> Callable[P, HttpResponseBase]:
    """The token in this page's address goes nowhere: no cache, no referrer, no search engine.

    SECURITY: `strict-origin` sends our host name at most, never the path. `no-referrer` would
    make browsers send `Origin: null` with the form, which CSRF protection rightly refuses
    (Fetch standard, “append a request Origin header”); see docs/adr/0004.
    """

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response["Referrer-Policy"] = "strict-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        add_never_cache_headers(response)
        response["Cache-Control"] = "no-store, private"
        return response

    return wrapped
