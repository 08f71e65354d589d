"""An address that is out and has been erased: known again when it comes, and read by nobody."""

from __future__ import annotations

from collections.abc import Iterable

from media_items.keyed_digests import keyed_digest, keyed_digests

_SALT = "access.blocks"


def address_digest(email: str) -> str:
    return keyed_digest(_SALT, email)


def address_digests(emails: Iterable[str]) -> list[str]:
    """Under every key that is good, for `digest__in`."""
    return [digest for email in emails if email for digest in keyed_digests(_SALT, email)]
