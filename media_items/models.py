"""Brings the rooms' models together for Django."""

from media_items.catalogue.models import Gallery, MediaItem, Publication
from media_items.live.broadcast.models import Broadcast, BroadcastRun
from media_items.live.interactions.models import Poll, PollAnswer, PollOption, Reaction
from media_items.live.people.models import Participant, Stay
from media_items.live.questions.models import Question, QuestionVote
from media_items.live.sessions.models import LiveSession, LiveSettings
from media_items.live.stage.mesh.models import Signal
from media_items.live.stage.models import Seat, StageInvitation
from media_items.live.talk.models import BackchannelMessage, ChatMessage
from media_items.processing.models import MediaFile, Preparation

__all__ = [
    "BackchannelMessage",
    "Broadcast",
    "BroadcastRun",
    "ChatMessage",
    "Gallery",
    "LiveSession",
    "LiveSettings",
    "MediaFile",
    "MediaItem",
    "Participant",
    "Poll",
    "PollAnswer",
    "PollOption",
    "Preparation",
    "Publication",
    "Question",
    "QuestionVote",
    "Reaction",
    "Seat",
    "Signal",
    "StageInvitation",
    "Stay",
]
