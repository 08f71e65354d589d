"""The same rule for all items at once, as SQL."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from access.proofs import Reach
from media_items.catalogue.models import State
from media_items.models import MediaItem

if TYPE_CHECKING:
    from access.accounts.models import User

# What anybody sees who has the address.
OPEN_TO_ALL = Reach(sees=Q(state=State.UNLISTED))


def items_within(reach: Reach, *, moment: datetime) -> QuerySet[MediaItem]:
    """Every item on which somebody of this reach has `Ability.VIEW` at that moment."""
    available = Q(available_from=None) | Q(available_from__lte=moment)
    available &= Q(available_until=None) | Q(available_until__gt=moment)
    return MediaItem.objects.live().filter(reach.edits | (available & reach.sees))


def may_see_all_registers(user: User) -> bool:
    """Site admins look at everybody's; what they may end there is asked for each kind of row."""
    return user.is_active and user.is_staff and user.has_perm("invitations.view_invitation")
