"""Brings the rooms' admin pages together for Django."""

import media_items.library.admin
import media_items.processing.admin  # noqa: F401
