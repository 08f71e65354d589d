"""Galleries and channels of one's own: who may make them, their words, and their end."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from access.audit.models import AccessEvent, Act
from access.memberships import galleries
from access.memberships import services as memberships
from access.memberships.models import GalleryMembership, GalleryRole
from access.site_policy.models import GalleryMakers, SitePolicy
from media_items.catalogue.models import GalleryKind, Kind, State
from media_items.library.services import editing, publishing
from media_items.library.services.galleries import GalleryGone
from media_items.models import Gallery, MediaItem
from tests import factories
from tests.reading import text_of

pytestmark = pytest.mark.django_db

NEW = "/galleries/new/course/"


@pytest.fixture
def browser(client_of, stranger):
    return client_of(stranger)


@pytest.fixture
def manager(gallery):
    return factories.GalleryMembershipFactory(gallery=gallery, role=GalleryRole.MANAGER).user


def make(client, kind="course", **fields):
    data = {"name": "Botany 101", "description": "Plants.", **fields}
    return client.post(f"/galleries/new/{kind}/", data)


def address(gallery, more=""):
    return f"/galleries/{gallery.public_id}/{more}"


def shown_in(gallery, **fields):
    item = factories.MediaItemFactory(published=True, **fields)
    factories.PublicationFactory(item=item, gallery=gallery)
    return item


# --- making -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["course", "channel"])
def test_whoever_makes_one_is_its_manager_and_comes_to_it(browser, stranger, kind):
    response = make(browser, kind)
    made = Gallery.objects.get()
    assert response["Location"] == made.get_absolute_url()
    assert (made.kind, made.name, made.description) == (kind, "Botany 101", "Plants.")
    membership = GalleryMembership.objects.get()
    assert (membership.user, membership.role) == (stranger, GalleryRole.MANAGER)
    page = browser.get(made.get_absolute_url())
    assert "is ready" in text_of(page)
    for more in ("members/", "edit/", "delete/"):
        assert address(made, more) in page.text
    acts = AccessEvent.objects.order_by("pk").values_list("act", flat=True)
    assert list(acts) == [Act.GALLERY_MADE, Act.MEMBER_ADDED]


def test_the_list_of_galleries_offers_both(browser):
    page = browser.get("/galleries/")
    assert "New gallery" in text_of(page)
    assert "New channel" in text_of(page)
    assert "Create one" in text_of(page)


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 151])
def test_a_name_that_is_none_is_refused_and_what_was_typed_is_kept(browser, name):
    response = make(browser, name=name)
    assert response.status_code == 422
    assert "Plants." in response.text
    assert not Gallery.objects.exists()


def test_a_kind_that_there_is_not_is_not_found(browser):
    assert browser.get("/galleries/new/room/").status_code == 404


def test_the_dialog_is_a_page_and_for_htmx_its_body(browser):
    assert "<html" in browser.get(NEW).text
    assert "<html" not in browser.get(NEW, headers={"HX-Request": "true"}).text
    assert not Gallery.objects.exists()


@pytest.mark.parametrize("makers", [GalleryMakers.NOBODY, GalleryMakers.GROUP])
def test_where_the_site_does_not_let_them_nothing_is_offered_and_all_is_refused(browser, makers):
    group = Group.objects.create(name="Instructors")
    SitePolicy.objects.create(pk=1, gallery_makers=makers, gallery_makers_group=group)
    page = browser.get("/galleries/")
    assert "New gallery" not in page.text
    assert "Create one" not in page.text
    assert browser.get(NEW).status_code == 403
    response = make(browser)
    assert response.status_code == 403
    assert "doesn’t let you create galleries" in text_of(response)
    assert not Gallery.objects.exists()


def test_members_of_the_group_may(browser, stranger):
    group = Group.objects.create(name="Instructors")
    SitePolicy.objects.create(pk=1, gallery_makers=GalleryMakers.GROUP, gallery_makers_group=group)
    stranger.groups.add(group)
    assert make(browser).status_code == 302


@pytest.mark.parametrize("may", [True, False])
def test_the_menu_new_offers_them_to_who_may_make_them(browser, may):
    if not may:
        SitePolicy.objects.create(pk=1, gallery_makers=GalleryMakers.NOBODY)
    assert 'hx-get="/galleries/new/entries/"' in browser.get("/media/").text
    entries = browser.get("/galleries/new/entries/", headers={"HX-Request": "true"}).text
    for kind in ("course", "channel"):
        assert (f'href="/galleries/new/{kind}/' in entries) is may
    assert ("Gallery" in entries) is may


def test_the_service_asks_the_policy_too(stranger):
    SitePolicy.objects.create(pk=1, gallery_makers=GalleryMakers.NOBODY)
    with pytest.raises(galleries.MakingNotAllowed):
        galleries.make_gallery(kind=GalleryKind.COURSE, name="A", description="", by=stranger)


def test_signed_out_one_signs_in_first(gallery):
    assert "/sign-in/" in Client().get(NEW)["Location"]
    assert make(Client()).status_code == 302
    assert Gallery.objects.count() == 1


# --- words ------------------------------------------------------------------------------------


def test_a_manager_changes_the_words(client_of, manager, gallery):
    browser = client_of(manager)
    assert gallery.name in text_of(browser.get(address(gallery, "edit/")))
    response = browser.post(address(gallery, "edit/"), {"name": "Zoology", "description": "New"})
    assert response["Location"] == gallery.get_absolute_url()
    gallery.refresh_from_db()
    assert (gallery.name, gallery.description) == ("Zoology", "New")
    assert AccessEvent.objects.get().act == Act.GALLERY_CHANGED


def test_a_refused_name_leaves_the_heading_as_it_was(client_of, manager, gallery):
    response = client_of(manager).post(address(gallery, "edit/"), {"name": " "})
    assert response.status_code == 422
    assert f"Edit “{gallery.name}”" in text_of(response)


@pytest.mark.parametrize("role", [GalleryRole.MEMBER, GalleryRole.MODERATOR])
def test_others_neither_change_nor_delete_it(client_of, gallery, role):
    user = factories.GalleryMembershipFactory(gallery=gallery, role=role).user
    browser = client_of(user)
    for more in ("edit/", "delete/"):
        assert browser.get(address(gallery, more)).status_code == 403
        assert browser.post(address(gallery, more), {"name": "Mine"}).status_code == 403
        assert address(gallery, more) not in browser.get(address(gallery)).text


def test_whoever_stopped_managing_it_meanwhile_is_refused_by_the_service(manager, gallery):
    GalleryMembership.objects.update(role=GalleryRole.MEMBER)
    with pytest.raises(galleries.NotManager):
        galleries.edit_gallery(gallery=gallery, name="A", description="", by=manager)
    with pytest.raises(galleries.NotManager):
        galleries.delete_gallery(gallery=gallery, by=manager)


# --- the end ----------------------------------------------------------------------------------


def test_deleting_asks_and_says_what_becomes_of_what_is_in_it(client_of, manager, gallery):
    shown_in(gallery)
    both = shown_in(gallery)
    factories.PublicationFactory(item=both, gallery=factories.GalleryFactory())
    factories.MediaItemFactory(kind=Kind.ROOM, room_of=gallery)
    said = text_of(client_of(manager).get(address(gallery, "delete/")))
    assert "1 member loses access to what is only here, right away." in said
    assert "2 items are published here." in said
    assert "they stay with their owners" in said
    assert "1 item is published nowhere else and becomes private." in said
    assert "1 room belongs to it." in said
    assert Gallery.objects.filter(pk=gallery.pk).exists()


def test_deleted_it_is_gone_and_its_media_are_not(client_of, manager, gallery, member):
    alone, both = shown_in(gallery), shown_in(gallery)
    factories.PublicationFactory(item=both, gallery=factories.GalleryFactory())
    room = factories.MediaItemFactory(kind=Kind.ROOM, room_of=gallery)
    theirs = client_of(member)
    assert theirs.get(alone.get_absolute_url()).status_code == 200
    response = client_of(manager).post(address(gallery, "delete/"))
    assert response["Location"] == "/galleries/"
    assert not Gallery.objects.filter(pk=gallery.pk).exists()
    states = dict(MediaItem.objects.values_list("pk", "state"))
    assert (states[alone.pk], states[both.pk]) == (State.PRIVATE, State.PUBLISHED)
    room.refresh_from_db()
    assert room.room_of is None
    assert theirs.get(alone.get_absolute_url()).status_code == 404
    acts = set(AccessEvent.objects.values_list("act", flat=True))
    assert {Act.GALLERY_DELETED, Act.ITEM_TAKEN_OUT, Act.ITEM_ROOM_OF_CHANGED} <= acts
    assert client_of(manager).post(address(gallery, "delete/")).status_code == 404


def test_an_admin_who_deletes_it_leaves_the_same_trail(admin_client, gallery):
    admin_client.post(f"/admin/media_items/gallery/{gallery.pk}/delete/", {"post": "yes"})
    assert AccessEvent.objects.filter(act=Act.GALLERY_DELETED).exists()
    assert not Gallery.objects.filter(pk=gallery.pk).exists()


# --- deleted while somebody uses it ---------------------------------------------------------------


def test_nothing_is_put_in_a_gallery_that_has_just_been_deleted(gallery, owner, item, manager):
    """Whatever form had found it: a sentence, and nothing is changed."""
    among = Gallery.objects.all()
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    galleries.delete_gallery(gallery=Gallery.objects.get(), by=manager)
    room.room_of_id = gallery.pk
    acts = [
        lambda: publishing.publish(
            item=item, state="published", galleries=[gallery], among=among, by=owner
        ),
        lambda: publishing.publish_many(
            items=MediaItem.objects.all(),
            state="published",
            galleries=[gallery],
            among=among,
            by=owner,
        ),
        lambda: publishing.put_in_gallery(item=item, gallery=gallery, by=owner),
        lambda: editing.edit_media_item(
            item=room, seen_at=room.updated_at, by=owner, only=("room_of",), room_among=among
        ),
        lambda: memberships.add_member(
            gallery=gallery, user=owner, role=GalleryRole.MEMBER, by=owner, as_admin=True
        ),
    ]
    for act in acts:
        with pytest.raises(GalleryGone):
            act()
    assert not MediaItem.objects.exclude(state=State.PRIVATE).exists()
