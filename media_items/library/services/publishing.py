"""Who can open a media item: its state, and the galleries it is published in.

Who may is asked before, by the view; what would be wrong for anybody is refused here.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from media_items.catalogue.models import Gallery, MediaItem, Publication, State
from media_items.refusals import Refusal
from media_items.signals import AccessChange, Account, announce_access_change

# What is announced when an item gets this state.
CHANGE_TO_STATE = {
    State.PRIVATE: AccessChange.MADE_PRIVATE,
    State.UNLISTED: AccessChange.UNLISTED,
    State.PUBLISHED: AccessChange.PUBLISHED,
}


def publish(
    *,
    item: MediaItem,
    state: str,
    galleries: Collection[Gallery],
    among: QuerySet[Gallery],
    by: Account,
    only_adds: bool = False,
) -> MediaItem:
    """Give `item` a state and, among the galleries `among`, publish it in exactly `galleries`.

    `among` is where `by` may publish; publications elsewhere are not touched, nor any where
    `only_adds`. Publications count only while the state is published, and are kept otherwise.
    Raises Refusal.
    """
    if state not in State.values:
        raise Refusal(_("Choose who has access."))
    with transaction.atomic():
        item = MediaItem.objects.select_for_update().get(pk=item.pk)
        wanted = {gallery.pk for gallery in galleries}
        allowed = set(among.values_list("pk", flat=True))
        there = set(item.publications.values_list("gallery_id", flat=True))
        # SECURITY: checked again here; the form's choices may be older than a change of role.
        if wanted - allowed - there:
            raise Refusal(_("You can no longer publish in one of these galleries."))
        gone: set[int] = set() if only_adds else (there & allowed) - wanted
        if state == State.PUBLISHED and not (there - gone) | wanted:
            raise Refusal(_("Choose at least one gallery to publish it in."))
        item.publications.filter(gallery_id__in=gone).delete()
        now = timezone.now()
        if state == State.PUBLISHED and item.state != State.PUBLISHED:
            item.publications.filter(gallery_id__in=allowed).update(published_at=now)
        Publication.objects.bulk_create(
            Publication(item=item, gallery_id=pk, published_at=now, published_by_id=by.pk)
            for pk in sorted(wanted - there)  # as whoever locks several galleries
        )
        before, item.state = item.state, state
        item.save(update_fields=["state", "updated_at"])
        added = wanted - there
        if before != state or (state == State.PUBLISHED and (added or gone)):
            announce_access_change(
                item,
                CHANGE_TO_STATE[State(state)],
                by=by,
                state_before=before,
                added=sorted(added),
                removed=sorted(gone),
            )
    return item


@transaction.atomic
def put_in_gallery(*, item: MediaItem, gallery: Gallery, by: Account) -> Publication:
    """In one more gallery; it counts only while the item is published. Idempotent."""
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
    """Out of one gallery; if it was the last one, the item becomes private. Idempotent."""
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
    """With its memberships. Its items are taken out first; its rooms belong to no gallery then."""
    for item in MediaItem.objects.filter(publications__gallery=gallery).order_by("pk"):
        take_out(item=item, gallery=gallery, by=by)
    for room in MediaItem.objects.select_for_update().filter(room_of=gallery).order_by("pk"):
        room.room_of = None
        room.save(update_fields=["room_of", "updated_at"])
        announce_access_change(
            room, AccessChange.ROOM_OF, by=by, gallery=None, gallery_before=gallery.pk
        )
    gallery.delete()
