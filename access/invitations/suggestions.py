"""People known to the site or to the host, offered while an address is being typed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from access.accounts.models import User
from access.email_addresses import stored_part
from access.invitations.models import Invitation
from access.invitations.people import Inviter

LEAST = 2  # characters
MOST = 8  # people


@dataclass(frozen=True)
class KnownPerson:
    email: str
    first_name: str
    last_name: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


def people_like(text: str, *, by: Inviter) -> list[KnownPerson]:
    """People whom this inviter invited before, then accounts, whose name or address starts like it.

    SECURITY: accounts are offered to accounts only. A moderator without one does not learn who has
    an account here.
    """
    words = text.replace("\0", "").strip().lower().split()[:3]
    # SECURITY: without either, the condition would be IS NULL and match everybody's invitations.
    if by.account is None and by.invitation is None:
        return []
    if not words or len("".join(words)) < LEAST:
        return []
    found: dict[str, KnownPerson] = {}
    for rows in _sources(words, by):
        for email, first_name, last_name in rows:
            if email != by.email:
                found.setdefault(email, KnownPerson(email, first_name, last_name))
    return list(found.values())[:MOST]


def _sources(words: list[str], by: Inviter) -> list[list[tuple[str, str, str]]]:
    """One query, or two for an account."""
    fields = ("email", "first_name", "last_name")
    starts = Q()
    for word in words:
        starts &= (
            Q(email__startswith=stored_part(word))
            | Q(first_name__istartswith=word)
            | Q(last_name__istartswith=word)
        )
    theirs = Q(invited_by=by.account) if by.account else Q(invited_by_invitation=by.invitation)
    # One person may have several invitations, so more rows are read than people are shown.
    before = Invitation.objects.filter(theirs & starts).order_by("-pk").values_list(*fields)
    sources = [list(before[: MOST * 4])]
    if by.account:
        accounts = User.objects.filter(starts, is_active=True)
        sources.append(list(accounts.order_by("email").values_list(*fields)[: MOST + 1]))
    return sources
