"""A session, its settings, who is in it."""

from media_items.live.sessions.models.participant import (
    NOT_OUT,
    OUT,
    Level,
    Participant,
    ParticipantQuerySet,
    Stay,
    level_of,
    may_act_on,
)
from media_items.live.sessions.models.session import (
    EndReason,
    LiveSession,
    LiveSettings,
    SessionState,
    StageAccess,
)

__all__ = [
    "NOT_OUT",
    "OUT",
    "EndReason",
    "Level",
    "LiveSession",
    "LiveSettings",
    "Participant",
    "ParticipantQuerySet",
    "SessionState",
    "StageAccess",
    "Stay",
    "level_of",
    "may_act_on",
]
