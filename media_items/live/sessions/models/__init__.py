"""A session, its settings, who is in it."""

from media_items.live.sessions.models.participant import (
    ARE_TYPED,
    NOT_OUT,
    OUT,
    Level,
    Participant,
    ParticipantQuerySet,
    Stay,
    is_by,
    is_typed,
    level_of,
    may_act_on,
)
from media_items.live.sessions.models.session import (
    EndReason,
    LiveSession,
    LiveSettings,
    SessionState,
    StageAccess,
    under_way,
)

__all__ = [
    "ARE_TYPED",
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
    "is_by",
    "is_typed",
    "level_of",
    "may_act_on",
    "under_way",
]
