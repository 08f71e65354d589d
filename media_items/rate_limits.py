"""Rate limits: how often somebody may do something, counted per fixed window in the cache.

SECURITY: never counted by cookie. Each limit is counted for what it protects: a link, an address, a
participant, a network. With several server processes the cache must be shared (CACHE_URL), see
`access/checks.py`.

This module alone imports the library that counts (django-ratelimit), so that it can be replaced.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_ratelimit.core import get_usage

from media_items.refusals import Refusal


class TooManyTries(Refusal):
    """The limit is reached. `wait_seconds`, at least 1, is the time until the window ends."""

    status = 429
    message = _("That was a lot in a short time. Wait a moment, then try again.")

    def __init__(self, wait_seconds: int) -> None:
        super().__init__()
        self.wait_seconds = max(1, wait_seconds)

    @property
    def wait_minutes(self) -> int:
        """Rounded up, for the message."""
        return -(-self.wait_seconds // 60)


def client_network_address(request: HttpRequest) -> str:
    """The address the request came from, trusting only the site's own proxies (TRUSTED_PROXIES).

    The library finds it by its name in the settings, and counts IPv6 by /64.

    SECURITY: everything left of our own proxies in X-Forwarded-For is what the client wrote there.
    """
    hops = settings.TRUSTED_PROXIES
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if hops and len(chain) >= hops and chain[-hops]:
        return chain[-hops].partition("%")[0]
    return request.META.get("REMOTE_ADDR") or "127.0.0.1"


def count_try(request: HttpRequest, group: str, *, of: str, rate: str) -> None:
    """Counts one try of `of` (an address, a link's or participant's id; "" is the client's network)
    in `group`.

    Raises `TooManyTries` once the rate is passed.
    """
    usage = _usage(request, group, of=of, rate=rate, increment=True)
    if usage and usage["should_limit"]:
        raise TooManyTries(usage["time_left"])


def check_tries(request: HttpRequest, group: str, *, of: str, rate: str) -> None:
    """Counts nothing. Raises `TooManyTries` when the next `count_try` would."""
    usage = _usage(request, group, of=of, rate=rate, increment=False)
    if usage and usage["count"] >= usage["limit"]:
        raise TooManyTries(usage["time_left"])


def _usage(
    request: HttpRequest, group: str, *, of: str, rate: str, increment: bool
) -> dict[str, Any] | None:
    usage: dict[str, Any] | None = get_usage(
        request,
        group=group,
        key=(lambda *_: of) if of else "ip",
        rate=rate,
        increment=increment,
    )
    return usage
