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
from media_items.library.tasks import purge_line, purge_media_item
from media_items.processing import services as processing
from media_items.processing.storage import delete_files_of
from media_items.refusals import ChangedMeanwhile, Refusal
from media_items.signals import AccessChange, announce_access_change

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

_WINDOW = ("available_from", "available_until")
_STATES = {
    State.PRIVATE: AccessChange.MADE_PRIVATE,
    State.UNLISTED: AccessChange.UNLISTED,
    State.PUBLISHED: AccessChange.PUBLISHED,
}


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
    if item.kind not in Kind.values:
        raise Refusal(_("There is no such kind of media."))
    _check_room_of(item, None, room_among)
    item.owner = owner
    item.state = State.PRIVATE
    with transaction.atomic():
        item.save()
        if item.room_of_id:
            announce_access_change(
                item, AccessChange.ROOM_OF, by=owner, gallery=item.room_of_id, gallery_before=None
            )
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
    with transaction.atomic():
        stored = MediaItem.objects.select_for_update().live().filter(pk=item.pk).first()
        if stored is None:
            raise Refusal(_("It was deleted while you were writing."))
        if stored.updated_at != seen_at:
            raise SavedMeanwhile(stored.updated_at)
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
    """Save the columns `changed` as they stand on the instance, owner and state among them.

    For the administration, which asks nobody and takes no notice of another editor: columns that
    are not named stay as they are stored.
    """
    stored = MediaItem.objects.select_for_update().get(pk=item.pk)
    item.save(update_fields=[*changed, "updated_at"])
    _announce_differences(stored, item, changed, by=by)
    return item


def _announce_differences(
    before: MediaItem, after: MediaItem, columns: Collection[str], *, by: Account
) -> None:
    """One announcement for each thing in the saved `columns` that decides who may open the item."""
    if any(name in columns and getattr(before, name) != getattr(after, name) for name in _WINDOW):
        bounds = {name: getattr(after if name in columns else before, name) for name in _WINDOW}
        told = {name: at.isoformat() if at else None for name, at in bounds.items()}
        announce_access_change(after, AccessChange.WINDOW, by=by, **told)
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
        change = _STATES[State(after.state)]
        announce_access_change(after, change, by=by, state_before=before.state)


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
        before, item.state = item.state, state
        item.save(update_fields=["state", "updated_at"])
        added = wanted - there
        if before != state or (state == State.PUBLISHED and (added or gone)):
            announce_access_change(
                item,
                _STATES[State(state)],
                by=by,
                state_before=before,
                added=sorted(added),
                removed=sorted(gone),
            )
    return item


@transaction.atomic
def put_in_gallery(*, item: MediaItem, gallery: Gallery, by: Account) -> Publication:
    """Beside the galleries it is in; it counts only while the item is published. Twice is once."""
    item = MediaItem.objects.select_for_update().get(pk=item.pk)
    publication, is_new = Publication.objects.get_or_create(
        item=item, gallery=gallery, defaults={"published_by": by}
    )
    if is_new and item.state == State.PUBLISHED:
        announce_access_change(
            item,
            AccessChange.PUBLISHED,
            by=by,
            state_before=item.state,
            added=[gallery.pk],
            removed=[],
        )
    return publication


@transaction.atomic
def take_out(*, item: MediaItem, gallery: Gallery, by: Account) -> None:
    """Out of one gallery; when it was the last, the item is private again. Twice is once."""
    item = MediaItem.objects.select_for_update().get(pk=item.pk)
    taken, _rows = item.publications.filter(gallery=gallery).delete()
    if not taken or item.state != State.PUBLISHED:
        return
    if not item.publications.exists():
        item.state = State.PRIVATE
        item.save(update_fields=["state", "updated_at"])
    announce_access_change(
        item, AccessChange.TAKEN_OUT, by=by, gallery=gallery.pk, state=item.state
    )


@transaction.atomic
def delete_gallery(*, gallery: Gallery, by: Account) -> None:
    """With its memberships. What is published there is taken out first, its rooms are nobody's."""
    for item in MediaItem.objects.filter(publications__gallery=gallery).order_by("pk"):
        take_out(item=item, gallery=gallery, by=by)
    for room in MediaItem.objects.select_for_update().filter(room_of=gallery).order_by("pk"):
        room.room_of = None
        room.save(update_fields=["room_of", "updated_at"])
        announce_access_change(
            room, AccessChange.ROOM_OF, by=by, gallery=None, gallery_before=gallery.pk
        )
    gallery.delete()


# --- deleting ---------------------------------------------------------------------------------


@transaction.atomic
def move_to_bin(*, item: MediaItem, by: Account | None) -> None:
    """Nobody but its owner finds it any more, and they only in the bin. Twice is once."""
    now = timezone.now()
    moved = MediaItem.objects.live().filter(pk=item.pk)
    changed = moved.update(deleted_at=now, deleted_by_id=by.pk if by else None)
    item.refresh_from_db(fields=["deleted_at", "deleted_by"])
    if changed:
        announce_access_change(item, AccessChange.MOVED_TO_BIN, by=by)


@transaction.atomic
def restore(*, item: MediaItem, by: Account | None) -> None:
    """As it was: state, galleries, guest links. Twice is once."""
    back = MediaItem.objects.deleted().filter(pk=item.pk)
    changed = back.update(deleted_at=None, deleted_by=None)
    item.refresh_from_db(fields=["deleted_at", "deleted_by"])
    if changed:
        announce_access_change(item, AccessChange.RESTORED, by=by)


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
