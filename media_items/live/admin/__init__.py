"""Brings the rooms' admin pages together for Django; those that link from room to room are here."""

from media_items.live.admin import participants, sessions  # noqa: F401
from media_items.live.broadcast import admin as broadcast  # noqa: F401
from media_items.live.chat import admin as chat  # noqa: F401
from media_items.live.interactions import admin as interactions  # noqa: F401
from media_items.live.qna import admin as qna  # noqa: F401
