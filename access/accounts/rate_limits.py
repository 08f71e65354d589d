"""How often a password may be tried, how often the mail that sets one may be asked for, and how
often somebody who adds people by their address may ask whether there is an account.

SECURITY: the limits are per typed address, whether or not it has an account, so that reaching one
tells nothing: narrow from one network, wide from all; and per network. Correct passwords are not
counted, since a whole class may sign in from one network address at the same time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from access.accounts.known_browsers import known_mark
from access.accounts.models import User
from access.email_addresses import normal_email
from media_items.rate_limits import (
    Limit,
    check_tries,
    client_network,
    count_each,
    count_tries,
    count_try,
)

_ADDED = "accounts.added"
_SIGN_IN = "accounts.sign-in"
_SIGN_IN_HERE = "accounts.sign-in-here"
_KNOWN = "accounts.sign-in-known"
_PASSWORD_MAIL = "accounts.password-mail"  # noqa: S105 - the name of a counter


@contextmanager
def password_tries(request: HttpRequest, *, address: str, mark: str = "") -> Iterator[None]:
    """Around the check of a password, which raises `ValidationError` for a wrong one. Raises
    `TooManyTries` where the limit is reached, before the check or by others during it.

    `mark` is the one of the account that is signed in; else the browser's cookie is asked.

    SECURITY: a check takes a third of a second, and many may begin before the first is counted.
    None of those beyond the limit is told whether its password was right.
    """
    limits = _sign_in_limits(request, address, mark)
    check_tries(request, limits)
    try:
        yield
    except ValidationError:
        count_each(request, limits)
        raise
    check_tries(request, limits)


def _sign_in_limits(request: HttpRequest, address: str, mark: str) -> list[Limit]:
    """SECURITY: a browser that signed in to the account before has a count of its own, so that
    strangers who try its address do not lock its owner out."""
    of_network = Limit(_SIGN_IN, "", settings.SIGN_IN_RATE_PER_NETWORK)
    if mark := mark or known_mark(request, address=address):
        return [Limit(_KNOWN, mark, settings.SIGN_IN_RATE_PER_ADDRESS), of_network]
    typed = normal_email(address)
    here = f"{typed}\0{client_network(request)}"
    return [
        Limit(_SIGN_IN_HERE, here, settings.SIGN_IN_RATE_PER_ADDRESS),
        Limit(_SIGN_IN, typed, settings.SIGN_IN_RATE_PER_ADDRESS_IN_ALL),
        of_network,
    ]


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


def count_adding(request: HttpRequest, *, by: User) -> None:
    """To be called before the account at a typed address is looked for. Raises `TooManyTries`.

    SECURITY: the answer tells whether there is one, and whose. Everybody may make a gallery or an
    item to ask with, so it is counted by person, over all of them, whatever the answer.
    """
    count_try(request, _ADDED, of=str(by.pk), rate=settings.ADD_ACCOUNT_RATE_PER_PERSON)
