"""What the members of a gallery may do in it."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from access.memberships.models import GalleryMembership, GalleryRole
from media_items.abilities import GalleryAbility
from media_items.models import Gallery

_MEMBER = frozenset({GalleryAbility.VIEW})
_CONTRIBUTOR = _MEMBER | {GalleryAbility.PUBLISH_INTO}
_MODERATOR = _CONTRIBUTOR | {GalleryAbility.TAKE_OUT}
GALLERY_ABILITIES: dict[GalleryRole, frozenset[GalleryAbility]] = {
    GalleryRole.MEMBER: _MEMBER,
    GalleryRole.CONTRIBUTOR: _CONTRIBUTOR,
    GalleryRole.MODERATOR: _MODERATOR,
    GalleryRole.MANAGER: _MODERATOR | {GalleryAbility.MANAGE_MEMBERS, GalleryAbility.MAKE_ROOM},
}


def gallery_abilities_for(role: GalleryRole | None) -> frozenset[GalleryAbility]:
    return frozenset() if role is None else GALLERY_ABILITIES[role]


def galleries_with(*, user_id: int | None, ability: GalleryAbility) -> QuerySet[Gallery]:
    """Every gallery in which this account has the ability."""
    if user_id is None:
        return Gallery.objects.none()
    roles = [role for role, abilities in GALLERY_ABILITIES.items() if ability in abilities]
    return Gallery.objects.filter(
        Exists(
            GalleryMembership.objects.filter(
                gallery=OuterRef("pk"), user_id=user_id, role__in=roles
            )
        )
    )
