"""Making and editing a media item.

Who may is asked before, by the view; what would be wrong for anybody is refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from media_items.catalogue.models import Gallery, Kind, MediaItem, State
from media_items.library.services.galleries import GalleryGone, hold_galleries
from media_items.library.services.publishing import CHANGE_TO_STATE
from media_items.processing import services as processing
from media_items.processing.leftovers import in_doubt
from media_items.processing.models import MediaFile
from media_items.refusals import ChangedMeanwhile, Refusal
from media_items.signals import (
    AccessChange,
    Account,
    announce_access_change,
    item_times_changed,
)

# The columns that an editor changes in the form; state, files and owner have services of their own.
EDITABLE = (
    "title",
    "description",
    "tags",
    "available_from",
    "available_until",
    "starts_at",
    "ends_at",
    "time_zone",
    "reminder",
    "room_of",
)
# Of these, the ones for people who may edit the details only.
DETAILS = ("title", "description", "tags")

_WINDOW = ("available_from", "available_until")
_TIMES = ("starts_at", "ends_at")


class SavedMeanwhile(ChangedMeanwhile):
    """Somebody else saved the item since it was opened; `now_at` is its `updated_at` now."""

    def __init__(self, now_at: datetime) -> None:
        self.now_at = now_at
        super().__init__(
            _(
                "Somebody else changed this while you were editing. What you typed "
                "is still here but not saved. Save again to replace their version, "
                "or reload the page to see it first."
            )
        )


def create_media_item(
    *,
    item: MediaItem,
    owner: Account,
    upload: Any = None,
    picture: Any = None,
    room_among: QuerySet[Gallery] | None = None,
    then: Callable[[MediaItem], None] | None = None,
) -> MediaItem:
    """Save a new private item with its file and thumbnail, and do `then` in its transaction.

    `room_among` are the galleries for which this owner may make a room. Raises Refusal and
    NotAcceptedFile; nothing is left of the item then.
    """
    if item.kind not in Kind.values:
        raise Refusal(_("This kind of media doesn’t exist."))
    _check_room_of(item, None, room_among)
    item.owner = owner
    item.state = State.PRIVATE
    # Files first and all rows at once: a server that dies in between leaves no item without its
    # file. No write lock is held while a file is examined.
    with in_doubt():
        if picture is not None:
            processing.store_thumbnail(item=item, picture=picture)
        if upload is None:
            _save_new(item, by=owner, then=then)
        else:
            with processing.stored_original(item=item, upload=upload) as original:
                _save_new(item, by=owner, original=original, then=then)
    return item


@transaction.atomic
def _save_new(
    item: MediaItem,
    *,
    by: Account,
    original: MediaFile | None = None,
    then: Callable[[MediaItem], None] | None = None,
) -> None:
    if gone := _room_of_gone(item):
        raise gone
    item.save()
    if item.room_of_id:
        announce_access_change(
            item, AccessChange.ROOM_OF, by=by, gallery=item.room_of_id, gallery_before=None
        )
    if original is not None:
        processing.attach_original(item=item, original=original, by=by)
    if then is not None:
        then(item)


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
    """Save the columns `only` of the instance `item`, then its new thumbnail and file.

    `seen_at` is the item's `updated_at` when this editor opened it. Raises SavedMeanwhile when it
    has another by now, Refusal, and NotAcceptedFile; the old file stays until the new one is
    accepted.
    """
    with transaction.atomic():
        gone = _room_of_gone(item) if "room_of" in only else None
        stored = MediaItem.objects.select_for_update().live().filter(pk=item.pk).first()
        if stored is None:
            raise Refusal(_("This item was deleted while you were editing."))
        if stored.updated_at != seen_at:
            raise SavedMeanwhile(stored.updated_at)
        if gone:
            raise gone
        if "room_of" in only:
            _check_room_of(item, stored.room_of_id, room_among)
        item.save(update_fields=[*only, "updated_at"])
        _announce_differences(stored, item, only, by=by)
    if picture is not None or (remove_thumbnail and item.thumbnail):
        processing.set_thumbnail(item=item, picture=picture)
    if upload is not None:
        processing.attach_upload(item=item, upload=upload, by=by)
    return item


@transaction.atomic
def edit_as_admin(*, item: MediaItem, changed: Collection[str], by: Account) -> MediaItem:
    """Save the columns `changed` of the instance `item`; owner and state may be among them.

    For the administration: no ability is needed and `seen_at` is not compared. Columns that are not
    named stay as they are stored.
    """
    stored = MediaItem.objects.select_for_update().get(pk=item.pk)
    item.save(update_fields=[*changed, "updated_at"])
    _announce_differences(stored, item, changed, by=by)
    return item


def _announce_differences(
    before: MediaItem, after: MediaItem, columns: Collection[str], *, by: Account
) -> None:
    """One announcement for each change in `columns` that decides who may open the item."""
    if any(name in columns and getattr(before, name) != getattr(after, name) for name in _WINDOW):
        bounds = {name: getattr(after if name in columns else before, name) for name in _WINDOW}
        told = {name: at.isoformat() if at else None for name, at in bounds.items()}
        announce_access_change(after, AccessChange.WINDOW, by=by, **told)
    if any(name in columns and getattr(before, name) != getattr(after, name) for name in _TIMES):
        item_times_changed.send(sender=MediaItem, item=after)
    if "room_of" in columns and before.room_of_id != after.room_of_id:
        announce_access_change(
            after,
            AccessChange.ROOM_OF,
            by=by,
            gallery=after.room_of_id,
            gallery_before=before.room_of_id,
        )
    if "owner" in columns and before.owner_id != after.owner_id:
        announce_access_change(
            after, AccessChange.OWNER, by=by, account=after.owner_id, account_before=before.owner_id
        )
    if "state" in columns and before.state != after.state:
        change = CHANGE_TO_STATE[State(after.state)]
        announce_access_change(after, change, by=by, state_before=before.state)


def _room_of_gone(item: MediaItem) -> GalleryGone | None:
    """Holds the gallery whose room it is, or is to be."""
    try:
        hold_galleries([item.room_of_id] if item.room_of_id else [])
    except GalleryGone as gone:
        return gone
    return None


def _check_room_of(item: MediaItem, before: int | None, among: QuerySet[Gallery] | None) -> None:
    """SECURITY: the room of a gallery lets its members in, so only its managers may make one.
    Checked again here; the form's choices may be older than a change of role. Raises Refusal."""
    wanted = item.room_of_id
    if wanted in {None, before}:
        return
    if among is None or not among.filter(pk=wanted).exists():
        raise Refusal(_("You can’t create a room for this gallery."))
