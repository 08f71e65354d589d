"""What admins do: actions call the services, harmful ones ask first, rights are respected."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from access.accounts.models import User
from access.audit.models import AccessEvent, Act
from access.guests.models import Guest, GuestAdmission, GuestLink
from access.mail.models import OutgoingMail
from access.memberships.models import GalleryMembership
from access.site_policy.models import SitePolicy
from media_items.admin_tools import do_to_each
from media_items.models import MediaItem
from media_items.refusals import Refusal
from tests import factories
from tests.reading import text_of_page

YES = {"confirmed": "yes"}


def inside(link):
    return GuestAdmission.objects.in_force(timezone.now()).filter(guest__link=link).count()


# --- guest links ------------------------------------------------------------------------------


def test_pause_and_resume(admin, admin_client, act, link, admission):
    act(admin_client, link, "pause")
    link.refresh_from_db()
    assert link.paused_at
    assert inside(link) == 1
    act(admin_client, link, "resume")
    link.refresh_from_db()
    assert link.paused_at is None
    acts = AccessEvent.objects.order_by("pk").values_list("act", "actor")
    assert list(acts) == [(Act.LINK_PAUSED, admin.pk), (Act.LINK_RESUMED, admin.pk)]


def test_ending_people_inside_asks_first(admin_client, act, link, admission):
    page = act(admin_client, link, "end_people_inside")
    assert page.status_code == 200
    assert "End access of current guests?" in page.content.decode()
    assert inside(link) == 1
    act(admin_client, link, "end_people_inside", **YES)
    assert inside(link) == 0


def test_an_action_works_on_the_links_own_page_too(admin_client, link, admission):
    url = f"/admin/guests/guestlink/{link.pk}/change/"
    data = {"CHANGE_FORM-action": "end_people_inside", "_selected_action": link.pk}
    page = admin_client.post(url, data | {"index": "0"})
    assert ("CHANGE_FORM-action", "end_people_inside") in page.context["echoed"]
    assert inside(link) == 1
    admin_client.post(url, dict(page.context["echoed"]) | YES)
    assert inside(link) == 0


def test_all_rows_of_a_list_can_be_acted_on_after_asking(admin_client, act, item):
    links = factories.GuestLinkFactory.create_batch(3, item=item)
    for one in links:
        factories.GuestAdmissionFactory(guest__link=one)
    page = act(admin_client, links[0], "end_people_inside", select_across="1", index="0")
    assert page.context["count"] == 3
    echoed = dict(page.context["echoed"])
    admin_client.post("/admin/guests/guestlink/", echoed | YES)
    assert [inside(one) for one in links] == [0, 0, 0]


@pytest.mark.parametrize("name", ["guestlink", "guest"])
@pytest.mark.parametrize("way", ["add", "{}/delete", "{}/change"])
def test_links_and_guests_are_neither_added_deleted_nor_typed_over(
    admin_client, admission, name, way
):
    row = admission.guest.link if name == "guestlink" else admission.guest
    path = way.format(row.pk)
    data = {"name": "Changed"}
    assert admin_client.post(f"/admin/guests/{name}/{path}/", data).status_code == 403
    row.refresh_from_db()
    assert row.name != "Changed"


def test_deleting_selected_rows_is_not_offered(admin_client, act, link, admission):
    act(admin_client, link, "delete_selected", post="yes")
    act(admin_client, admission.guest, "delete_selected", post="yes")
    assert GuestLink.objects.exists()
    assert Guest.objects.exists()


# --- guests -----------------------------------------------------------------------------------


def test_removing_and_letting_back_in(admin, admin_client, act, admission):
    guest = admission.guest
    act(admin_client, guest, "remove")
    guest.refresh_from_db()
    assert guest.removed_at is None
    act(admin_client, guest, "remove", **YES)
    guest.refresh_from_db()
    assert guest.removed_by == admin
    assert inside(guest.link) == 0
    act(admin_client, guest, "readmit")
    guest.refresh_from_db()
    assert guest.removed_at is None


def test_whoever_finds_no_place_is_not_let_back_in_and_the_list_says_why(admin_client):
    link = factories.GuestLinkFactory(places=1, places_taken=0)
    out = [factories.GuestFactory(link=link, removed_at=timezone.now()) for _n in range(2)]
    chosen = {"action": "readmit", "_selected_action": [one.pk for one in out]}
    page = admin_client.post("/admin/guests/guest/", chosen, follow=True)
    assert "Give the link one more place first" in text_of_page(page)
    link.refresh_from_db()
    assert link.places_taken == link.guests.filter(removed_at=None).count() == 1


def test_erasing_asks_first_and_leaves_no_name(admin_client, act, admission):
    guest = admission.guest
    act(admin_client, guest, "erase")
    guest.refresh_from_db()
    assert guest.name
    act(admin_client, guest, "erase", **YES)
    guest.refresh_from_db()
    admission.refresh_from_db()
    assert (guest.name, guest.email, admission.name) == ("", "", "")


# --- items and galleries ----------------------------------------------------------------------


def test_an_item_goes_to_the_bin_after_asking_and_comes_back(admin, admin_client, act, item):
    act(admin_client, item, "move_to_bin")
    item.refresh_from_db()
    assert item.deleted_at is None
    act(admin_client, item, "move_to_bin", **YES)
    item.refresh_from_db()
    assert item.deleted_at
    assert item.deleted_by == admin
    act(admin_client, item, "restore")
    item.refresh_from_db()
    assert item.deleted_at is None


@pytest.mark.parametrize("key", ["move_to_bin", "restore"])
def test_many_items_are_one_act_and_cost_as_much_as_two(admin_client, item, key):
    items = [item, *(factories.MediaItemFactory(owner=item.owner) for _n in range(7))]
    if key == "restore":
        MediaItem.objects.update(deleted_at=timezone.now())
    costs = []
    for some in (items[:2], items[2:]):
        posted = {"action": key, "_selected_action": [one.pk for one in some], **YES}
        with CaptureQueriesContext(connection) as asked:
            admin_client.post("/admin/media_items/mediaitem/", posted)
        costs.append(len(asked))
    assert costs[0] == costs[1]
    gone = MediaItem.objects.filter(deleted_at__isnull=False).count()
    assert gone == (8 if key == "move_to_bin" else 0)


def test_what_is_refused_to_one_row_leaves_nothing_of_it(admin, rf, item):
    other = factories.MediaItemFactory(owner=item.owner, title="Other")

    def act(row):
        MediaItem.objects.filter(pk=row.pk).update(title="Changed")
        if row == item:
            raise Refusal("Not this one.")

    class Page:
        said = staticmethod(lambda *_words: None)
        message_user = said

    do_to_each(Page(), rf.post("/"), [item, other], act)
    assert set(MediaItem.objects.values_list("title", flat=True)) == {item.title, "Changed"}


def test_an_item_is_neither_added_nor_deleted_for_good(admin_client, item):
    assert admin_client.get("/admin/media_items/mediaitem/add/").status_code == 403
    url = f"/admin/media_items/mediaitem/{item.pk}/delete/"
    assert admin_client.post(url, {"post": "yes"}).status_code == 403
    assert MediaItem.objects.filter(pk=item.pk).exists()


def management(prefix, initial=0, total=None):
    return {
        f"{prefix}-TOTAL_FORMS": initial if total is None else total,
        f"{prefix}-INITIAL_FORMS": initial,
    }


def save_gallery(client, gallery, existing, **more):
    data = {"name": gallery.name, "kind": gallery.kind, "description": ""}
    data |= management("memberships", len(existing)) | management("memberships-2", 0, 1)
    for number, membership in enumerate(existing):
        data |= {
            f"memberships-{number}-id": membership.pk,
            f"memberships-{number}-gallery": gallery.pk,
            f"memberships-{number}-role": membership.role,
        }
    data |= {"memberships-2-0-role": "member", "memberships-2-0-gallery": gallery.pk}
    return client.post(f"/admin/media_items/gallery/{gallery.pk}/change/", data | more)


def test_members_are_added_changed_and_removed_on_the_gallerys_page(
    admin_client, gallery, stranger
):
    first, second = factories.GalleryMembershipFactory.create_batch(2, gallery=gallery)
    response = save_gallery(
        admin_client,
        gallery,
        [first, second],
        **{
            "memberships-0-role": "manager",
            "memberships-1-DELETE": "on",
            "memberships-2-0-user": stranger.pk,
            "memberships-2-0-role": "contributor",
        },
    )
    assert response.status_code == 302
    members = GalleryMembership.objects.filter(gallery=gallery).order_by("pk")
    assert list(members.values_list("user", "role")) == [
        (first.user_id, "manager"),
        (stranger.pk, "contributor"),
    ]


def test_a_member_is_not_added_twice(admin_client, gallery, member):
    membership = GalleryMembership.objects.get()
    response = save_gallery(
        admin_client, gallery, [membership], **{"memberships-2-0-user": member.pk}
    )
    assert response.status_code == 200
    assert "already a member" in response.content.decode()


# --- accounts ---------------------------------------------------------------------------------


def test_adding_an_account_mails_its_link_and_asks_for_no_password(
    admin, admin_client, django_capture_on_commit_callbacks
):
    assert (
        "password"
        not in admin_client.get("/admin/accounts/user/add/").context["adminform"].form.fields
    )
    with django_capture_on_commit_callbacks(execute=True):
        response = admin_client.post(
            "/admin/accounts/user/add/",
            {"email": "Ada@Example.edu", "first_name": "Ada", "last_name": "Lovelace"},
        )
    assert response.status_code == 302
    user = User.objects.get(email="ada@example.edu")
    assert not user.has_usable_password()
    asked = OutgoingMail.objects.get()
    assert (asked.about, asked.address, asked.asked_by) == (user, "ada@example.edu", admin)


def test_an_address_that_has_an_account_is_refused_kindly(admin_client, owner):
    response = admin_client.post(
        "/admin/accounts/user/add/", {"email": "NOA@example.edu", "first_name": "N"}
    )
    assert response.status_code == 200
    assert "already an account with this email" in response.content.decode()


def test_no_hash_is_shown_and_no_password_is_typed(admin_client, owner):
    page = admin_client.get(f"/admin/accounts/user/{owner.pk}/change/").content.decode()
    assert owner.password not in page
    assert "md5" not in page
    response = admin_client.get(f"/admin/accounts/user/{owner.pk}/password/", follow=True)
    assert response.redirect_chain  # Django's catch-all: no such page


def test_a_new_address_is_not_proven(admin_client, owner):
    User.objects.filter(pk=owner.pk).update(email_verified_at=timezone.now())
    admin_client.post(
        f"/admin/accounts/user/{owner.pk}/change/",
        {"email": "new@example.edu", "first_name": "Noa", "is_active": "on"},
    )
    owner.refresh_from_db()
    assert owner.email == "new@example.edu"
    assert owner.email_verified_at is None


def test_the_mail_action_skips_accounts_that_are_switched_off(
    admin_client, act, owner, django_capture_on_commit_callbacks
):
    off = factories.UserFactory(is_active=False)
    with django_capture_on_commit_callbacks(execute=True):
        for user in (owner, off):
            act(admin_client, user, "send_set_password_mail")
    assert [asked.about for asked in OutgoingMail.objects.all()] == [owner]


def test_switching_off_asks_first_ends_sessions_and_spares_oneself(
    admin, admin_client, client_of, act, owner
):
    theirs = client_of(owner)
    act(admin_client, owner, "switch_off")
    assert theirs.get("/accounts/me/").status_code == 200
    act(admin_client, owner, "switch_off", **YES)
    assert theirs.get("/accounts/me/").status_code == 302
    act(admin_client, admin, "switch_off", **YES)
    admin.refresh_from_db()
    assert admin.is_active
    act(admin_client, owner, "switch_on")
    owner.refresh_from_db()
    assert owner.is_active


def test_an_account_with_media_is_not_deleted(admin_client, item):
    url = f"/admin/accounts/user/{item.owner_id}/delete/"
    page = admin_client.get(url)
    assert "protected" in page.content.decode()
    instead = f'<a href="/admin/accounts/user/{item.owner_id}/change/">'
    assert instead in page.content.decode()
    assert "Switch it off instead" in page.content.decode()
    chosen = {"action": "delete_selected", "_selected_action": [item.owner_id]}
    page = admin_client.post("/admin/accounts/user/", chosen)
    assert "Switch it off instead" in page.content.decode()
    admin_client.post(url, {"post": "yes"})
    assert User.objects.filter(pk=item.owner_id).exists()


def test_mails_about_an_account_keep_nobody_from_deleting_it(admin_client, stranger):
    """Anybody can have one sent, from "Forgot password"."""
    factories.OutgoingMailFactory(about=stranger, kind="password", address=stranger.email)
    url = f"/admin/accounts/user/{stranger.pk}/"
    admin_client.post(f"{url}change/", {"email": stranger.email, "first_name": "Zora"})
    assert LogEntry.objects.filter(object_id=str(stranger.pk)).exists()
    assert admin_client.post(f"{url}delete/", {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=stranger.pk).exists()
    assert not OutgoingMail.objects.exists()
    named = set(LogEntry.objects.filter(object_id=str(stranger.pk)).values_list("object_repr"))
    assert named == {("Deleted account",)}


# --- staff without all rights -----------------------------------------------------------------


def test_people_who_are_not_staff_get_nothing(client, client_of, owner):
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    login = client.get("/admin/login/?next=/admin/")
    assert login["Location"] == f"{reverse('access:sign_in')}?next=/admin/"
    assert client_of(owner).get("/admin/", follow=True).status_code == 403


def test_staff_without_rights_see_no_rows(staff_with, link):
    client = staff_with()
    assert client.get("/admin/").status_code == 200
    for name in ("guests/guest", "accounts/user", "media_items/mediaitem", "access/sitepolicy"):
        assert client.get(f"/admin/{name}/", follow=True).status_code == 403


def test_staff_who_may_only_look_cannot_act(staff_with, act, link, admission, item):
    client = staff_with("view_guestlink", "view_guest", "view_mediaitem", "view_user")
    act(client, link, "pause")
    act(client, link, "end_people_inside", **YES)
    act(client, admission.guest, "erase", **YES)
    act(client, item, "move_to_bin", **YES)
    act(client, item.owner, "switch_off", **YES)
    link.refresh_from_db()
    item.refresh_from_db()
    assert link.paused_at is None
    assert inside(link) == 1
    assert item.deleted_at is None
    assert User.objects.get(pk=item.owner_id).is_active


def test_staff_who_may_change_accounts_cannot_become_superusers(
    staff_with, act, admin, owner, django_capture_on_commit_callbacks
):
    client = staff_with("view_user", "change_user", "add_user", "delete_user")
    posted = {"email": "x@example.edu", "first_name": "X", "is_active": "on"}
    powers = {"is_staff": "on", "is_superuser": "on"}
    client.post(f"/admin/accounts/user/{owner.pk}/change/", posted | powers)
    owner.refresh_from_db()
    assert owner.email == "x@example.edu"
    assert not owner.is_staff
    assert not owner.is_superuser
    assert client.post(f"/admin/accounts/user/{admin.pk}/change/", posted).status_code == 403
    assert client.post(f"/admin/accounts/user/{admin.pk}/delete/", YES).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        act(client, admin, "send_set_password_mail")
    act(client, admin, "switch_off", **YES)
    act(client, admin, "delete_selected", post="yes")
    admin.refresh_from_db()
    assert admin.is_active
    assert admin.email == "admin@example.edu"
    assert not DBTaskResult.objects.exists()


def test_staff_cannot_give_rights_through_groups(staff_with):
    client = staff_with("view_group", "change_group", "add_group")
    assert client.get("/admin/auth/group/add/").status_code == 403


# --- audit trail and site policy --------------------------------------------------------------


def test_the_audit_trail_is_only_read(admin_client, act, link):
    event = AccessEvent.objects.create(act=Act.LINK_CREATED, item=link.item, link=link)
    base = "/admin/access/accessevent/"
    assert admin_client.get(f"{base}{event.pk}/change/").status_code == 200
    for path in ("add/", f"{event.pk}/change/", f"{event.pk}/delete/"):
        assert admin_client.post(base + path, {"post": "yes"}).status_code == 403
    assert AccessEvent.objects.exists()


POLICY = "/admin/access/sitepolicy/1/change/"
AS_IT_IS = {
    "guest_link_makers": "everybody",
    "inviters": "everybody",
    "inviting_roles": "moderators",
    "gallery_makers": "everybody",
}


def test_the_site_policy_is_one_page_that_names_the_servers_limits(admin_client, settings):
    settings.GUEST_LINKS_PER_ITEM = 17
    page = admin_client.get("/admin/access/sitepolicy/", follow=True)
    assert page.request["PATH_INFO"] == POLICY
    text = page.content.decode()
    assert "The server allows 17." in text
    assert "ask whoever runs the server" in text
    assert "The server sets no limit." in text
    assert not SitePolicy.objects.exists()


def test_saving_the_site_policy_makes_its_row_and_changes_it(admin_client, db):
    for number in (5, 6):
        data = {**AS_IT_IS, "links_per_item": number}
        page = admin_client.post(POLICY, data, follow=True)
        assert page.request["PATH_INFO"] == POLICY
        assert SitePolicy.objects.get().links_per_item == number


@pytest.mark.parametrize(
    "wrong",
    [
        {"links_per_item": 0},
        {"guest_link_makers": "group"},
        {"longest_days": -1},
        {"inviters": "group"},
        {"gallery_makers": "group"},
        {"invitation_longest_days": 0},
        {"uninvited_domains": "not a domain"},
    ],
)
def test_a_site_policy_that_makes_no_sense_is_refused(admin_client, db, wrong):
    response = admin_client.post(POLICY, AS_IT_IS | wrong)
    assert response.status_code == 200
    assert response.context["errors"]
    assert not SitePolicy.objects.exists()


@pytest.mark.parametrize("path", ["add/", "1/delete/"])
def test_there_is_no_second_policy_and_none_is_deleted(admin_client, db, path):
    assert admin_client.post(f"/admin/access/sitepolicy/{path}").status_code == 403


def test_a_gallery_with_more_members_than_are_shown_is_saved_whole(
    admin_client, gallery, monkeypatch
):
    monkeypatch.setattr("access.memberships.admin.MEMBERS_SHOWN", 2)
    members = factories.GalleryMembershipFactory.create_batch(3, gallery=gallery)
    page = admin_client.get(f"/admin/media_items/gallery/{gallery.pk}/change/")
    assert "All members (3)" in page.content.decode()
    response = save_gallery(admin_client, gallery, members[:2], **{"memberships-0-role": "manager"})
    assert response.status_code == 302
    roles = GalleryMembership.objects.order_by("pk").values_list("role", flat=True)
    assert list(roles) == ["manager", "member", "member"]


def test_a_new_gallery_starts_with_a_manager(admin_client, owner):
    data = {"name": "Biology 102", "kind": "course", "description": ""}
    data |= management("memberships") | management("memberships-2", 0, 1)
    data |= {"memberships-2-0-user": owner.pk, "memberships-2-0-role": "manager"}
    response = admin_client.post("/admin/media_items/gallery/add/", data)
    assert response.status_code == 302
    membership = GalleryMembership.objects.get()
    assert (membership.gallery.name, membership.user) == ("Biology 102", owner)


def test_the_owner_of_an_item_is_changed_and_a_co_editor_added(admin_client, item, stranger):
    former = item.owner
    data = {"title": item.title, "owner": stranger.pk, "state": "private", "time_zone": "UTC"}
    data["reminder"] = item.reminder
    for prefix in ("publications", "files", "preparation"):
        data |= management(prefix)
    data |= management("co_editors", 0, 1) | {"co_editors-0-user": former.pk}
    response = admin_client.post(f"/admin/media_items/mediaitem/{item.pk}/change/", data)
    assert response.status_code == 302
    item.refresh_from_db()
    assert item.owner == stranger
    assert item.co_editors.get().user == former
