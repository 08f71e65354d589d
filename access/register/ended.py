"""What somebody has taken from people outside a moment ago, on the page *People*, and may undo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import ngettext

from access.blocks.models import Block
from access.email_addresses import shown_email
from access.guests.models import Guest
from access.guests.services.guests import readmit_guest
from access.guests.services.places import lock_links
from access.invitations.models import Invitation
from access.invitations.services import managing
from access.register.outside import Scope
from access.register.undoing import UNDO_SECONDS
from media_items.numbers import ids
from media_items.refusals import Refusal

MOST_LINES = 5  # one for each person
_MOST_ROWS = 500


@dataclass
class Ended:
    """One line above the list: one person, with all that was taken from them."""

    email: str
    invitations: list[Invitation] = field(default_factory=list)
    guests: list[Guest] = field(default_factory=list)

    @property
    def keys(self) -> list[str]:
        return [
            *(f"i{one.pk}" for one in self.invitations),
            *(f"g{one.pk}" for one in self.guests),
        ]

    @property
    def said(self) -> str:
        named = [one.get_full_name() for one in self.invitations]
        named += [one.name for one in self.guests if one.name]
        count = len(
            {one.item_id for one in self.invitations} | {one.link.item_id for one in self.guests}
        )
        return ngettext(
            "%(name)s lost access to %(count)d item.",
            "%(name)s lost access to %(count)d items.",
            count,
        ) % {"name": next(iter(named), shown_email(self.email)), "count": count}


def just_ended(scope: Scope, moment: datetime) -> list[Ended]:
    """By whoever looks, the newest first. Two queries."""
    revoked = list(_revoked(scope, moment).order_by("-revoked_at")[:_MOST_ROWS])
    removed = list(_removed(scope, moment).order_by("-removed_at")[:_MOST_ROWS])
    newest: dict[str, datetime] = {}
    for email, at in [
        *((one.email, one.revoked_at) for one in revoked),
        *((one.email, one.removed_at) for one in removed),
    ]:
        if at is not None:
            newest[email] = max(at, newest.get(email, at))
    emails = sorted(newest, key=lambda email: newest[email], reverse=True)[:MOST_LINES]
    return [
        Ended(
            email,
            [one for one in revoked if one.email == email],
            [one for one in removed if one.email == email],
        )
        for email in emails
    ]


@dataclass(frozen=True)
class Undone:
    """`items` are those to which they have access again; `late` is for how many rows it was too
    late, or something was done since; `refused` is why not for others."""

    items: set[int]
    late: int
    refused: list[str]


def undo(scope: Scope, keys: Iterable[str], moment: datetime) -> Undone:
    """Of what they may undo still, what these keys name. What was done since stays. Twice is
    once."""
    wanted = set(keys)
    for invitation in _revoked(scope, moment).order_by("pk"):
        if f"i{invitation.pk}" in wanted:
            managing.undo_revoke(invitation=invitation, by=scope.user, within_seconds=UNDO_SECONDS)
    refused: list[str] = []
    for guest in _removed(scope, moment).order_by("pk"):
        if f"g{guest.pk}" in wanted:
            try:
                _readmit(scope, guest, moment)
            except Refusal as refusal:
                refused.append(str(refusal))
    invited = scope.invitations().filter(pk__in=_keys(wanted, "i"))
    came = scope.guests().filter(pk__in=_keys(wanted, "g"))
    items = [*invited.values_list("item", flat=True), *came.values_list("link__item", flat=True)]
    late = len(wanted) - len(items) - len(refused)
    return Undone(set(items), late, list(dict.fromkeys(refused)))


def _keys(keys: Iterable[str], letter: str) -> list[int]:
    return ids([key[1:] for key in keys if key.startswith(letter)])


@transaction.atomic
def _readmit(scope: Scope, guest: Guest, moment: datetime) -> None:
    """What another host does in the meantime is looked for under the lock. Raises `NoPlaceLeft`."""
    lock_links(guest.link.item)
    if _removed(scope, moment).filter(pk=guest.pk, removed_at=guest.removed_at).exists():
        readmit_guest(guest=guest, by=scope.user)


def _revoked(scope: Scope, moment: datetime) -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(
        revoked_by=scope.user, revoked_at__gt=moment - timedelta(seconds=UNDO_SECONDS)
    )
    if not scope.may_end(guests=False):
        return rows.none()
    return rows.filter(scope.within("item")).exclude(email="").select_related("item")


def _removed(scope: Scope, moment: datetime) -> QuerySet[Guest]:
    rows = Guest.objects.filter(
        removed_by=scope.user,
        removed_at__gt=moment - timedelta(seconds=UNDO_SECONDS),
        erased_at=None,
        link__deleted_at=None,
    )
    if not scope.may_end(guests=True):
        return rows.none()
    # What another host did since stays.
    since = Block.objects.in_force().filter(
        item=OuterRef("link__item"), email=OuterRef("email"), made_at__gt=OuterRef("removed_at")
    )
    rows = rows.filter(~Exists(since), scope.within("link__item"))
    return rows.select_related("link__item")
