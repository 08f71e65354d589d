"""The room of a gallery: who makes one, and where its people find it."""

from __future__ import annotations

import pytest

from access.memberships.models import GalleryRole
from media_items.abilities import GalleryAbility
from media_items.catalogue.models import Gallery, Kind
from media_items.library.services import editing
from media_items.models import MediaItem
from media_items.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(gallery):
    return factories.GalleryMembershipFactory(gallery=gallery, role=GalleryRole.MANAGER).user


def make(browser, gallery, kind="room"):
    return browser.post(f"/media/new/{kind}/", {"title": "Office hour", "room_of": gallery.pk})


def test_a_manager_makes_the_room_of_a_gallery(client_of, manager, gallery):
    assert gallery.name in client_of(manager).get("/media/new/room/").text
    assert make(client_of(manager), gallery).status_code == 302
    assert MediaItem.objects.get().room_of == gallery


@pytest.mark.parametrize(
    "role", [GalleryRole.MEMBER, GalleryRole.CONTRIBUTOR, GalleryRole.MODERATOR]
)
def test_nobody_else_of_the_gallery_makes_its_room(client_of, gallery, role):
    person = factories.GalleryMembershipFactory(gallery=gallery, role=role).user
    assert gallery.name not in client_of(person).get("/media/new/room/").text
    make(client_of(person), gallery)
    assert not MediaItem.objects.filter(room_of=gallery).exists()


def test_only_rooms_are_of_a_gallery(client_of, manager, gallery):
    assert "room_of" not in client_of(manager).get("/media/new/live_event/").text
    make(client_of(manager), gallery, kind="live_event")
    assert MediaItem.objects.get().room_of is None


def test_the_service_asks_again(manager, gallery, stranger):
    room = MediaItem(kind=Kind.ROOM, title="Office hour", room_of=gallery)
    with pytest.raises(Refusal):
        editing.create_media_item(item=room, owner=stranger, room_among=Gallery.objects.none())
    assert not MediaItem.objects.exists()


def test_whoever_edits_a_room_may_let_it_go_and_not_take_it_back(client_of, manager, gallery):
    room = factories.MediaItemFactory(owner=manager, kind=Kind.ROOM, room_of=gallery)
    gallery.memberships.filter(user=manager).update(role=GalleryRole.MEMBER)
    browser = client_of(manager)

    def save(room_of):
        room.refresh_from_db()
        seen_at = room.updated_at.isoformat()
        facts = {"title": room.title, "room_of": room_of, "seen_at": seen_at, "time_zone": "UTC"}
        answer = browser.post(f"/media/{room.public_id}/edit/", facts)
        room.refresh_from_db()
        return answer.status_code

    assert save(gallery.pk) == 302
    assert room.room_of == gallery
    assert save("") == 302
    assert room.room_of is None
    save(gallery.pk)
    assert room.room_of is None


def test_a_gallery_names_its_rooms_to_those_who_may_enter(client_of, manager, gallery):
    factories.MediaItemFactory(owner=manager, kind=Kind.ROOM, room_of=gallery, title="Our room")
    factories.MediaItemFactory(owner=manager, kind=Kind.ROOM, title="A private room")
    text = client_of(manager).get(gallery.get_absolute_url()).text
    assert "Our room" in text
    assert "A private room" not in text


def test_more_rooms_cost_no_more_queries(
    client_of, manager, gallery, django_assert_num_queries, django_assert_max_num_queries
):
    browser = client_of(manager)
    factories.MediaItemFactory(owner=manager, kind=Kind.ROOM, room_of=gallery)
    browser.get(gallery.get_absolute_url())
    with django_assert_max_num_queries(50) as one:
        browser.get(gallery.get_absolute_url())
    factories.MediaItemFactory.create_batch(10, owner=manager, kind=Kind.ROOM, room_of=gallery)
    with django_assert_num_queries(len(one.captured_queries)):
        assert "More rooms" in browser.get(gallery.get_absolute_url()).text


def test_managers_alone_have_the_ability(client_of, gallery):
    from access.memberships.policies import GALLERY_ABILITIES

    having = {role for role, may in GALLERY_ABILITIES.items() if GalleryAbility.MAKE_ROOM in may}
    assert having == {GalleryRole.MANAGER}
