"""Signed link tokens: the row's id, its key version and its tag; nothing secret in the database.

A token is refused by its signature before any query is made. Another `key_version` makes every
token handed out before worthless. Tag and version are random: after a restore the ids of rows made
since are given again, and an address that was sent out must lead to none of the new rows
(docs/adr/0024).
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.signing import BadSignature, Signer

from media_items.addresses import address
from media_items.refusals import Refusal

if TYPE_CHECKING:
    from access.guests.models import GuestLink
    from access.invitations.models import Invitation

# SECURITY: each kind of link signs under a salt of its own; one never stands for another.
_GUEST_LINKS = Signer(salt="access.guest-link", sep=".")
_INVITATIONS = Signer(salt="access.invitation", sep=".")
_PAYLOAD = re.compile(r"([1-9]\d{0,17})-([1-9]\d{0,8})-([A-Za-z0-9_-]{8})", re.ASCII)
RESULTS_OF_QUIZ = "results"  # of the query of an address: see `results_address`
TAG_LENGTH = 8  # characters of six random bytes


class BadToken(Refusal):
    """Forged, damaged, or cut off while being copied."""

    status = 404
    reason = "bad-link"


@dataclass(frozen=True)
class LinkKey:
    """What a good token says: which row, and which of its addresses."""

    pk: int
    key_version: int
    tag: str


def new_tag() -> str:
    """Tells a row from every other that ever had its id."""
    return secrets.token_urlsafe(6)


def next_key_version(before: int) -> int:
    """Another one, and none that an address of this row has had, as far as chance can say."""
    while (after := secrets.randbelow(900_000_000) + 100_000_000) == before:
        pass
    return after


def guest_link_token(link: GuestLink) -> str:
    return _GUEST_LINKS.sign(f"{link.pk}-{link.key_version}-{link.tag}")


def read_guest_link_token(token: str) -> LinkKey:
    """Without a query. Raises `BadToken`."""
    return _read(_GUEST_LINKS, token)


def guest_link_address(link: GuestLink) -> str:
    """The whole address to copy, on the site's own host whatever the request said."""
    return settings.SITE_URL + address("access:join", guest_link_token(link))


def results_address(link: GuestLink) -> str:
    """For whoever has taken a quiz by this link: at the door they are asked for their email and the
    code sent to it, and not to take the quiz."""
    return f"{guest_link_address(link)}?{RESULTS_OF_QUIZ}=1"


def invitation_token(invitation: Invitation) -> str:
    return _INVITATIONS.sign(f"{invitation.pk}-{invitation.key_version}-{invitation.tag}")


def read_invitation_token(token: str) -> LinkKey:
    """Without a query. Raises `BadToken`."""
    return _read(_INVITATIONS, token)


def invitation_address(invitation: Invitation) -> str:
    """The one personal address; the copied link and the mailed link are the same."""
    return settings.SITE_URL + address("access:invitation", invitation_token(invitation))


def _read(signer: Signer, token: str) -> LinkKey:
    try:
        payload = signer.unsign(token)
    except BadSignature as error:
        raise BadToken from error
    if not (match := _PAYLOAD.fullmatch(payload)):
        raise BadToken
    return LinkKey(pk=int(match[1]), key_version=int(match[2]), tag=match[3])
