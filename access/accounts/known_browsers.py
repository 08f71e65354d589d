"""Which account signed in last in a browser: a mark in a cookie that says nothing else.

SECURITY: the mark is a keyed digest of the account's number, and behind it stands a digest of the
mark, by which a cookie that somebody made up is known before anything is read or looked up. It
opens nothing: its browser keeps what was typed (kept_work.py) and has tries of its own at the
password (rate_limits.py).
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from access.accounts.models import User
from access.email_addresses import normal_email

COOKIE = "foyer_account"
# Longer than a session lasts: it is needed when that has ended.
KNOWN_FOR = timedelta(days=365)
_LENGTH = 32  # hexadecimal digits, of the mark and of what signs it


def remember_account(response: HttpResponse, user: User) -> None:
    response.set_cookie(
        COOKIE,
        _signed(mark_of(user.pk)),
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def mark_of(account_id: int) -> str:
    made = salted_hmac("access.accounts.kept_work.account", str(account_id), algorithm="sha256")
    return made.hexdigest()[:_LENGTH]


def carried_mark(request: HttpRequest) -> str:
    """The mark that this browser carries; "" for none, or one that is not ours."""
    carried = request.COOKIES.get(COOKIE, "")
    mark = carried[:_LENGTH]
    return mark if carried and constant_time_compare(carried, _signed(mark)) else ""


def known_mark(request: HttpRequest, *, address: str) -> str:
    """The browser's mark where it is the one of this address's account, else "".

    SECURITY: an address without an account costs the same query and the same digest.
    """
    carried = carried_mark(request)
    if not carried:
        return ""
    found = User.objects.filter(email=normal_email(address)).values_list("pk", flat=True).first()
    is_known = constant_time_compare(carried, mark_of(found or 0))
    return carried if is_known and found else ""


def _signed(mark: str) -> str:
    made = salted_hmac("access.accounts.known_browsers", mark, algorithm="sha256")
    return mark + made.hexdigest()[:_LENGTH]
