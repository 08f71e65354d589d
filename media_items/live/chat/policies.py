"""Who may write, and whose messages somebody may remove: pure, from abilities and levels."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from media_items.abilities import Ability
from media_items.live.sessions.models import Level, LiveSession


class Writing(StrEnum):
    """Whether somebody may write in the chat now, or why not."""

    OPEN = "open"
    NO_ABILITY = "no_ability"
    NOT_LIVE = "not_live"
    PAUSED = "paused"


def writing_in_chat(session: LiveSession, abilities: Collection[Ability]) -> Writing:
    """A paused chat is paused for everybody but those who moderate."""
    if Ability.CHAT not in abilities:
        return Writing.NO_ABILITY
    if not session.is_live:
        return Writing.NOT_LIVE
    if session.chat_paused_at and Ability.MODERATE not in abilities:
        return Writing.PAUSED
    return Writing.OPEN


def may_remove_message(*, level: int, author_level: int, is_own: bool, moderates: bool) -> bool:
    """Everybody removes their own. Moderators remove anybody's but a host's: another moderator's
    too, so that the quickest can stop it. Hosts remove anybody's."""
    if is_own:
        return True
    return moderates and (author_level < Level.HOST or level >= Level.HOST)
