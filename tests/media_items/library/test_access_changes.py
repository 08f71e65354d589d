"""What decides who may open an item is announced when it changes, and only then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from media_items.catalogue.models import Gallery, Kind, MediaItem
from media_items.library.services import deleting, editing, publishing
from media_items.signals import AccessChange, item_access_changed
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def announced():
    """What has been announced: the change, by whom, and its details."""
    heard = []

    def hear(*, changes, by, **rest):
        heard.extend((one.change, by, one.details) for one in changes)

    item_access_changed.connect(hear)
    yield heard
    item_access_changed.disconnect(hear)


def publish(item, state, *galleries, by):
    return publishing.publish(
        item=item, state=state, galleries=galleries, among=Gallery.objects.all(), by=by
    )


def edit(item, by, **columns):
    item.refresh_from_db()
    for name, value in columns.items():
        setattr(item, name, value)
    editing.edit_media_item(
        item=item,
        seen_at=item.updated_at,
        by=by,
        only=tuple(columns),
        room_among=Gallery.objects.all(),
    )


def test_each_state_is_announced_and_the_same_state_is_not(item, owner, gallery, announced):
    for state, galleries in [("unlisted", []), ("published", [gallery]), ("private", [gallery])]:
        for _time in range(2):
            publish(item, state, *galleries, by=owner)
    assert [change for change, _by, _details in announced] == [
        AccessChange.UNLISTED,
        AccessChange.PUBLISHED,
        AccessChange.MADE_PRIVATE,
    ]
    assert {by for _change, by, _details in announced} == {owner}
    assert announced[1][2] == {
        "state_before": "unlisted",
        "added": [gallery.pk],
        "removed": [],
    }


def test_other_galleries_are_announced_while_it_is_published(item, owner, gallery, announced):
    other = factories.GalleryFactory()
    publish(item, "published", gallery, by=owner)
    publish(item, "published", other, by=owner)
    assert announced[1] == (
        AccessChange.PUBLISHED,
        owner,
        {"state_before": "published", "added": [other.pk], "removed": [gallery.pk]},
    )


def test_a_place_in_a_gallery_means_nothing_while_it_is_private(item, owner, gallery, announced):
    publish(item, "private", gallery, by=owner)
    publishing.put_in_gallery(item=item, gallery=factories.GalleryFactory(), by=owner)
    publishing.take_out(item=item, gallery=gallery, by=owner)
    assert announced == []


def test_taken_out_is_announced_once(item, owner, gallery, announced):
    publish(item, "published", gallery, by=owner)
    for _time in range(2):
        publishing.take_out(item=item, gallery=gallery, by=owner)
    assert announced[1:] == [
        (AccessChange.TAKEN_OUT, owner, {"gallery": gallery.pk, "state": "private"})
    ]


def test_the_bin_is_announced_once_each_way(item, owner, announced):
    for _time in range(2):
        deleting.move_to_bin(item=item, by=owner)
    for _time in range(2):
        deleting.restore(item=item, by=owner)
    assert announced == [
        (AccessChange.MOVED_TO_BIN, owner, {}),
        (AccessChange.RESTORED, owner, {}),
    ]


def test_the_window_is_announced_and_words_are_not(item, owner, announced):
    until = timezone.now() + timedelta(days=1)
    edit(item, owner, title="Another title", tags="biology")
    assert announced == []
    edit(item, owner, available_until=until)
    edit(item, owner, available_until=until)
    assert announced == [
        (
            AccessChange.WINDOW,
            owner,
            {"available_from": None, "available_until": until.isoformat()},
        )
    ]


def test_whose_room_it_is_is_announced_from_the_beginning(owner, gallery, announced):
    room = editing.create_media_item(
        item=MediaItem(kind=Kind.ROOM, title="Office hour", room_of=gallery),
        owner=owner,
        room_among=Gallery.objects.all(),
    )
    edit(room, owner, room_of=None)
    assert announced == [
        (AccessChange.ROOM_OF, owner, {"gallery": gallery.pk, "gallery_before": None}),
        (AccessChange.ROOM_OF, owner, {"gallery": None, "gallery_before": gallery.pk}),
    ]


def test_a_gallery_that_is_deleted_leaves_nothing_open(item, owner, gallery, announced):
    publish(item, "published", gallery, by=owner)
    room = factories.MediaItemFactory(kind=Kind.ROOM, room_of=gallery)
    announced.clear()
    publishing.delete_gallery(gallery=gallery, by=owner)
    assert [change for change, _by, _details in announced] == [
        AccessChange.TAKEN_OUT,
        AccessChange.ROOM_OF,
    ]
    item.refresh_from_db()
    room.refresh_from_db()
    assert (item.state, room.room_of) == ("private", None)


def test_whoever_listens_and_fails_undoes_the_change(item, owner):
    def fail(**_facts):
        raise RuntimeError("the trail is full")

    item_access_changed.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            deleting.move_to_bin(item=item, by=owner)
    finally:
        item_access_changed.disconnect(fail)
    item.refresh_from_db()
    assert item.deleted_at is None
