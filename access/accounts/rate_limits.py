"""How often a password may be tried, and how often the mail that sets one may be asked for.

SECURITY: the limits are per typed address, whether or not it has an account, so that reaching one
tells nothing; and per network. Correct passwords are not counted, since a whole class may sign in
from one network address at the same time.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from access.email_addresses import normal_email
from media_items.rate_limits import Limit, TooManyTries, check_tries, count_tries, count_try

_SIGN_IN = "accounts.sign-in"
_PASSWORD_MAIL = "accounts.password-mail"  # noqa: S105 - the name of a counter


def check_sign_in(request: HttpRequest, *, address: str) -> None:
    """To be called before a password is checked. Raises `TooManyTries`."""
    check_tries(request, _SIGN_IN, of=normal_email(address), rate=settings.SIGN_IN_RATE_PER_ADDRESS)
    check_tries(request, _SIGN_IN, of="", rate=settings.SIGN_IN_RATE_PER_NETWORK)


def count_wrong_password(request: HttpRequest, *, address: str) -> None:
    """To be called after a wrong password. Never raises; the next `check_sign_in` does."""
    for of, rate in (
        (normal_email(address), settings.SIGN_IN_RATE_PER_ADDRESS),
        ("", settings.SIGN_IN_RATE_PER_NETWORK),
    ):
        try:
            count_try(request, _SIGN_IN, of=of, rate=rate)
        except TooManyTries:
            continue


def count_password_mail(request: HttpRequest, *, address: str) -> None:
    """Counts each request, whether or not a mail is sent. Raises `TooManyTries`."""
    of = normal_email(address)
    count_tries(
        request,
        [
            Limit(_PASSWORD_MAIL, of, settings.PASSWORD_MAIL_RATE_PER_ADDRESS),
            Limit(_PASSWORD_MAIL, "", settings.PASSWORD_MAIL_RATE_PER_NETWORK),
        ],
    )
