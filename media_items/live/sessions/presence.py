"""The end of somebody's presence, or of their role: said in one place, heard by every room that
holds something for those who are there, such as a seat.

The rooms stand on the sessions, so they subscribe at start-up (`live.wiring`). The caller of
`presence_ended` holds the session's lock; what listeners write belongs to the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from media_items.live.sessions.models import LiveSession


class Why(StrEnum):
    LEFT = "left"  # by themself
    LOST = "lost"  # their connection was: they may come back at any moment
    REMOVED = "removed"  # by somebody
    RIGHT_ENDED = "right_ended"  # what they came in by is worth nothing any more
    ROLE_LOST = "role_lost"  # still there, as one of the audience
    SESSION_ENDED = "session_ended"


@dataclass(frozen=True)
class PresenceEnded:
    """`participant_ids` is None where it is everybody of the session."""

    session: LiveSession
    why: Why
    at: datetime
    participant_ids: frozenset[int] | None = None


type Listener = Callable[[PresenceEnded], None]
_listeners: list[Listener] = []


def on_presence_ended(listener: Listener) -> None:
    """Calls `listener` from now on, once each time. Subscribing twice is once."""
    if listener not in _listeners:
        _listeners.append(listener)


def presence_ended(ended: PresenceEnded) -> None:
    """A listener that raises fails the act: nobody is half gone."""
    if ended.participant_ids is None or ended.participant_ids:
        for listener in _listeners:
            listener(ended)
