"""Unguessable public ids for addresses. Migrations name this module."""

from __future__ import annotations

import secrets

_ALPHABET = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 16


def new_public_id() -> str:
    """16 characters from 57 (93 bits), none easily mistaken for another when read aloud."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))
