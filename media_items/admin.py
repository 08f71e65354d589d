"""Brings the rooms' admin pages together for Django."""

from media_items.catalogue import admin  # noqa: F401
from media_items.live.broadcast import admin as broadcast  # noqa: F401
from media_items.live.interactions import admin as interactions  # noqa: F401
from media_items.live.people import admin as people  # noqa: F401
from media_items.live.questions import admin as questions  # noqa: F401
from media_items.live.sessions import admin as sessions  # noqa: F401
from media_items.live.talk import admin as talk  # noqa: F401
