"""Who can open a media item: its state, and the galleries it is published in.

Who may is asked before, by the view; what would be wrong for anybody is refused here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from media_items.catalogue.models import Gallery, MediaItem, Publication, State
from media_items.catalogue.querysets import held
from media_items.library.services.galleries import hold_galleries
from media_items.refusals import Refusal
from media_items.signals import (
    AccessChange,
    Account,
    ItemChange,
    announce_access_change,
    announce_access_changes,
)

# What is announced when an item gets this state.
CHANGE_TO_STATE = {
    State.PRIVATE: AccessChange.MADE_PRIVATE,
    State.UNLISTED: AccessChange.UNLISTED,
    State.PUBLISHED: AccessChange.PUBLISHED,
}


@transaction.atomic
def publish(
    *,
    item: MediaItem,
    state: str,
    galleries: Collection[Gallery],
    among: QuerySet[Gallery],
    by: Account,
) -> MediaItem:
    """Give `item` a state and, among the galleries `among`, publish it in exactly `galleries`.

    `among` is where `by` may publish; publications elsewhere are not touched. Publications count
    only while the state is published, and are kept otherwise. Raises Refusal.
    """
    wanted = {gallery.pk for gallery in galleries}
    hold_galleries(wanted)
    item = MediaItem.objects.select_for_update().get(pk=item.pk)
    acts = _Acts(state=state, wanted=wanted, among=among, by=by)
    if why := acts.do([item])[1].get(item.pk):
        raise Refusal(why)
    return item


@transaction.atomic
def publish_many(
    *,
    items: QuerySet[MediaItem],
    state: str,
    galleries: Collection[Gallery],
    among: QuerySet[Gallery],
    by: Account,
) -> tuple[list[MediaItem], dict[int, str]]:
    """The same for many, each besides where it is already: those of `items` that were done, and why
    not by the key of the others. A fixed number of queries for any number of items.

    SECURITY: what `items` asks is asked again of each row that is held. Raises Refusal where it can
    be done to none.
    """
    wanted = {gallery.pk for gallery in galleries}
    hold_galleries(wanted)
    return _Acts(state=state, wanted=wanted, among=among, by=by, only_adds=True).do(held(items))


@dataclass(frozen=True, kw_only=True)
class _Acts:
    """`only_adds`: no publication is taken back. The galleries and the items are locked."""

    state: str
    wanted: set[int]
    among: QuerySet[Gallery]
    by: Account
    only_adds: bool = False

    def do(self, items: Sequence[MediaItem]) -> tuple[list[MediaItem], dict[int, str]]:
        if self.state not in State.values:
            raise Refusal(_("Choose who has access."))
        allowed = set(self.among.values_list("pk", flat=True))
        there: dict[int, set[int]] = {item.pk: set() for item in items}
        for pk, gallery in Publication.objects.filter(item__in=there).values_list(
            "item_id", "gallery_id"
        ):
            there[pk].add(gallery)
        gone = set() if self.only_adds else allowed - self.wanted
        refused = {
            pk: why
            for pk, galleries in there.items()
            if (why := self._why_not(galleries, allowed, gone))
        }
        done = [item for item in items if item.pk not in refused]
        self._write(done, there, allowed, gone)
        changes = [self._change(item, there[item.pk], gone) for item in done]
        for item in done:
            item.state = self.state
        announce_access_changes([one for one in changes if one], by=self.by)
        return done, refused

    def _why_not(self, there: set[int], allowed: set[int], gone: set[int]) -> str:
        # SECURITY: checked again here; the form's choices may be older than a change of role.
        if self.wanted - allowed - there:
            return _("You can no longer publish in one of these galleries.")
        if self.state == State.PUBLISHED and not (there - gone) | self.wanted:
            return _("Choose at least one gallery to publish it in.")
        return ""

    def _write(
        self, items: list[MediaItem], there: dict[int, set[int]], allowed: set[int], gone: set[int]
    ) -> None:
        now = timezone.now()
        publications = Publication.objects.filter(item__in=[item.pk for item in items])
        if gone:
            publications.filter(gallery_id__in=gone).delete()
        if self.state == State.PUBLISHED:
            fresh = [item.pk for item in items if item.state != State.PUBLISHED]
            publications.filter(item__in=fresh, gallery_id__in=allowed).update(published_at=now)
        Publication.objects.bulk_create(
            Publication(item=item, gallery_id=pk, published_at=now, published_by_id=self.by.pk)
            for pk in sorted(self.wanted)  # as whoever locks several galleries
            for item in items
            if pk not in there[item.pk]
        )
        MediaItem.objects.filter(pk__in=[item.pk for item in items]).update(
            state=self.state, updated_at=now
        )

    def _change(self, item: MediaItem, there: set[int], gone: set[int]) -> ItemChange | None:
        added, removed = sorted(self.wanted - there), sorted(there & gone)
        is_shown_elsewhere = self.state == State.PUBLISHED and (added or removed)
        if item.state == self.state and not is_shown_elsewhere:
            return None
        details = {"state_before": item.state, "added": added, "removed": removed}
        return ItemChange(item, CHANGE_TO_STATE[State(self.state)], details)


@transaction.atomic
def put_in_gallery(*, item: MediaItem, gallery: Gallery, by: Account) -> Publication:
    """In one more gallery; it counts only while the item is published. Idempotent. Raises
    `GalleryGone`."""
    hold_galleries([gallery.pk])
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
    """With its memberships. Its items are taken out first; its rooms belong to no gallery then.
    Twice is once. It is locked before any item, as by whoever publishes in it."""
    if not Gallery.objects.select_for_update().filter(pk=gallery.pk).exists():
        return
    for item in MediaItem.objects.filter(publications__gallery=gallery).order_by("pk"):
        take_out(item=item, gallery=gallery, by=by)
    for room in MediaItem.objects.select_for_update().filter(room_of=gallery).order_by("pk"):
        room.room_of = None
        room.save(update_fields=["room_of", "updated_at"])
        announce_access_change(
            room, AccessChange.ROOM_OF, by=by, gallery=None, gallery_before=gallery.pk
        )
    gallery.delete()
