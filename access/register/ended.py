"""What somebody has taken from people outside a moment ago, on the page *People*, and may undo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import ngettext

from access.blocks.models import Block
from access.email_addresses import shown_email
from access.guests.models import Guest
from access.guests.services.guests import readmit_guest
from access.invitations.models import Invitation
from access.invitations.services import managing
from access.register.outside import Scope
from access.register.undoing import UNDO_SECONDS
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


def undo(scope: Scope, keys: Iterable[str], moment: datetime) -> tuple[int, list[str]]:
    """Of what they may undo still, what these keys name: for how many it was done, and why not for
    others. What was done since stays."""
    wanted = set(keys)
    done, refused = 0, list[str]()
    for invitation in _revoked(scope, moment).order_by("pk"):
        if f"i{invitation.pk}" in wanted:
            done += managing.undo_revoke(
                invitation=invitation, by=scope.user, within_seconds=UNDO_SECONDS
            )
    for guest in _removed(scope, moment).order_by("pk"):
        if f"g{guest.pk}" in wanted:
            try:
                readmit_guest(guest=guest, by=scope.user)
            except Refusal as refusal:
                refused.append(str(refusal))
            else:
                done += 1
    return done, list(dict.fromkeys(refused))


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
