"""The administration gives and takes access by the same services as everybody: the rules hold, and
the trail says who it was."""

from __future__ import annotations

import pytest
from django.urls import reverse

from access.accounts.models import User
from access.audit.models import AccessEvent, Act
from access.memberships.models import CoEditor, GalleryMembership, GalleryRole
from media_items.models import Gallery, Publication
from tests import factories
from tests.access.admin.test_acting import YES, management, save_gallery

LAST = "A gallery needs a manager"


@pytest.fixture
def manager(gallery):
    return factories.GalleryMembershipFactory(gallery=gallery, role=GalleryRole.MANAGER)


def trail(actor):
    events = AccessEvent.objects.order_by("pk")
    assert {event.actor for event in events} <= {actor}
    return [event.act for event in events]


def page_of(row, page="change"):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])


def save_item(client, item, **more):
    data = {"title": item.title, "owner": item.owner_id, "state": item.state, "time_zone": "UTC"}
    data["reminder"] = item.reminder
    for prefix in ("publications", "files", "preparation", "co_editors"):
        data |= management(prefix)
    return client.post(page_of(item), data | more, follow=True)


# --- members --------------------------------------------------------------------------------------


def test_members_added_changed_and_removed_are_in_the_trail(
    admin, admin_client, gallery, manager, stranger
):
    one = factories.GalleryMembershipFactory(gallery=gallery)
    two = factories.GalleryMembershipFactory(gallery=gallery)
    save_gallery(
        admin_client,
        gallery,
        [manager, one, two],
        **{
            "memberships-1-role": "contributor",
            "memberships-2-DELETE": "on",
            "memberships-2-0-user": stranger.pk,
        },
    )
    assert trail(admin) == [Act.MEMBER_ADDED, Act.MEMBER_CHANGED, Act.MEMBER_REMOVED]


@pytest.mark.parametrize("how", ["role", "DELETE"])
def test_a_gallerys_last_manager_stays_and_nothing_else_of_the_page_is_saved(
    admin_client, gallery, manager, member, how
):
    there = GalleryMembership.objects.exclude(pk=manager.pk).get()
    change = {"role": "member"} if how == "role" else {"DELETE": "on"}
    page = save_gallery(
        admin_client,
        gallery,
        [manager, there],
        **{f"memberships-0-{name}": value for name, value in change.items()},
        **{"memberships-1-role": "contributor", "name": "Renamed"},
    )
    assert LAST in admin_client.get(page["Location"]).content.decode()
    gallery.refresh_from_db()
    there.refresh_from_db()
    manager.refresh_from_db()
    assert (gallery.name, there.role, manager.role) == ("Biology 101", "member", "manager")
    assert not AccessEvent.objects.exists()


def test_somebody_is_made_manager_in_place_of_another_in_one_go(
    admin_client, gallery, manager, member
):
    there = GalleryMembership.objects.exclude(pk=manager.pk).get()
    save_gallery(
        admin_client,
        gallery,
        [manager, there],
        **{"memberships-0-role": "member", "memberships-1-role": "manager"},
    )
    assert GalleryMembership.objects.get(role=GalleryRole.MANAGER) == there


def test_a_new_manager_may_take_the_place_of_one_who_is_removed(
    admin_client, gallery, manager, stranger
):
    save_gallery(
        admin_client,
        gallery,
        [manager],
        **{
            "memberships-0-DELETE": "on",
            "memberships-2-0-user": stranger.pk,
            "memberships-2-0-role": "manager",
        },
    )
    assert GalleryMembership.objects.get().user == stranger


def test_on_their_own_page_the_last_manager_stays_too(admin_client, manager):
    page = admin_client.post(page_of(manager), {"role": "member"}, follow=True)
    assert LAST in page.content.decode()
    page = admin_client.post(page_of(manager, "delete"), {"post": "yes"}, follow=True)
    assert LAST in page.content.decode()
    data = {"action": "delete_selected", "_selected_action": [manager.pk], "post": "yes"}
    page = admin_client.post("/admin/access/gallerymembership/", data, follow=True)
    assert LAST in page.content.decode()
    manager.refresh_from_db()
    assert manager.role == GalleryRole.MANAGER
    assert not AccessEvent.objects.exists()


def test_a_membership_is_not_made_somebody_elses(admin_client, manager, stranger):
    factories.GalleryMembershipFactory(gallery=manager.gallery, role=GalleryRole.MANAGER)
    data = {"user": stranger.pk, "gallery": factories.GalleryFactory().pk, "role": "member"}
    admin_client.post(page_of(manager), data)
    changed = GalleryMembership.objects.get(pk=manager.pk)
    assert (changed.user, changed.gallery, changed.role) == (
        manager.user,
        manager.gallery,
        "member",
    )


def test_memberships_on_their_own_pages_are_in_the_trail(admin, admin_client, gallery, stranger):
    data = {"gallery": gallery.pk, "user": stranger.pk, "role": "member"}
    admin_client.post("/admin/access/gallerymembership/add/", data)
    made = GalleryMembership.objects.get()
    admin_client.post(page_of(made), {"role": "contributor"})
    admin_client.post(page_of(made, "delete"), {"post": "yes"})
    assert trail(admin) == [Act.MEMBER_ADDED, Act.MEMBER_CHANGED, Act.MEMBER_REMOVED]
    assert not GalleryMembership.objects.exists()


