"""What the rooms of a live session hand to those they stand on, once, at start-up."""

from __future__ import annotations

from media_items import personal_data
from media_items.live.interactions.personal_data import InteractionTraces
from media_items.live.personal_data import SessionData, register_traces
from media_items.live.questions.personal_data import QuestionTraces
from media_items.live.sessions.presence import on_presence_ended
from media_items.live.stage.engine import register_engine
from media_items.live.stage.mesh.engine import MeshEngine
from media_items.live.stage.services import presence_has_ended
from media_items.live.talk.personal_data import ChatTraces


def connect() -> None:
    """Twice is once."""
    register_engine(MeshEngine)
    on_presence_ended(presence_has_ended)
    personal_data.register(SessionData())
    for room in (ChatTraces(), InteractionTraces(), QuestionTraces()):
        register_traces(room)
