"""Grants of streams: for some seconds a browser gets the segments of one stream unasked.

A player asks for the playlist of a stream every few seconds. Each time the policy decides, and each
answer brings a new grant, so whoever is refused there is out of the segments, too, when the last
one is over. Why: docs/adr/0052.

A grant is a cookie that only the addresses of its stream get: the second at which it ends, and a
mark over that and the path. It names nobody.
"""

from __future__ import annotations

import hashlib
import time
from base64 import urlsafe_b64encode

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from media_items.numbers import whole_number

COOKIE_NAME = "foyer_stream"
# SECURITY: salts of their own; no other signed value of the site is ever a grant.
_SALT = "media_items.delivery.grant"
_NGINX_SALT = "media_items.delivery.grant.nginx"
# SECURITY: what ends later than this was made by a clock that goes ahead, and is not believed yet.
LONGEST_SECONDS = 30


def give_grant(response: HttpResponseBase, *, stream: str, asked_at: float) -> None:
    """`stream` is the path of the playlist up to its last slash. The caller has asked the policy
    for this very answer, not before `asked_at`, in seconds since the epoch: however long the answer
    took, the grant is good for no longer."""
    ends = int(asked_at) + settings.STREAM_GRANT_SECONDS
    response.set_cookie(
        COOKIE_NAME,
        f"{_mark(stream, ends)}.{ends}",
        max_age=settings.STREAM_GRANT_SECONDS,
        path=stream,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",  # as the session's
    )


def has_grant(request: HttpRequest, *, stream: str) -> bool:
    """Without a query."""
    mark, _dot, ended = request.COOKIES.get(COOKIE_NAME, "").partition(".")
    ends = whole_number(ended, default=0)
    if not 0 < ends - time.time() <= LONGEST_SECONDS:
        return False
    return constant_time_compare(mark, _mark(stream, ends))


def nginx_key() -> str:
    """What nginx is given to check grants by itself. Nothing else can be made or read by it."""
    return salted_hmac(_NGINX_SALT, "key", algorithm="sha256").hexdigest()


def _mark(stream: str, ends: int) -> str:
    if settings.STREAM_GRANTS_FOR_NGINX:
        # SECURITY: the one digest that secure_link knows, with the key on both sides of what it is
        # about, so that nobody can go on from it or begin before it.
        key = nginx_key()
        told = f"{key} {ends} {stream} {key}"
        digest = hashlib.md5(told.encode(), usedforsecurity=False).digest()
        return urlsafe_b64encode(digest).decode().rstrip("=")
    return salted_hmac(_SALT, f"{ends} {stream}", algorithm="sha256").hexdigest()
