"""How far somebody reaches in a sitting, from what they may do on the item."""

from __future__ import annotations

from collections.abc import Collection

from media_items.abilities import Ability
from media_items.live.people.models import Level


def level_of(abilities: Collection[Ability]) -> Level:
    if Ability.EDIT in abilities:
        return Level.HOST
    if Ability.MODERATE in abilities:
        return Level.MODERATOR
    if Ability.BACKCHANNEL in abilities:
        return Level.SPEAKER
    return Level.AUDIENCE


def reaches(actor: int, target: int) -> bool:
    """Whether somebody of the one level, who may moderate, acts on somebody of the other."""
    return target < actor
