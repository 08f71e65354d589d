"""How an email address is compared: in one form on the way in, everywhere.

The form is what a mail server is told: the domain in ASCII (IDNA 2008 with the mapping of UTS 46),
so `bücher.de` and the `xn--bcher-kva.de` that browsers make of it are one. People read
`shown_email`.
"""

from __future__ import annotations

import re
import unicodedata
from email.utils import parseaddr
from ipaddress import ip_address

import idna
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, validate_email
from django.utils.translation import gettext_lazy as _

from media_items.visible_text import ZWJ, ZWNJ, without_ignorable

LONGEST = 254  # characters: RFC 5321, and the columns
_is_email = EmailValidator(allowlist=[])
NO_ADDRESS = _("This isn’t a full email address. Check it.")
QUOTED = _("Email addresses with quotation marks aren’t accepted. Check it, or use another one.")
_PLAIN_DOMAIN = re.compile(r"[a-z0-9._-]+", re.ASCII)
# Printable characters of ASCII without quotes, and a domain that is in its form but for capitals.
_IN_ITS_FORM = re.compile(r"[!#-?A-~]+@(?!.*xn--)[a-z0-9._-]*[a-z0-9_-]", re.ASCII | re.IGNORECASE)
_ATOM = r"[^\s\"(),:;<>@\[\]\\.]+"
_DOT_ATOM = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_DOTS = re.compile("[.\u3002\uff0e\uff61]")  # full stops that UTS 46 takes for a dot


def normal_email(address: str) -> str:
    """The form in which an address is stored, compared and written to.

    RFC 5321 lets a mail server tell `A@x` from `a@x`; none in use does, and people type both.

    SECURITY: forms of one mailbox are one address, so nobody who was removed may come back as
    somebody else by typing another: characters drawn the same (NFKC) or not at all, quotes that
    are not needed, a dot at the end, the domain in its own letters or in ASCII.
    """
    if len(address) > 4 * LONGEST:
        return address.strip().lower()  # no address, and not worth the time
    if _IN_ITS_FORM.fullmatch(address):
        return address.lower()  # all that follows changes nothing else in it
    one_form = unicodedata.normalize("NFKC", address).strip()
    local, at, domain = one_form.rpartition("@")
    local = without_ignorable(local).strip().lower()
    return f"{_unquoted(unicodedata.normalize('NFC', local))}{at}{normal_domain(domain)}"


def normal_domain(domain: str) -> str:
    """In ASCII. What no domain can be comes back in small letters and is refused as an address.

    The joiners ZWNJ and ZWJ stay where IDNA 2008 gives them a meaning, as in Persian names.
    """
    shown = without_ignorable(domain, keep=ZWNJ + ZWJ).strip()
    if shown.startswith("["):
        return _normal_literal(shown)
    shown = _DOTS.sub(".", shown).rstrip(".")
    if _PLAIN_DOMAIN.fullmatch(shown.lower()) and "xn--" not in shown.lower():
        return shown.lower()
    for form in (shown, without_ignorable(shown)):
        try:
            return idna.encode(form, uts46=True).decode("ascii")
        except idna.IDNAError:
            continue
    return without_ignorable(shown).lower().rstrip(".")


def _normal_literal(domain: str) -> str:
    """`[127.0.0.1]`, `[::1]`: the one way to write that number."""
    inside = domain.strip("[]").lower()
    try:
        return f"[{ip_address(inside).compressed}]"
    except ValueError:
        return domain.lower()


def _unquoted(local: str) -> str:
    """`"ada"` is `ada`; in quotes that are needed no character is escaped without need."""
    if len(local) < 2 or not (local[0] == local[-1] == '"'):
        return local
    meant = re.sub(r"\\(.)", r"\1", local[1:-1])
    if _DOT_ATOM.fullmatch(meant):
        return meant
    return '"{}"'.format(re.sub(r'([\\" ])', r"\\\1", meant))


def shown_email(address: str) -> str:
    """For people to read: the domain in its own letters."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{shown_domain(domain)}"


def stored_part(word: str) -> str:
    """For a search in the stored form by a word of an address as people read it.

    A label of a domain with letters of its own is found whole only.
    """
    return word if word.isascii() else normal_email(word)


def shown_domain(domain: str) -> str:
    if "xn--" not in domain:
        return domain
    try:
        shown = idna.decode(domain)
    except idna.IDNAError:
        return domain
    # SECURITY: only letters that lead back to the same domain.
    return shown if normal_domain(shown) == domain else domain


def check_deliverable(address: str) -> str:
    """The address in its form. Raises `ValidationError` where no mail could go to it."""
    email = normal_email(address)
    if '"' in email:
        raise ValidationError(QUOTED, code="quoted")
    validate_email(email)  # what it has become may be no address any more
    if not _can_be_written(email):
        raise ValidationError(NO_ADDRESS)
    return email


def is_good_email(address: str) -> bool:
    """Whether mail can be sent there, and the table can hold it."""
    try:
        _is_email(address)
    except ValidationError:
        return False
    return _can_be_written(address)


def _can_be_written(email: str) -> bool:
    """Whether it stands in a table and in a header, and is read from there as it is.

    SECURITY: an encoded word (RFC 2047) would be read as other addresses; no mail goes to a machine
    by its number. A mailbox that needs quotes (`"a b"@x`) is legal and given by nobody, and
    programs on the way read its quotes differently.
    """
    if len(email) > LONGEST or not email.isprintable() or not email.isascii():
        return False
    if '"' in email or "=?" in email or "?=" in email or email.endswith("]"):
        return False
    return parseaddr(email)[1] == email


def domain_of(address: str) -> str:
    return normal_email(address).rpartition("@")[2]


def masked(address: str) -> str:
    """Enough for its owner to know it again and for nobody else to learn it: `a•••@example.edu`.

    SECURITY: always three dots, so not even the length shows.
    """
    local, _at, domain = shown_email(normal_email(address)).rpartition("@")
    return f"{local[:1]}•••@{domain}"
