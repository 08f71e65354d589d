"""Which items somebody sees, as SQL, and the roles of an account on one of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from access.accounts.models import User
from access.exclusions.querysets import excluded
from access.guests.models import GuestAdmission
from access.invitations.models import Invitation, InvitationProof
from access.memberships.models import CoEditor, GalleryMembership, GalleryRole
from access.policies.invitations import invitations_of
from access.roles import Role
from media_items.catalogue.models import State
from media_items.models import MediaItem


def items_visible_to(
    *,
    user: User | None,
    admission_ids: Collection[int],
    proof_ids: Collection[int],
    moment: datetime,
) -> QuerySet[MediaItem]:
    """Every item on which these proofs give `Ability.VIEW` at that moment."""
    edits = Q(pk__in=())
    sees = Q(state=State.UNLISTED)
    if user is not None:
        edits = Q(owner_id=user.pk) | Q(
            Exists(CoEditor.objects.filter(item=OuterRef("pk"), user_id=user.pk))
        )
        theirs = GalleryMembership.objects.filter(user_id=user.pk)
        published = Q(Exists(theirs.filter(gallery__publications__item=OuterRef("pk"))))
        in_room = Q(Exists(theirs.filter(gallery=OuterRef("room_of"))))
        is_out = Q(excluded(item=OuterRef("pk"), email=user.email, is_typed=False))
        sees |= ((Q(state=State.PUBLISHED) & published) | in_room) & ~is_out
        sees |= Q(Exists(invitations_of(user, moment).filter(item=OuterRef("pk"))))
    if proof_ids:
        sees |= Q(
            Exists(
                InvitationProof.objects.in_force(moment).filter(
                    pk__in=proof_ids, invitation__item=OuterRef("pk")
                )
            )
        )
    if admission_ids:
        sees |= Q(
            Exists(
                GuestAdmission.objects.in_force(moment).filter(
                    pk__in=admission_ids, guest__link__item=OuterRef("pk")
                )
            )
        )
    available = Q(available_from=None) | Q(available_from__lte=moment)
    available &= Q(available_until=None) | Q(available_until__gt=moment)
    return MediaItem.objects.live().filter(edits | (available & sees))


@dataclass(frozen=True)
class AccountStanding:
    """`is_excluded`: put out of the item, so that nothing the account has there counts."""

    roles: frozenset[Role]
    is_excluded: bool = False


def standing_of_account(
    *, user: User, item: MediaItem, invited: Callable[[MediaItem], Iterable[Invitation]]
) -> AccountStanding:
    """Owner without a query; co-editor, gallery member and whoever is put out by one.

    `invited` gives the account's invitations in force on the item, and is asked only where an
    invitation can add anything.
    """
    if item.owner_id == user.pk:
        return AccountStanding(frozenset({Role.OWNER}))
    theirs = GalleryMembership.objects.filter(user_id=user.pk)
    row = (
        MediaItem.objects.filter(pk=item.pk)
        .values_list(
            Exists(CoEditor.objects.filter(item=OuterRef("pk"), user_id=user.pk)),
            Exists(theirs.filter(gallery__publications__item=OuterRef("pk"))),
            Subquery(theirs.filter(gallery=OuterRef("room_of")).values("role")[:1]),
            excluded(item=OuterRef("pk"), email=user.email, is_typed=False),
        )
        .first()
    )
    co_edits, is_member, role_in_room_gallery, is_excluded = row or (False, False, None, False)
    if co_edits:
        return AccountStanding(frozenset({Role.CO_EDITOR}))
    if is_excluded:
        return AccountStanding(frozenset(), is_excluded=True)
    roles = {Role(invitation.role) for invitation in invited(item)}
    if is_member and item.state == State.PUBLISHED:
        roles.add(Role.VIEWER)
    if role_in_room_gallery:
        roles.add(role_in_room_of(GalleryRole(role_in_room_gallery)))
    return AccountStanding(frozenset(roles))


def roles_of_account(
    *, user: User, item: MediaItem, invited: Callable[[MediaItem], Iterable[Invitation]]
) -> frozenset[Role]:
    return standing_of_account(user=user, item=item, invited=invited).roles


def is_member_for(user: User, item: MediaItem) -> bool:
    """Whether a gallery would let this account in, were it not put out."""
    theirs = GalleryMembership.objects.filter(user_id=user.pk)
    if item.room_of_id and theirs.filter(gallery=item.room_of_id).exists():
        return True
    return (
        item.state == State.PUBLISHED and theirs.filter(gallery__publications__item=item).exists()
    )


def role_in_room_of(role: GalleryRole) -> Role:
    """What somebody with this role in a gallery is in the gallery's own room."""
    return Role.MODERATOR if role == GalleryRole.MANAGER else Role.VIEWER


def items_with_register(*, user: User) -> QuerySet[MediaItem]:
    """Every item on which this account has `Ability.SEE_REGISTER`."""
    co_edited = Exists(CoEditor.objects.filter(item=OuterRef("pk"), user_id=user.pk))
    return MediaItem.objects.live().filter(Q(owner_id=user.pk) | co_edited)


def may_see_all_registers(user: User) -> bool:
    """Site admins look at everybody's; what they may end there is asked for each kind of row."""
    return user.is_active and user.is_staff and user.has_perm("access.view_invitation")
