"""The one picture of a media item: what a person uploaded for it, else its poster."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from media_items.catalogue.models import MediaItem
from media_items.delivery.files import deliver
from media_items.processing.models import Purpose


def deliver_picture_of(request: HttpRequest, item: MediaItem) -> HttpResponseBase:
    """For a view that has made sure the visitor may see it. Raises Http404 when there is none."""
    if item.thumbnail:
        # Re-encoded by us on the way in, so its type is not a guess.
        return deliver(request, item.thumbnail, content_type="image/jpeg")
    poster = item.files.defer("text").filter(purpose=Purpose.POSTER).first()
    if poster is None:
        raise Http404
    return deliver(request, poster.file, content_type=poster.content_type)
