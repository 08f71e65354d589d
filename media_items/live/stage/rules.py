"""Who comes on the stage of a room by themself, and who has to be brought."""

from __future__ import annotations

from collections.abc import Collection

from media_items.abilities import Ability
from media_items.live.sessions.models import StageAccess


def may_go_at_will(abilities: Collection[Ability], access: str) -> bool:
    """Where the stage is open to everyone, that is everyone who may ask for it at all: a guest
    whose link allows no raised hand does not walk on."""
    if Ability.TAKE_STAGE in abilities:
        return True
    return access == StageAccess.EVERYONE and Ability.RAISE_HAND in abilities
