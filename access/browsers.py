"""Which browser sent a request, and whether it sends the same form a second time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from media_items.rate_limits import forget_first, is_first

# Two clicks, or one sent again by a line that was slow to answer.
SENT_AGAIN = timedelta(seconds=10)


def browser_of(request: HttpRequest) -> str:
    """A keyed digest of the browser's cookies; empty where it has none.

    It tells two clicks of one browser from two browsers, before there is a session as well.
    SECURITY: it is no proof of anything, and nothing is limited by it: cookies can be made up.
    """
    names = (settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_NAME)
    cookies = [request.COOKIES.get(name, "") for name in names]
    if not any(cookies):
        return ""
    return salted_hmac("access.browsers", "\0".join(cookies), algorithm="sha256").hexdigest()


@contextmanager
def once(request: HttpRequest, act: str, *, of: str) -> Iterator[bool]:
    """True for what is sent for the first time; False for the same act of the same browser sent
    again at once, after which there is nothing left to do.

    An act that raises has not been done, and may be sent again.
    """
    named = f"{browser_of(request)}:{of}"
    if not browser_of(request):
        yield True
        return
    if not is_first(act, of=named, within=SENT_AGAIN):
        yield False
        return
    try:
        yield True
    except BaseException:
        forget_first(act, of=named, within=SENT_AGAIN)
        raise
