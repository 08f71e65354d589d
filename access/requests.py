"""The request as the views of `access` get it: with the visitor's class, and with the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from media_items.requests import FoyerRequest

if TYPE_CHECKING:
    from access.accounts.backends import SessionStore
    from access.accounts.models import User
    from access.guests.seen_as import SeenAs
    from access.visitors import Visitor


class VisitorRequest(FoyerRequest):
    """For annotations only, as `FoyerRequest`."""

    session: SessionStore
    visitor: Visitor
    # Set by `access.guests.seen_as.see_as_guest`, together with `is_only_shown`.
    seen_as: SeenAs


class SignedInRequest(VisitorRequest):
    """In a view behind `login_required`, or behind an ability that only accounts have."""

    user: User


def account_of(request: VisitorRequest) -> User:
    """The account behind a request whose ability check only accounts pass.

    SECURITY: an ability that reaches people without an account makes this fail, not go on.
    """
    assert request.user.is_authenticated  # noqa: S101 - for the type checker
    return request.user