# --- items ----------------------------------------------------------------------------------------


def test_co_editors_are_in_the_trail_and_the_owner_is_none(admin, admin_client, item, stranger):
    save_item(
        admin_client,
        item,
        **management("co_editors", 0, 1),
        **{"co_editors-0-user": stranger.pk},
    )
    made = CoEditor.objects.get()
    save_item(
        admin_client,
        item,
        **management("co_editors", 1),
        **{
            "co_editors-0-id": made.pk,
            "co_editors-0-item": item.pk,
            "co_editors-0-DELETE": "on",
        },
    )
    assert not CoEditor.objects.exists()
    assert trail(admin) == [Act.CO_EDITOR_ADDED, Act.CO_EDITOR_REMOVED]
    page = save_item(
        admin_client,
        item,
        **management("co_editors", 0, 1),
        **{"co_editors-0-user": item.owner_id, "title": "Renamed"},
    )
    assert "need to be a co-editor" in page.content.decode()
    item.refresh_from_db()
    assert item.title != "Renamed"


def test_state_window_owner_and_galleries_of_an_item_are_in_the_trail(
    admin, admin_client, item, stranger, gallery
):
    save_item(admin_client, item, state="unlisted")
    item.refresh_from_db()
    save_item(admin_client, item, title="Renamed")
    window = {"available_until_0": "2030-01-01", "available_until_1": "00:00"}
    save_item(admin_client, item, **window)
    save_item(admin_client, item, **window, owner=stranger.pk)
    item.refresh_from_db()
    save_item(
        admin_client,
        item,
        **window,
        **management("publications", 0, 1),
        **{"state": "published", "publications-0-gallery": gallery.pk},
    )
    made = Publication.objects.get()
    assert made.published_by == admin
    save_item(
        admin_client,
        item,
        **window,
        **management("publications", 1),
        **{
            "state": "published",
            "publications-0-id": made.pk,
            "publications-0-item": item.pk,
            "publications-0-DELETE": "on",
        },
    )
    item.refresh_from_db()
    assert item.state == "private"  # taken out of its last gallery
    assert trail(admin) == [
        Act.ITEM_UNLISTED,
        Act.ITEM_WINDOW_CHANGED,
        Act.ITEM_OWNER_CHANGED,
        Act.ITEM_PUBLISHED,
        Act.ITEM_PUBLISHED,
        Act.ITEM_TAKEN_OUT,
    ]


def test_the_bin_is_in_the_trail(admin, admin_client, act, item):
    act(admin_client, item, "move_to_bin", **YES)
    act(admin_client, item, "restore")
    assert trail(admin) == [Act.ITEM_MOVED_TO_BIN, Act.ITEM_RESTORED]


@pytest.mark.parametrize("way", ["page", "list"])
def test_deleting_a_gallery_takes_everything_out_of_it(admin, admin_client, gallery, item, way):
    item.state = "published"
    item.save()
    factories.PublicationFactory(item=item, gallery=gallery)
    if way == "page":
        admin_client.post(page_of(gallery, "delete"), {"post": "yes"})
    else:
        data = {"action": "delete_selected", "_selected_action": [gallery.pk], "post": "yes"}
        admin_client.post("/admin/media_items/gallery/", data)
    assert not Gallery.objects.exists()
    assert trail(admin) == [Act.GALLERY_DELETED, Act.ITEM_TAKEN_OUT]


# --- accounts -------------------------------------------------------------------------------------


def save_account(client, user, **more):
    data = {"email": user.email, "first_name": user.first_name, "is_active": "on"} | more
    return client.post(page_of(user), {key: value for key, value in data.items() if value})


def test_accounts_switched_off_and_on_are_in_the_trail_once_each(
    admin, admin_client, act, stranger
):
    for _time in range(2):
        act(admin_client, stranger, "switch_off", **YES)
    for _time in range(2):
        act(admin_client, stranger, "switch_on")
    save_account(admin_client, stranger, is_active="")
    save_account(admin_client, stranger)
    save_account(admin_client, stranger, first_name="Other")
    assert trail(admin) == [Act.ACCOUNT_SWITCHED_OFF, Act.ACCOUNT_SWITCHED_ON] * 2


def test_a_new_address_is_in_the_trail_without_the_address(admin, admin_client, stranger):
    save_account(admin_client, stranger, email="other@example.edu")
    event = AccessEvent.objects.get()
    assert (event.act, event.actor) == (Act.ACCOUNT_NEW_EMAIL, admin)
    assert event.details == {"account": stranger.pk}


@pytest.mark.parametrize("way", ["page", "list"])
def test_a_deleted_account_is_in_the_trail(admin, admin_client, stranger, way):
    if way == "page":
        admin_client.post(page_of(stranger, "delete"), {"post": "yes"})
    else:
        data = {"action": "delete_selected", "_selected_action": [stranger.pk], "post": "yes"}
        admin_client.post("/admin/accounts/user/", data)
    assert not User.objects.filter(pk=stranger.pk).exists()
    event = AccessEvent.objects.get()
    assert (event.act, event.actor) == (Act.ACCOUNT_DELETED, admin)
    assert event.details == {"account": stranger.pk}
