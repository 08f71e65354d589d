"""What the rooms of a live session hand to those they stand on, once, at start-up."""

from __future__ import annotations

from media_items.live.sessions.presence import on_presence_ended
from media_items.live.stage.engine import register_engine
from media_items.live.stage.mesh.engine import MeshEngine
from media_items.live.stage.services import presence_has_ended


def connect() -> None:
    """Twice is once."""
    register_engine(MeshEngine)
    on_presence_ended(presence_has_ended)
