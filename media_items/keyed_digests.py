"""Digests that tell whether two values are the same, and from which nobody reads the value.

Keyed with the server's secret. Made with SECRET_KEY; compared with the SECRET_KEY_FALLBACKS too, so
what was stored before a change of the key is known again.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import salted_hmac


def keyed_digest(salt: str, value: str) -> str:
    return _digest(salt, value, settings.SECRET_KEY)


def keyed_digests(salt: str, value: str) -> list[str]:
    """Under every key that is good; the first is `keyed_digest`."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_digest(salt, value, key) for key in keys]


def _digest(salt: str, value: str, key: str) -> str:
    return salted_hmac(salt, value, secret=key, algorithm="sha256").hexdigest()
