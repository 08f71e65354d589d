"""Everything that changes a media item or a publication.

Who may is asked before, by the view; what would be wrong for anybody is refused here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from media_items.catalogue.models import Gallery, Kind, MediaItem, Publication, State
from media_items.catalogue.tasks import purge_line, purge_media_item
from media_items.refusals import ChangedMeanwhile, Refusal

type Account = Any  # a row of AUTH_USER_MODEL, which this app does not know

# What an editor changes with words; state, files and owner have services of their own.
EDITABLE = (
    "title",
    "description",
    "tags",
    "available_from",
    "available_until",
    "starts_at",
    "ends_at",
    "time_zone",
    "room_of",
)


# Of these, what somebody changes who may edit the details only.
DETAILS = ("title", "description", "tags")


class SavedMeanwhile(ChangedMeanwhile):
    """Somebody else saved the item since this editor opened it; `now_at` is its stamp by now."""

    def __init__(self, now_at: datetime) -> None:
        self.now_at = now_at
        super().__init__(
            _(
                "Somebody else changed this while you were writing. What you typed is still here, "
                "but not saved. Save again to put it in place of theirs, or load the page again to "
                "see theirs first."
            )
        )


# --- making and editing -----------------------------------------------------------------------


def create_media_item(
    *,
    item: MediaItem,
    owner: Account,
    upload: Any = None,
    picture: Any = None,
    room_among: QuerySet[Gallery] | None = None,
) -> MediaItem:
    """Save a new private item with its file and thumbnail.

    `room_among` are the galleries whose room this owner may make. Raises Refusal, and
    NotAcceptedFile; then nothing is left of the item.
    """
    from media_items.processing import services as processing
    from media_items.processing.storage import delete_files_of

    if item.kind not in Kind.values:
        raise Refusal(_("There is no such kind of media."))
    _check_room_of(item, None, room_among)
    item.owner = owner
    item.state = State.PRIVATE
    item.save()
    # Not one transaction: no write lock is held while somebody's file is being looked at.
    try:
        if picture is not None:
            processing.set_thumbnail(item=item, picture=picture)
        if upload is not None:
            processing.attach_upload(item=item, upload=upload, by=owner)
    except BaseException:
        with transaction.atomic():
            delete_files_of(item)
            item.delete()
        raise
    return item


def edit_media_item(
    *,
    item: MediaItem,
    seen_at: datetime | None,
    by: Account,
    only: Collection[str] = EDITABLE,
    upload: Any = None,
    picture: Any = None,
    remove_thumbnail: bool = False,
    room_among: QuerySet[Gallery] | None = None,
) -> MediaItem:
    """Save the words of `item` as they stand on the instance, then its new thumbnail and file.

    Of the words those in `only`, whatever else was changed on the instance.

    `seen_at` is the item's `updated_at` when this editor opened it. Raises SavedMeanwhile when
    it has another by now, and NotAcceptedFile; the old file stays until a new one is accepted.
    """
    from media_items.processing import services as processing

    with transaction.atomic():
        stored = MediaItem.objects.select_for_update().live().filter(pk=item.pk).first()
        if stored is None:
            raise Refusal(_("It was deleted while you were writing."))
        if stored.updated_at != seen_at:
            raise SavedMeanwhile(stored.updated_at)
        if "room_of" in only:
            _check_room_of(item, stored.room_of_id, room_among)
        item.save(update_fields=[*only, "updated_at"])
    if picture is not None or (remove_thumbnail and item.thumbnail):
        processing.set_thumbnail(item=item, picture=picture)
    if upload is not None:
        processing.attach_upload(item=item, upload=upload, by=by)
    return item


def _check_room_of(item: MediaItem, before: int | None, among: QuerySet[Gallery] | None) -> None:
    """SECURITY: the room of a gallery lets its members in, so whoever makes one must manage it.
    Asked again here; the form's choices may be older than a change of role."""
    wanted = item.room_of_id
    if wanted in {None, before}:
        return
    if among is None or not among.filter(pk=wanted).exists():
        raise Refusal(_("You may not make a room of this gallery."))


# --- publishing -------------------------------------------------------------------------------


def publish(
    *,
    item: MediaItem,
    state: str,
    galleries: Collection[Gallery],
    among: QuerySet[Gallery],
    by: Account,
) -> MediaItem:
    """Give `item` a state, and of the galleries `among` put it in exactly `galleries`.

    `among` is where `by` may publish; publications elsewhere are not touched. They count only
    while the state is published, and are kept otherwise. Raises Refusal.
    """
    if state not in State.values:
        raise Refusal(_("Choose who can open it."))
    with transaction.atomic():
        item = MediaItem.objects.select_for_update().get(pk=item.pk)
        wanted = {gallery.pk for gallery in galleries}
        allowed = set(among.values_list("pk", flat=True))
        there = set(item.publications.values_list("gallery_id", flat=True))
        # SECURITY: asked again here; the form's choices may be older than a change of role.
        if wanted - allowed - there:
            raise Refusal(_("You may not publish into one of these galleries any more."))
        gone = (there & allowed) - wanted
        if state == State.PUBLISHED and not (there - gone) | wanted:
            raise Refusal(_("Choose at least one gallery to publish it in."))
        item.publications.filter(gallery_id__in=gone).delete()
        now = timezone.now()
        if state == State.PUBLISHED and item.state != State.PUBLISHED:
            item.publications.filter(gallery_id__in=allowed).update(published_at=now)
        Publication.objects.bulk_create(
            Publication(item=item, gallery_id=pk, published_at=now, published_by_id=by.pk)
            for pk in wanted - there
        )
        item.state = state
        item.save(update_fields=["state", "updated_at"])
    return item


def take_out(*, item: MediaItem, gallery: Gallery) -> None:
    """Out of one gallery; when it was the last, the item is private again. Twice is once."""
    with transaction.atomic():
        item = MediaItem.objects.select_for_update().get(pk=item.pk)
        taken, _rows = item.publications.filter(gallery=gallery).delete()
        if taken and item.state == State.PUBLISHED and not item.publications.exists():
            item.state = State.PRIVATE
            item.save(update_fields=["state", "updated_at"])


# --- deleting ---------------------------------------------------------------------------------


def move_to_bin(*, item: MediaItem, by: Account | None) -> None:
    """Nobody but its owner finds it any more, and they only in the bin. Twice is once."""
    now = timezone.now()
    MediaItem.objects.live().filter(pk=item.pk).update(
        deleted_at=now, deleted_by_id=by.pk if by else None
    )
    item.refresh_from_db(fields=["deleted_at", "deleted_by"])


def restore(*, item: MediaItem, by: Account | None) -> None:
    """As it was: state, galleries, guest links. Twice is once."""
    MediaItem.objects.deleted().filter(pk=item.pk).update(deleted_at=None, deleted_by=None)
    item.refresh_from_db(fields=["deleted_at", "deleted_by"])


def purge_bin() -> int:
    """Have everything purged that has been in the bin for BIN_KEPT_DAYS; how many that is."""
    due: Iterable[int] = MediaItem.objects.filter(deleted_at__lte=purge_line()).values_list(
        "pk", flat=True
    )
    number = 0
    for item_id in due:
        purge_media_item.enqueue(item_id)
        number += 1
    return number
