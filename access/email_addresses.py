"""How an email address is compared: trimmed and lower-cased on the way in, everywhere."""

from __future__ import annotations


def normal_email(address: str) -> str:
    """The form in which an address is stored and compared.

    RFC 5321 lets a mail server tell `A@x` from `a@x`; none in use does, and people type both.
    """
    return address.strip().lower()


def domain_of(address: str) -> str:
    return normal_email(address).rpartition("@")[2]


def masked(address: str) -> str:
    """Enough for its owner to know it again and for nobody else to learn it: `a•••@example.edu`.

    SECURITY: always three dots, so not even the length shows.
    """
    local, _at, domain = normal_email(address).rpartition("@")
    return f"{local[:1]}•••@{domain}"
