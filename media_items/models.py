"""Brings the rooms' models together for Django."""

from media_items.catalogue.models import Gallery, MediaItem, Publication
from media_items.live import models as live  # noqa: F401 - of this app as long as it has no own
from media_items.processing.models import MediaFile, Preparation

__all__ = ["Gallery", "MediaFile", "MediaItem", "Preparation", "Publication"]
