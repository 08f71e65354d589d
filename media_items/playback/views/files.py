"""Files of a media item: each is guarded by the same check as the page it belongs to."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from media_items.abilities import Ability
from media_items.delivery.file_names import file_name_for
from media_items.delivery.files import deliver, deliver_picture_of
from media_items.delivery.lookups import files_of, get_media_file, get_pictured_item
from media_items.lookups import get_media_item
from media_items.playback.calendars import calendar_answer
from media_items.processing.models import Purpose
from media_items.requests import FoyerRequest


@require_safe
def media_file(request: FoyerRequest, public_id: str, file_id: int) -> HttpResponseBase:
    file = get_media_file(request, public_id, file_id)
    return deliver(request, file.file, content_type=file.content_type)


@require_safe
def thumbnail(request: FoyerRequest, public_id: str) -> HttpResponseBase:
    return deliver_picture_of(request, get_pictured_item(request, public_id))


@require_safe
def download_media_item(request: FoyerRequest, public_id: str) -> HttpResponseBase:
    item = get_media_item(request, public_id, needs=Ability.DOWNLOAD)
    originals = files_of(item=item.pk, purpose=Purpose.ORIGINAL)
    if not originals:
        raise Http404
    [original] = originals
    name = file_name_for(
        item.title,
        stored_name=original.file.name or "",
        original_name=original.original_name,
    )
    return deliver(
        request,
        original.file,
        content_type=original.content_type,
        disposition=content_disposition_header(True, name) or "attachment",
    )


@never_cache
@require_safe
def calendar(request: FoyerRequest, public_id: str) -> HttpResponse:
    """The date of a scheduled item, for the reader's calendar."""
    item = get_media_item(request, public_id)
    return calendar_answer(item, by=request.visitor.identity_on(item).kind)
