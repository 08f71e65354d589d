"""Brings the rooms' models together for Django."""

from media_items.live.broadcast.models import Broadcast, BroadcastRun, BroadcastWatcher
from media_items.live.chat.models import BackchannelMessage, ChatMessage
from media_items.live.interactions.models import Poll, PollAnswer, PollOption, Reaction
from media_items.live.qna.models import AudienceQuestion, AudienceQuestionVote
from media_items.live.sessions.models import LiveSession, LiveSettings, Participant, Stay
from media_items.live.stage.mesh.models import Signal
from media_items.live.stage.models import Seat, StageInvitation

__all__ = [
    "AudienceQuestion",
    "AudienceQuestionVote",
    "BackchannelMessage",
    "Broadcast",
    "BroadcastRun",
    "BroadcastWatcher",
    "ChatMessage",
    "LiveSession",
    "LiveSettings",
    "Participant",
    "Poll",
    "PollAnswer",
    "PollOption",
    "Reaction",
    "Seat",
    "Signal",
    "StageInvitation",
    "Stay",
]
