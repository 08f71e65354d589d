"""By which door people came: what the rows behind their keys say now, for many at once.

An account is asked about its invitations to the item first, then about the galleries in which it
would see it. Erased guests have no address any more; the name of their link is the host's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import FETCH_RAISE, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from access.accounts.models import User
from access.guests.models import GuestAdmission
from access.guests.proofs import GuestProofs
from access.invitations.models import Invitation
from access.invitations.proofs import InvitationProofs
from access.memberships.models import GalleryMembership
from access.memberships.proofs import AccountProofs
from access.proofs import parsed
from access.roles import Role
from media_items.live.sessions.models import Participant
from media_items.models import MediaItem


@dataclass(frozen=True)
class Source:
    """`by`: the door in words. `email` is empty for whoever was erased or is gone."""

    by: str
    email: str = ""


_UNKNOWN = Source(by="")
_EDITORS = frozenset({Role.OWNER, Role.CO_EDITOR})


def sources_of(people: Sequence[Participant], item: MediaItem) -> dict[int, Source]:
    """By the participant's key. Five queries at most, however many people."""
    found = _of_guests(people) | _of_invitees(people) | _of_accounts(people, item)
    return {one.pk: found.get(one.key, _UNKNOWN) for one in people}


def _pks(people: Sequence[Participant], kind: str) -> list[int]:
    return [key.pk for key in parsed(one.key for one in people) if key.kind == kind]


def _of_guests(people: Sequence[Participant]) -> dict[str, Source]:
    admissions = (
        GuestAdmission.objects.filter(pk__in=_pks(people, GuestProofs.kind))
        .select_related("guest__link")
        .fetch_mode(FETCH_RAISE)
    )
    return {
        str(GuestProofs.key_of(one.pk)): Source(
            by=_("Guest link “%(name)s”") % {"name": one.guest.link.name},
            # As `with_address_shown`.
            email="" if one.erased_at else one.guest.email,
        )
        for one in admissions
    }


def _of_invitees(people: Sequence[Participant]) -> dict[str, Source]:
    invitations = _with_inviters(Q(pk__in=_pks(people, InvitationProofs.kind)))
    return {
        str(InvitationProofs.key_of(one.pk)): Source(by=_invited_by(one), email=one.email)
        for one in invitations
    }


def _of_accounts(people: Sequence[Participant], item: MediaItem) -> dict[str, Source]:
    users = {user.pk: user for user in User.objects.filter(pk__in=_pks(people, AccountProofs.kind))}
    if not users:
        return {}
    by: dict[int, str] = {}
    for membership in _memberships(users, item):
        by.setdefault(
            membership.user_id, _("Gallery “%(name)s”") % {"name": membership.gallery.name}
        )
    by_address = {user.email: user.pk for user in users.values() if user.email_verified_at}
    theirs = Q(account__in=users) | Q(email__in=by_address)
    for one in _with_inviters(Q(item=item, accepted_at__isnull=False) & theirs):
        pk = one.account_id if one.account_id in users else by_address.get(one.email)
        if pk is not None:
            by[pk] = _invited_by(one)
    roles = {one.key: one.role for one in people}
    found = {}
    for pk, user in users.items():
        key = str(AccountProofs.key_of(pk))
        edits = roles.get(key) in _EDITORS
        found[key] = Source(
            by=_("Account") if edits else by.get(pk, _("Account")), email=user.email
        )
    return found


def _memberships(users: dict[int, User], item: MediaItem) -> list[GalleryMembership]:
    # Not `galleries_letting_into`: the item may have been unpublished since people came by it.
    of_item = Q(gallery__publications__item=item)
    if item.room_of_id:
        of_item |= Q(gallery=item.room_of_id)
    rows = GalleryMembership.objects.filter(of_item, user__in=users).select_related("gallery")
    return list(rows.order_by("user", "gallery__name", "pk").distinct().fetch_mode(FETCH_RAISE))


def _with_inviters(which: Q) -> list[Invitation]:
    rows = Invitation.objects.filter(which).select_related("invited_by", "invited_by_invitation")
    return list(rows.order_by("pk").fetch_mode(FETCH_RAISE))


def _invited_by(invitation: Invitation) -> str:
    by = invitation.invited_by or invitation.invited_by_invitation
    if by is None:
        return pgettext("how somebody joined", "Invited")
    return _("Invited by %(name)s") % {"name": by.get_full_name()}
