"""Brings the rooms' admin pages together for Django."""

from media_items.library import admin as catalogue  # noqa: F401
from media_items.live import admin as live  # noqa: F401
