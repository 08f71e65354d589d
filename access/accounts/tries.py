"""How often somebody may try a password, and ask for the mail that sets one.

SECURITY: limits are kept per address typed, account or not, so that reaching one tells nothing;
and per network. Right passwords are not counted: a class behind one network address that signs
in at nine o'clock is no attack.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from access.email_addresses import normal_email
from media_items.rate_limits import TooManyTries, check_tries, count_try

_SIGN_IN = "accounts.sign-in"
_PASSWORD_MAIL = "accounts.password-mail"  # noqa: S105 - the name of a counter


def check_sign_in(request: HttpRequest, *, address: str) -> None:
    """Before a password is looked at. Raises `TooManyTries`."""
    check_tries(request, _SIGN_IN, of=normal_email(address), rate=settings.SIGN_IN_RATE_PER_ADDRESS)
    check_tries(request, _SIGN_IN, of="", rate=settings.SIGN_IN_RATE_PER_NETWORK)


def count_wrong_password(request: HttpRequest, *, address: str) -> None:
    """After a password was wrong. Never raises: the next `check_sign_in` does."""
    for of, rate in (
        (normal_email(address), settings.SIGN_IN_RATE_PER_ADDRESS),
        ("", settings.SIGN_IN_RATE_PER_NETWORK),
    ):
        try:
            count_try(request, _SIGN_IN, of=of, rate=rate)
        except TooManyTries:
            continue


def count_password_mail(request: HttpRequest, *, address: str) -> None:
    """Each mail asked for, whether or not one is sent. Raises `TooManyTries`."""
    count_try(request, _PASSWORD_MAIL, of="", rate=settings.PASSWORD_MAIL_RATE_PER_NETWORK)
    count_try(
        request,
        _PASSWORD_MAIL,
        of=normal_email(address),
        rate=settings.PASSWORD_MAIL_RATE_PER_ADDRESS,
    )
