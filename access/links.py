"""Signed link tokens: the row's id and its key version, and nothing secret in the database.

A token is refused by its signature before any query is made. Bumping a row's `key_version`
makes every token handed out before worthless.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from media_items.refusals import Refusal

if TYPE_CHECKING:
    from access.guests.models import GuestLink
    from access.invitations.models import Invitation

# SECURITY: each kind of link signs under a salt of its own; one never stands for another.
_GUEST_LINKS = Signer(salt="access.guest-link", sep=".")
_INVITATIONS = Signer(salt="access.invitation", sep=".")
_PAYLOAD = re.compile(r"([1-9]\d{0,17})-([1-9]\d{0,8})", re.ASCII)


class BadToken(Refusal):
    """Forged, damaged, or cut off while being copied."""

    status = 404
    reason = "bad-link"


@dataclass(frozen=True)
class LinkKey:
    """What a good token says: which row, and which of its addresses."""

    pk: int
    key_version: int


def guest_link_token(link: GuestLink) -> str:
    return _GUEST_LINKS.sign(f"{link.pk}-{link.key_version}")


def read_guest_link_token(token: str) -> LinkKey:
    """Without a query. Raises `BadToken`."""
    return _read(_GUEST_LINKS, token)


def guest_link_address(link: GuestLink) -> str:
    """The whole address to copy, on the site's own host whatever the request said."""
    return settings.SITE_URL + reverse("access:join", args=[guest_link_token(link)])


def invitation_token(invitation: Invitation) -> str:
    return _INVITATIONS.sign(f"{invitation.pk}-{invitation.key_version}")


def read_invitation_token(token: str) -> LinkKey:
    """Without a query. Raises `BadToken`."""
    return _read(_INVITATIONS, token)


def invitation_address(invitation: Invitation) -> str:
    """The one personal address; the copied link and the mailed link are the same."""
    return settings.SITE_URL + reverse("access:invitation", args=[invitation_token(invitation)])


def _read(signer: Signer, token: str) -> LinkKey:
    try:
        payload = signer.unsign(token)
    except BadSignature as error:
        raise BadToken from error
    if not (match := _PAYLOAD.fullmatch(payload)):
        raise BadToken
    return LinkKey(pk=int(match[1]), key_version=int(match[2]))
