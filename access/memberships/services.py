"""Members of a gallery and their roles. The last manager of a gallery is never lost.

`as_admin` in every service: the caller has checked the rights in the administration, so no role in
the gallery is needed. All other rules apply.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.accounts.models import User
from access.audit.models import AccessEvent, Act
from access.audit.services import record
from access.memberships.models import GalleryMembership, GalleryRole
from access.memberships.proofs import AccountProofs
from access.rights.services import rights_changed
from access.rights.whose import holders_of
from media_items.library.services.galleries import GalleryGone
from media_items.models import Gallery
from media_items.refusals import Refusal

UNDO_SECONDS = 60
_MOST_UNDOABLE = 20
_RANK = {role: rank for rank, role in enumerate(GalleryRole)}


class AlreadyMember(Refusal):
    message = _("This person is already a member. You can change their role below.")


class LastManager(Refusal):
    message = _("A gallery needs a manager. Make somebody else a manager first, then try again.")


class TooLateToUndo(Refusal):
    message = _("It’s too late to undo this. Add this person again.")


class RoleAboveOwn(Refusal):
    status = 403
    message = _("You can’t give a role higher than your own, or change somebody who has one.")


def add_member(
    *, gallery: Gallery, user: User, role: GalleryRole, by: User, as_admin: bool = False
) -> GalleryMembership:
    """Raises AlreadyMember and RoleAboveOwn."""
    added = add_members(gallery=gallery, users=[user], role=role, by=by, as_admin=as_admin)
    if not added:
        raise AlreadyMember
    return added[0]


@transaction.atomic
def add_members(
    *, gallery: Gallery, users: Sequence[User], role: GalleryRole, by: User, as_admin: bool = False
) -> list[GalleryMembership]:
    """Of those who are none yet. Raises RoleAboveOwn."""
    _lock(gallery)
    if not as_admin:
        _check_may_give(gallery=gallery, role=role, by=by)
    there = GalleryMembership.objects.filter(gallery=gallery, user__in=users)
    known = set(there.values_list("user", flat=True))
    added: list[GalleryMembership] = []
    for user in users:
        if user.pk not in known:
            known.add(user.pk)
            membership = GalleryMembership.objects.create(gallery=gallery, user=user, role=role)
            _record_change(Act.MEMBER_ADDED, membership, by, role=role)
            added.append(membership)
    return added


def change_role(
    *, membership: GalleryMembership, role: GalleryRole, by: User, as_admin: bool = False
) -> GalleryMembership:
    """Raises LastManager and RoleAboveOwn. Does nothing if that is the role already."""
    with transaction.atomic():
        _lock(membership.gallery)
        membership = GalleryMembership.objects.select_related("gallery").get(pk=membership.pk)
        if not as_admin:
            _check_may_give(gallery=membership.gallery, role=role, by=by)
            _check_may_give(gallery=membership.gallery, role=GalleryRole(membership.role), by=by)
        if role != GalleryRole.MANAGER:
            _check_another_manager(membership)
        if membership.role != role:
            before, membership.role = membership.role, role
            membership.save(update_fields=["role"])
            _record_change(Act.MEMBER_CHANGED, membership, by, role=role, before=before)
    return membership


def remove_member(*, membership: GalleryMembership, by: User, as_admin: bool = False) -> None:
    """Raises LastManager and RoleAboveOwn. A second call changes nothing."""
    with transaction.atomic():
        _lock(membership.gallery)
        found = GalleryMembership.objects.filter(pk=membership.pk).first()
        if found is None:
            return
        if not as_admin:
            _check_may_give(gallery=membership.gallery, role=GalleryRole(found.role), by=by)
        _check_another_manager(found)
        since = found.since.isoformat()
        _record_change(Act.MEMBER_REMOVED, found, by, role=found.role, since=since)
        found.delete()


def just_removed(gallery: Gallery, *, by: User) -> list[User]:
    """Accounts that `by` removed a moment ago and that are not members again, newest first. One
    query, or three."""
    roles = _roles_of_removed(gallery, by=by)
    if not roles:
        return []
    back = GalleryMembership.objects.filter(gallery=gallery, user__in=roles).values("user")
    users = User.objects.filter(pk__in=roles, is_active=True).exclude(pk__in=back).in_bulk()
    return [users[pk] for pk in roles if pk in users]


def undo_removal(*, gallery: Gallery, account: int, by: User) -> User:
    """With the role they had, and since when. Twice is once, and nothing for who is a member again.
    Raises TooLateToUndo and RoleAboveOwn."""
    with transaction.atomic():
        _lock(gallery)
        user = User.objects.filter(pk=account, is_active=True).first()
        if user and GalleryMembership.objects.filter(gallery=gallery, user=user).exists():
            return user
        removed = _roles_of_removed(gallery, by=by).get(account)
        if removed is None or user is None:
            raise TooLateToUndo
        role, since = removed
        membership = add_member(gallery=gallery, user=user, role=role, by=by)
        membership.since = since
        membership.save(update_fields=["since"])
    return user


def _roles_of_removed(gallery: Gallery, *, by: User) -> dict[int, tuple[GalleryRole, datetime]]:
    """By the account, newest first; none whom anybody else has added or removed since."""
    events = AccessEvent.objects.filter(
        at__gt=timezone.now() - timedelta(seconds=UNDO_SECONDS), details__gallery=gallery.pk
    ).order_by("-at", "-pk")
    own = list(events.filter(act=Act.MEMBER_REMOVED, actor=by)[:_MOST_UNDOABLE])
    if not own:
        return {}
    newest: dict[int, int] = {}
    for event in events.filter(
        act__in=[Act.MEMBER_REMOVED, Act.MEMBER_ADDED],
        details__account__in=[event.details["account"] for event in own],
    ):
        newest.setdefault(event.details["account"], event.pk)
    found: dict[int, tuple[GalleryRole, datetime]] = {}
    for event in own:
        told = event.details
        if newest[told["account"]] == event.pk:
            since = datetime.fromisoformat(told["since"]) if "since" in told else event.at
            found[told["account"]] = (GalleryRole(told["role"]), since)
    return found


def _record_change(
    act: Act, membership: GalleryMembership, by: User, *, role: str, **more: str
) -> None:
    """A change of rights of one member, on all that the gallery gives."""
    gallery, account = membership.gallery_id, membership.user_id
    details: dict[str, Any] = {"role": role, **more}
    event = record(act, item=None, by=by, gallery=gallery, account=account, **details)
    whose = holders_of(AccountProofs.key_of(account))
    rights_changed(event, whose=whose, gallery=membership.gallery)


def _lock(gallery: Gallery) -> None:
    """So that two managers who remove each other at the same time do it one after the other. Raises
    `GalleryGone`."""
    if not Gallery.objects.select_for_update().filter(pk=gallery.pk).exists():
        raise GalleryGone


def _check_may_give(*, gallery: Gallery, role: GalleryRole, by: User) -> None:
    """Raises RoleAboveOwn."""
    own = (
        GalleryMembership.objects.filter(gallery=gallery, user=by)
        .values_list("role", flat=True)
        .first()
    )
    if own is None or _RANK[GalleryRole(own)] < _RANK[role]:
        raise RoleAboveOwn


def _check_another_manager(membership: GalleryMembership) -> None:
    """Raises LastManager if this is the only manager with an active account."""
    if membership.role != GalleryRole.MANAGER:
        return
    others = GalleryMembership.objects.filter(
        gallery_id=membership.gallery_id, role=GalleryRole.MANAGER, user__is_active=True
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise LastManager
