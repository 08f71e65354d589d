"""That people are not there any more, or not as who they were: said in one place, heard by every
room that keeps something for those who are there.

The rooms stand on the sessions, so they subscribe at start-up (`live.wiring`). Whoever says it
holds the session's lock; what listeners write belongs to the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from media_items.live.sessions.models import LiveSession


class Why(StrEnum):
    LEFT = "left"  # by themself, or their connection was lost
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
    """From now on `listener` is told, once each time. Subscribing twice is once."""
    if listener not in _listeners:
        _listeners.append(listener)


def presence_ended(ended: PresenceEnded) -> None:
    """A listener that raises fails the act: nobody is half gone."""
    if ended.participant_ids is None or ended.participant_ids:
        for listener in _listeners:
            listener(ended)
