"""Everything that changes the files of a media item, and the start of their preparation."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from media_items.catalogue.models import MediaItem
from media_items.processing import leftovers, storage
from media_items.processing.captions.cues import Cue
from media_items.processing.captions.reading import read_captions, to_webvtt
from media_items.processing.identify import identify
from media_items.processing.leftovers import in_doubt
from media_items.processing.models import MediaFile, Preparation, Purpose, TranscriptPart
from media_items.processing.pictures import clean_picture
from media_items.processing.tasks import prepare_media_item
from media_items.processing.transcripts import parts_of

logger = logging.getLogger(__name__)


def attach_upload(*, item: MediaItem, upload: Any, by: Any) -> MediaFile:
    """Make `upload` the original of `item` and have it prepared; an older original is deleted.

    The upload is moved, not copied. Raises NotAcceptedFile when it is not of the item's kind.
    `by` is the account that uploaded; it is only logged.
    """
    with stored_original(item=item, upload=upload) as original, transaction.atomic():
        MediaItem.objects.select_for_update().get(pk=item.pk)
        storage.delete_rows_and_files(item.files.exclude(purpose=Purpose.CAPTIONS))
        attach_original(item=item, original=original, by=by)
    return original


@contextlib.contextmanager
def stored_original(*, item: MediaItem, upload: Any) -> Iterator[MediaFile]:
    """An upload on its place on the disk, with a row that the caller saves, even before the item
    itself; without an error it stays. Raises NotAcceptedFile when it is not of the item's kind."""
    found = identify(upload, kind=item.kind)
    original = MediaFile(
        item=item,
        purpose=Purpose.ORIGINAL,
        content_type=found.content_type,
        original_name=PurePath(str(upload.name)).name[:255],
    )
    with in_doubt():
        storage.store_upload(original, upload, extension=found.extension)
        yield original


def attach_original(*, item: MediaItem, original: MediaFile, by: Any) -> None:
    """Within the caller's transaction."""
    original.item = item
    original.save()
    _queue(item)
    logger.info("Account %s uploaded a file for item %s.", getattr(by, "pk", None), item.pk)


def restart_preparation(*, item: MediaItem) -> Preparation:
    """Prepare again after a failure or after a worker died; does nothing while one is at work."""
    with transaction.atomic():
        preparation = Preparation.objects.select_for_update().filter(item=item).first()
        if preparation is not None and preparation.is_at_work:
            return preparation
        return _queue(item)


def _queue(item: MediaItem) -> Preparation:
    preparation, _created = Preparation.objects.update_or_create(
        item=item,
        defaults={
            "queued_at": timezone.now(),
            "started_at": None,
            "heartbeat_at": None,
            "starts": 0,
            "finished_at": None,
            "failed_at": None,
            "percent": 0,
            "problem": "",
            "notes": [],
        },
    )
    transaction.on_commit(partial(prepare_media_item.enqueue, item.pk))
    return preparation


def add_captions(
    *, item: MediaItem, upload: Any, language: str, label: str, cues: Sequence[Cue] | None = None
) -> MediaFile:
    """Add captions to `item` in `language`, in place of older ones in the same language, and make
    their transcript. `cues` are what was read in `upload`, where that has been done already.

    Raises NotAcceptedFile naming the line that cannot be read.
    """
    if cues is None:
        upload.seek(0)
        cues = read_captions(upload.read(), str(upload.name))
    content = to_webvtt(cues).encode()
    captions = MediaFile(
        item=item,
        purpose=Purpose.CAPTIONS,
        content_type="text/vtt",
        original_name=PurePath(str(upload.name)).name[:255],
        language=language,
        label=label,
        size=len(content),
    )
    with in_doubt():
        storage.store(captions, "file", ContentFile(content), file_name="captions.vtt")
        with transaction.atomic():
            MediaItem.objects.select_for_update().get(pk=item.pk)
            storage.delete_rows_and_files(
                item.files.filter(purpose=Purpose.CAPTIONS, language=language)
            )
            captions.save()
            TranscriptPart.objects.bulk_create(parts_of(captions, cues))
    return captions


def remove_captions(*, captions: MediaFile) -> None:
    with transaction.atomic():
        storage.delete_rows_and_files([captions])


def store_thumbnail(*, item: MediaItem, picture: Any) -> None:
    """On the disk; the item is not saved. Raises NotAcceptedFile."""
    cleaned = ContentFile(clean_picture(picture))
    storage.store(item, "thumbnail", cleaned, file_name=f"{secrets.token_hex(12)}.jpg")


def set_thumbnail(*, item: MediaItem, picture: Any) -> None:
    """`None` removes the thumbnail, so that the poster is shown again. Raises NotAcceptedFile."""
    with in_doubt():
        leftovers.note(MediaItem.objects.values_list("thumbnail", flat=True).get(pk=item.pk))
        if picture is None:
            item.thumbnail = ""
        else:
            store_thumbnail(item=item, picture=picture)
        item.save(update_fields=["thumbnail", "updated_at"])
