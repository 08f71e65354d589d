"""What a gallery gives its members, in itself and on items, and who edits items."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.memberships.models import CoEditor, GalleryMembership, GalleryRole
from access.policies import galleries_letting_into
from access.roles import Role
from media_items.abilities import GalleryAbility
from media_items.models import MediaItem

_MEMBER = frozenset({GalleryAbility.VIEW})
_CONTRIBUTOR = _MEMBER | {GalleryAbility.PUBLISH_INTO}
_MODERATOR = _CONTRIBUTOR | {GalleryAbility.TAKE_OUT}
GALLERY_ABILITIES: dict[GalleryRole, frozenset[GalleryAbility]] = {
    GalleryRole.MEMBER: _MEMBER,
    GalleryRole.CONTRIBUTOR: _CONTRIBUTOR,
    GalleryRole.MODERATOR: _MODERATOR,
    GalleryRole.MANAGER: _MODERATOR
    | {
        GalleryAbility.MANAGE_MEMBERS,
        GalleryAbility.MAKE_ROOM,
        GalleryAbility.EDIT,
        GalleryAbility.DELETE,
    },
}


# --- in a gallery ---------------------------------------------------------------------------------


def gallery_abilities_for(role: GalleryRole | None) -> frozenset[GalleryAbility]:
    return frozenset() if role is None else GALLERY_ABILITIES[role]


def memberships_with(ability: GalleryAbility) -> QuerySet[GalleryMembership]:
    """`gallery_abilities_for` as SQL."""
    roles = [role for role, abilities in GALLERY_ABILITIES.items() if ability in abilities]
    return GalleryMembership.objects.filter(role__in=roles)


# --- on items -------------------------------------------------------------------------------------


def memberships_letting_into(item: MediaItem) -> QuerySet[GalleryMembership]:
    return GalleryMembership.objects.filter(gallery__in=galleries_letting_into(item).values("pk"))


def role_in_room_of(role: GalleryRole) -> Role:
    """What somebody with this role in a gallery is in the gallery's own room."""
    return Role.MODERATOR if role == GalleryRole.MANAGER else Role.VIEWER


# --- who edits ------------------------------------------------------------------------------------


def edited_by(user_id: int) -> Q:
    """The condition on items that this account owns or co-edits them."""
    return Q(owner_id=user_id) | co_edited_by(user_id)


def co_edited_by(user_id: int) -> Q:
    return Q(Exists(CoEditor.objects.filter(item=OuterRef("pk"), user_id=user_id)))


def items_with_register(*, user_id: int) -> QuerySet[MediaItem]:
    """Every item on which this account has `Ability.SEE_REGISTER`."""
    return MediaItem.objects.live().filter(edited_by(user_id))
