"""How an email address is compared: in one form on the way in, everywhere."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, validate_email
from django.utils.translation import gettext_lazy as _

LONGEST = 254  # characters: RFC 5321, and the columns
_is_email = EmailValidator(allowlist=[])
NO_ADDRESS = _("This is not a whole email address. Please check it.")


def normal_email(address: str) -> str:
    """The form in which an address is stored and compared.

    RFC 5321 lets a mail server tell `A@x` from `a@x`; none in use does, and people type both.

    SECURITY: characters that are drawn the same or not at all lead to the same mailbox (RFC 5891,
    4.1 and 5.3), so nobody who was removed may come back as somebody else by typing them. Hence
    NFKC, and no format characters: soft hyphens, zero widths, directions.
    """
    one_form = unicodedata.normalize("NFKC", address)
    shown = "".join(sign for sign in one_form if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFC", shown.strip().lower())


def check_deliverable(address: str) -> str:
    """The address in its form. Raises `ValidationError` where no mail could go to it."""
    email = normal_email(address)
    validate_email(email)  # what it has become may be no address any more
    try:
        domain_of(email).encode("idna")
    except UnicodeError:
        raise ValidationError(NO_ADDRESS) from None
    if len(email) > LONGEST or not email.isprintable():
        raise ValidationError(NO_ADDRESS)
    return email


def is_good_email(address: str) -> bool:
    """Whether mail can be sent there, and the table can hold it."""
    try:
        _is_email(address)
    except ValidationError:
        return False
    return len(address) <= LONGEST and address.isprintable()


def domain_of(address: str) -> str:
    return normal_email(address).rpartition("@")[2]


def masked(address: str) -> str:
    """Enough for its owner to know it again and for nobody else to learn it: `a•••@example.edu`.

    SECURITY: always three dots, so not even the length shows.
    """
    local, _at, domain = normal_email(address).rpartition("@")
    return f"{local[:1]}•••@{domain}"
