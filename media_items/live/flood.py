"""How often one person may write, ask or react: fixed windows counted in the cache.

SECURITY: never counted by cookie; `of` names the participant. With several server processes the
cache must be shared (CACHE_URL).
"""

from __future__ import annotations

from django.http import HttpRequest
from django_ratelimit.core import get_usage


class TooFast(Exception):
    """The limit is reached. `wait_seconds`, one at least, tells when the window ends."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__()
        self.wait_seconds = max(1, wait_seconds)


def count_act(request: HttpRequest, group: str, *, of: str, rate: str) -> None:
    """Counts one act of `of` (a participant's id) in `group` ("chat", "questions").

    Raises `TooFast` once the rate is passed.
    """
    usage = get_usage(request, group=f"live:{group}", key=lambda *_: of, rate=rate, increment=True)
    if usage and usage["should_limit"]:
        raise TooFast(usage["time_left"])
