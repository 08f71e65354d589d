"""The rules as SQL: which items somebody sees, and which galleries let their members into which."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.policies.abilities import EDITING_ROLES, roles_alone_giving
from access.proofs import NOTHING, Reach
from access.roles import Role
from media_items.abilities import Ability
from media_items.catalogue.models import State
from media_items.models import Gallery, MediaItem, Publication

if TYPE_CHECKING:
    from access.accounts.models import User

# What anybody sees who has the address.
OPEN_TO_ALL = Reach(sees=Q(state=State.UNLISTED))


def items_within(reach: Reach, *, moment: datetime) -> QuerySet[MediaItem]:
    """Every item on which somebody of this reach has `Ability.VIEW` at that moment."""
    available = Q(available_from=None) | Q(available_from__lte=moment)
    available &= Q(available_until=None) | Q(available_until__gt=moment)
    return MediaItem.objects.live().filter(reach.edits | (available & reach.sees))


def items_allowing(ability: Ability, reach: Reach) -> QuerySet[MediaItem]:
    """Every item on which somebody of this reach has the ability: one that only whoever edits the
    item has, on any kind and at any time, or to restore it. Raises ValueError for any other."""
    if ability == Ability.RESTORE:
        return MediaItem.objects.deleted().filter(reach.owns)
    roles = roles_alone_giving(ability)
    if not roles or not roles <= EDITING_ROLES:
        raise ValueError(f"No condition on items says who may {ability}.")
    return MediaItem.objects.live().filter(reach.edits if Role.CO_EDITOR in roles else reach.owns)


def is_in_galleries(item: MediaItem) -> bool:
    """Whether there may be galleries whose members see this item."""
    return bool(item.room_of_id) or item.state == State.PUBLISHED


def galleries_letting_into(item: MediaItem) -> QuerySet[Gallery]:
    """Whose members see this item, its window apart: where it is published, and its own gallery."""
    if not is_in_galleries(item):
        return Gallery.objects.none()
    lets_in = Q(pk=item.room_of_id) if item.room_of_id else NOTHING
    if item.state == State.PUBLISHED:
        lets_in |= Q(pk__in=Publication.objects.filter(item=item).values("gallery"))
    return Gallery.objects.filter(lets_in)


def let_in_by(galleries: QuerySet[Any, Any] | Collection[int]) -> Q:
    """The same from the other side, as a condition on items: what members of these see.

    `galleries` are primary keys.
    """
    shown = Publication.objects.filter(item=OuterRef("pk"), gallery__in=galleries)
    return Q(room_of__in=galleries) | (Q(state=State.PUBLISHED) & Q(Exists(shown)))


def may_see_all_registers(user: User) -> bool:
    """Site admins look at everybody's; what they may end there is asked for each kind of row."""
    return user.is_active and user.is_staff and user.has_perm("invitations.view_invitation")
