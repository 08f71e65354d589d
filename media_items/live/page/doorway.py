"""What the item's own page shows of its sessions: how things stand, and the way in."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from media_items.catalogue.models import MediaItem
from media_items.live.sessions import services as sessions
from media_items.live.sessions.entering import is_open_to_all
from media_items.playback.player import SESSION_TEMPLATE


def doorway(item: MediaItem) -> dict[str, Any]:
    """Context for the way into a live event or a room. Two queries: newest session, settings."""
    live = sessions.settings_of(item)
    newest = sessions.newest_session_of(item)
    state = sessions.state_of(item, newest, live, timezone.now())
    return {
        "player": SESSION_TEMPLATE,
        "state": state,
        "is_under_way": newest is not None and newest.ended_at is None,
        "lobby_opens_at": sessions.lobby_opens_at(item, live),
        "is_open_to_all": is_open_to_all(state),
    }
