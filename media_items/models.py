"""The models of the rooms, collected where Django looks for them."""

from media_items.catalogue.models import Gallery, MediaItem, Publication
from media_items.processing.models import MediaFile, Preparation, TranscriptPart
from media_items.rate_limits import TriesLeft
from media_items.workers import Worker

__all__ = [
    "Gallery",
    "MediaFile",
    "MediaItem",
    "Preparation",
    "Publication",
    "TranscriptPart",
    "TriesLeft",
    "Worker",
]
