"""From one row to the person: the addresses and proofs that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import Http404

from access.accounts.models import User
from access.accounts.personal_data import key_of as account_key
from access.guests.models import Guest, GuestAdmission
from access.guests.proofs import GuestProofs
from access.invitations.models import Invitation
from access.invitations.proofs import InvitationProofs
from access.person_page.finding import Source, name_of
from media_items.person_page import Somebody

MOST_ROWS = 1_000  # of a kind, the newest: nobody has more, and a page stays a page


@dataclass(frozen=True)
class Person:
    """Somebody, with the ids that the audit trail names them by."""

    name: str
    email: str
    somebody: Somebody
    accounts: list[User]
    invitation_ids: list[int]
    guest_ids: list[int]


def person_behind(kind: str, pk: int, sources: Mapping[str, Source]) -> Person:
    """Whom the row is about: its address; an account with that address, or that an invitation to it
    was accepted with; and every address at which that account was invited.

    Six queries. Raises `Http404` where there is no such row among `sources`, or it was erased.
    """
    source = sources.get(kind)
    row: Any = source.rows().filter(pk=pk).first() if source else None
    if row is None:
        raise Http404
    email: str = row.email
    bound = Invitation.objects.filter(email=email, account__isnull=False).values("account")
    accounts = list(User.objects.filter(Q(email=email) | Q(pk__in=bound)).order_by("pk"))
    invited = Invitation.objects.filter(account__in=accounts).exclude(email="")
    also = invited.order_by().values_list("email", flat=True).distinct()[:MOST_ROWS]
    emails = {email, *(one.email for one in accounts), *(also if accounts else ())}
    named = Q(email__in=emails) | Q(account__in=accounts)
    invitations = _newest(Invitation.objects.filter(named))
    guests = _newest(Guest.objects.filter(email__in=emails))
    admissions = _newest(GuestAdmission.objects.filter(guest__in=guests)) if guests else []
    keys = {
        *(str(account_key(one)) for one in accounts),
        *(str(InvitationProofs.key_of(one)) for one in invitations),
        *(str(GuestProofs.key_of(one)) for one in admissions),
    }
    return Person(
        name=(str(accounts[0]) if accounts else name_of(row)),
        email=email,
        somebody=Somebody(frozenset(emails), frozenset(keys)),
        accounts=accounts,
        invitation_ids=invitations,
        guest_ids=guests,
    )


def _newest(rows: Any) -> list[int]:
    return list(rows.order_by("-pk").values_list("pk", flat=True)[:MOST_ROWS])
