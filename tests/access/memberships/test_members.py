"""The members page of a gallery, for its managers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.accounts.models import User
from access.memberships import services
from access.memberships.models import GalleryMembership, GalleryRole
from tests import factories

pytestmark = pytest.mark.django_db

MEMBER, CONTRIBUTOR = GalleryRole.MEMBER, GalleryRole.CONTRIBUTOR
MODERATOR, MANAGER = GalleryRole.MODERATOR, GalleryRole.MANAGER


@pytest.fixture
def manager(gallery):
    return factories.GalleryMembershipFactory(gallery=gallery, role=MANAGER).user


@pytest.fixture
def browser(client_of, manager):
    return client_of(manager)


def address(gallery, more=""):
    return f"/galleries/{gallery.public_id}/members/{more}"


def membership_of(user, gallery):
    return GalleryMembership.objects.filter(user=user, gallery=gallery).first()


def change(browser, membership, role):
    return browser.post(address(membership.gallery, f"{membership.pk}/role/"), {"role": role})


def remove(browser, membership):
    return browser.post(address(membership.gallery, f"{membership.pk}/remove/"))


# --- who --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [MEMBER, CONTRIBUTOR, MODERATOR])
def test_only_managers_see_and_change_members(client_of, gallery, manager, stranger, role):
    user = factories.GalleryMembershipFactory(gallery=gallery, role=role).user
    browser, theirs = client_of(user), membership_of(manager, gallery)
    assert browser.get(address(gallery)).status_code == 403
    assert (
        browser.post(address(gallery), {"email": stranger.email, "role": "member"}).status_code
        == 403
    )
    assert change(browser, theirs, "member").status_code == 403
    assert remove(browser, theirs).status_code == 403
    assert "/members/" not in browser.get(f"/galleries/{gallery.public_id}/").text


def test_strangers_and_signed_out_people_find_nothing(client, client_of, gallery, stranger):
    assert client.get(address(gallery)).status_code == 404
    assert client_of(stranger).get(address(gallery)).status_code == 404


def test_a_manager_of_one_gallery_changes_nothing_in_another(browser, gallery):
    elsewhere = factories.GalleryMembershipFactory()
    more = f"{elsewhere.pk}/remove/"
    assert remove(browser, elsewhere).status_code == 404
    assert browser.post(address(gallery, more)).status_code == 404
    assert (
        browser.post(address(gallery, f"{elsewhere.pk}/role/"), {"role": "manager"}).status_code
        == 404
    )


# --- the list ---------------------------------------------------------------------------------


def test_the_gallery_leads_its_manager_to_the_members(browser, gallery):
    assert address(gallery) in browser.get(f"/galleries/{gallery.public_id}/").text


def test_managers_come_first_and_search_finds_by_name_and_address(browser, gallery, manager):
    ada = factories.UserFactory(first_name="Ada", last_name="Aa", email="ada@example.edu")
    factories.GalleryMembershipFactory(gallery=gallery, user=ada)
    page = browser.get(address(gallery)).context["page_obj"]
    assert [row.user for row in page] == [manager, ada]
    for words in ("ada aa", "ada@example"):
        found = browser.get(address(gallery), {"q": words}).context["page_obj"]
        assert [row.user for row in found] == [ada]
    assert "No results for this search" in browser.get(address(gallery), {"q": "xyz"}).text


def test_eleven_members_cost_as_many_queries_as_one(browser, gallery, django_assert_num_queries):
    with django_assert_num_queries(6):  # session, user, gallery, role, page, to be undone
        browser.get(address(gallery))
    factories.GalleryMembershipFactory.create_batch(10, gallery=gallery)
    with django_assert_num_queries(6):
        assert len(browser.get(address(gallery)).context["page_obj"]) == 11


# --- adding -----------------------------------------------------------------------------------


def test_an_account_is_added_by_its_address_however_it_is_written(browser, gallery, stranger):
    data = {"email": " Stranger@Example.EDU ", "role": CONTRIBUTOR}
    assert browser.post(address(gallery), data)["Location"] == address(gallery)
    assert membership_of(stranger, gallery).role == CONTRIBUTOR


@pytest.mark.parametrize("active", [None, False])
def test_an_address_without_an_account_says_who_makes_accounts(browser, gallery, active):
    if active is False:
        factories.UserFactory(email="nobody@example.edu", is_active=False)
    response = browser.post(address(gallery), {"email": "nobody@example.edu", "role": MEMBER})
    assert response.status_code == 422
    assert "your administrator" in response.text
    assert 'value="nobody@example.edu"' in response.text


def test_who_tries_many_addresses_is_told_to_wait(browser, gallery, manager, stranger, settings):
    """SECURITY: else whoever makes a gallery learns who has an account, and their names."""
    settings.ADD_ACCOUNT_RATE_PER_PERSON = "2/h"
    for number in range(2):
        browser.post(address(gallery), {"email": f"n{number}@example.edu", "role": MEMBER})
    another = factories.GalleryMembershipFactory(user=manager, role=MANAGER).gallery
    answers = {
        browser.post(address(another), {"email": email, "role": MEMBER}).text.replace(email, "")
        for email in (stranger.email, "nobody@example.edu")
    }
    assert len({re.sub(r"\w{20,}", "", answer) for answer in answers}) == 1
    response = browser.post(address(another), {"email": stranger.email, "role": MEMBER})
    assert response.status_code == 422
    [said] = response.context["form"].errors["email"]
    assert said == "Too many attempts. Wait 60 minutes and try again."
    assert f'value="{stranger.email}"' in response.text
    assert membership_of(stranger, another) is None


@pytest.mark.parametrize(
    ("email", "role"),
    [
        ("", MEMBER),
        ("not an address", MEMBER),
        ("stranger@example.edu", "owner"),
        ("a\x00@b.c", ""),
    ],
)
def test_nonsense_is_refused(browser, gallery, stranger, email, role):
    response = browser.post(address(gallery), {"email": email, "role": role})
    assert response.status_code == 422
    assert membership_of(stranger, gallery) is None


def test_a_member_is_not_added_twice_and_keeps_their_role(browser, gallery, manager):
    response = browser.post(address(gallery), {"email": manager.email, "role": MEMBER})
    assert "already a member" in response.text
    assert membership_of(manager, gallery).role == MANAGER


def test_a_class_is_pasted_at_once_and_who_has_no_account_stays_in_the_field(
    browser, gallery, member, stranger
):
    more = factories.UserFactory(email="grace@example.edu")
    typed = (
        f"Some Body <{stranger.email}>, {more.email.upper()}\n"
        f"{member.email}\nnobody@example.edu\nnot an @ address\n"
    )
    response = browser.post(address(gallery), {"people": typed, "role": CONTRIBUTOR})
    assert response.status_code == 422
    assert membership_of(stranger, gallery).role == CONTRIBUTOR
    assert membership_of(more, gallery).role == CONTRIBUTOR
    assert membership_of(member, gallery).role == MEMBER
    assert "2 people are members now." in response.text
    left = response.context["form"]["people"].value()
    assert left.splitlines()[0] == "nobody@example.edu"
    assert stranger.email not in left
    assert "your administrator" in response.text

    response = browser.post(address(gallery), {"people": typed.split("\n")[0], "role": MEMBER})
    assert response["Location"] == address(gallery)
    assert membership_of(more, gallery).role == CONTRIBUTOR


def test_pasting_many_is_counted_by_address(browser, gallery, stranger, settings):
    """SECURITY: as asking for them one by one is."""
    settings.ADD_ACCOUNT_RATE_PER_PERSON = "2/h"
    typed = f"a@example.edu, b@example.edu, {stranger.email}"
    response = browser.post(address(gallery), {"people": typed, "role": MEMBER})
    assert response.status_code == 422
    assert "Too many attempts" in response.text
    assert membership_of(stranger, gallery) is None


def test_those_found_before_the_limit_are_added_and_the_rest_stays(
    browser, gallery, stranger, settings
):
    settings.ADD_ACCOUNT_RATE_PER_PERSON = "1/h"
    late = factories.UserFactory()
    typed = f"{stranger.email}\n{late.email}"
    response = browser.post(address(gallery), {"people": typed, "role": MEMBER})
    assert "Too many attempts" in response.text
    assert membership_of(stranger, gallery).role == MEMBER
    assert membership_of(late, gallery) is None
    assert response.context["form"]["people"].value() == late.email


def test_more_than_can_be_added_at_once_stay_in_the_field(browser, gallery, stranger, monkeypatch):
    monkeypatch.setattr("access.memberships.forms.MOST_AT_ONCE", 1)
    late = factories.UserFactory()
    typed = f"{stranger.email}\n{late.email}"
    response = browser.post(address(gallery), {"people": typed, "role": MEMBER})
    assert "too many at once" in response.text
    assert membership_of(stranger, gallery).role == MEMBER
    assert response.context["form"]["people"].value() == late.email


@pytest.mark.parametrize(
    "wrong", [{"email": "nobody@example.edu"}, {"email": "nonsense"}, {"role": "owner"}]
)
def test_nobody_pasted_is_asked_for_by_a_form_that_adds_nobody(
    browser, gallery, stranger, settings, wrong
):
    settings.ADD_ACCOUNT_RATE_PER_PERSON = "2/h"
    typed = f"{stranger.email}\nnobody.else@example.edu"
    data = {"people": typed, "role": MEMBER} | wrong
    assert browser.post(address(gallery), data).status_code == 422
    assert membership_of(stranger, gallery) is None
    answer = browser.post(address(gallery), {"people": stranger.email, "role": MEMBER})
    assert answer["Location"] == address(gallery)


def test_a_text_without_email_is_no_attempt_and_says_so(browser, gallery, stranger, settings):
    settings.ADD_ACCOUNT_RATE_PER_PERSON = "1/h"
    answer = browser.post(address(gallery), {"people": "Ada Lovelace\nNames", "role": MEMBER})
    assert answer.status_code == 422
    assert "No email was found in this text." in answer.text
    assert "Nobody has an account" not in answer.text
    typed = f"Ada Lovelace\n{stranger.email}"
    answer = browser.post(address(gallery), {"people": typed, "role": MEMBER})
    assert membership_of(stranger, gallery)
    assert answer.context["form"]["people"].value() == "Ada Lovelace"
    assert answer.context["form"].errors["people"] == ["No email was found in this text."]


def test_ten_pasted_are_found_by_one_query(browser, gallery):
    typed = "\n".join(factories.UserFactory().email for _n in range(10))
    with CaptureQueriesContext(connection) as captured:
        browser.post(address(gallery), {"people": typed, "role": MEMBER})
    by_email = f'"{User._meta.db_table}"."email" IN ('
    assert sum(by_email in one["sql"] for one in captured) == 1
    roles = f'SELECT "{GalleryMembership._meta.db_table}"."role"'
    assert sum(one["sql"].startswith(roles) for one in captured) <= 2  # of who adds them
    assert GalleryMembership.objects.filter(gallery=gallery).count() == 11


# --- roles ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(GalleryRole))
def test_a_manager_gives_every_role(browser, gallery, member, role):
    change(browser, membership_of(member, gallery), role)
    assert membership_of(member, gallery).role == role


def test_an_unknown_role_changes_nothing(browser, gallery, member):
    change(browser, membership_of(member, gallery), "owner")
    assert membership_of(member, gallery).role == MEMBER


def test_the_last_manager_is_neither_demoted_nor_removed(browser, gallery, manager):
    only = membership_of(manager, gallery)
    for act in (lambda: change(browser, only, MEMBER), lambda: remove(browser, only)):
        response = act()
        assert "needs a manager" in browser.get(response["Location"]).text
        assert membership_of(manager, gallery).role == MANAGER


def test_a_manager_who_cannot_sign_in_does_not_count(browser, gallery, manager):
    off = factories.UserFactory(is_active=False)
    factories.GalleryMembershipFactory(gallery=gallery, user=off, role=MANAGER)
    remove(browser, membership_of(manager, gallery))
    assert membership_of(manager, gallery)


def test_a_manager_beside_another_may_go_and_lands_where_they_still_may_be(
    browser, gallery, manager
):
    factories.GalleryMembershipFactory(gallery=gallery, role=MANAGER)
    own = membership_of(manager, gallery)
    assert change(browser, own, MEMBER)["Location"] == f"/galleries/{gallery.public_id}/"
    GalleryMembership.objects.filter(pk=own.pk).update(role=MANAGER)
    assert remove(browser, own)["Location"] == "/galleries/"
    assert membership_of(manager, gallery) is None


def test_a_member_is_removed(browser, gallery, member):
    remove(browser, membership_of(member, gallery))
    assert membership_of(member, gallery) is None


def test_removing_is_undone_for_a_minute_with_role_and_day(browser, gallery, member):
    row = membership_of(member, gallery)
    since = timezone.now() - timedelta(days=30)
    GalleryMembership.objects.filter(pk=row.pk).update(role=CONTRIBUTOR, since=since)
    undo = address(gallery, f"{member.pk}/undo/")
    assert remove(browser, row)["Location"] == address(gallery)
    page = browser.get(address(gallery)).text
    assert f"<bdi>{member.get_full_name()}</bdi> is no longer a member." in page
    assert f'action="{undo}"' in page
    for _twice in range(2):
        answer = browser.post(undo, follow=True)
        assert answer.redirect_chain[0][0] == address(gallery)
        assert "is a member again." in answer.text
        assert "too late" not in answer.text
        again = membership_of(member, gallery)
        assert (again.role, again.since) == (CONTRIBUTOR, since)
    assert "/undo/" not in browser.get(address(gallery)).text

    remove(browser, again)
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert "/undo/" not in browser.get(address(gallery)).text
        assert "too late to undo" in browser.post(undo, follow=True).text
    assert membership_of(member, gallery) is None


def test_undoing_is_for_whoever_removed_them_and_for_nobody_else(
    browser, client_of, gallery, member, stranger
):
    other = factories.GalleryMembershipFactory(gallery=gallery, role=MANAGER).user
    remove(browser, membership_of(member, gallery))
    assert "/undo/" not in client_of(other).get(address(gallery)).text
    undo = address(gallery, f"{member.pk}/undo/")
    client_of(other).post(undo)
    assert client_of(stranger).post(undo).status_code == 404
    assert browser.get(undo).status_code == 405
    browser.post(address(gallery, f"{stranger.pk}/undo/"))  # never a member
    assert membership_of(member, gallery) is None
    assert membership_of(stranger, gallery) is None


def test_a_class_added_since_takes_no_undoing(browser, gallery, member):
    remove(browser, membership_of(member, gallery))
    typed = "\n".join(factories.UserFactory().email for _n in range(21))
    browser.post(address(gallery), {"people": typed, "role": MEMBER})
    undo = address(gallery, f"{member.pk}/undo/")
    assert f'action="{undo}"' in browser.get(address(gallery)).text
    browser.post(undo)
    assert membership_of(member, gallery)


def test_what_another_manager_did_since_is_not_undone(browser, client_of, gallery, member):
    other = factories.GalleryMembershipFactory(gallery=gallery, role=MANAGER).user
    theirs = client_of(other)
    remove(browser, membership_of(member, gallery))
    theirs.post(address(gallery), {"email": member.email, "role": CONTRIBUTOR})
    remove(theirs, membership_of(member, gallery))
    assert f"/{member.pk}/undo/" not in browser.get(address(gallery)).text
    browser.post(address(gallery, f"{member.pk}/undo/"))
    assert membership_of(member, gallery) is None


def test_acts_are_posts(browser, gallery, member):
    row = membership_of(member, gallery)
    assert browser.get(address(gallery, f"{row.pk}/role/")).status_code == 405
    assert browser.get(address(gallery, f"{row.pk}/remove/")).status_code == 405


def test_nobody_grants_above_their_own_role(gallery, manager, stranger):
    moderator = factories.GalleryMembershipFactory(gallery=gallery, role=MODERATOR).user
    theirs = membership_of(manager, gallery)
    with pytest.raises(services.RoleAboveOwn):
        services.add_member(gallery=gallery, user=stranger, role=MANAGER, by=moderator)
    with pytest.raises(services.RoleAboveOwn):
        services.change_role(membership=theirs, role=MEMBER, by=moderator)
    with pytest.raises(services.RoleAboveOwn):
        services.remove_member(membership=theirs, by=moderator)
    with pytest.raises(services.RoleAboveOwn):
        services.add_member(gallery=gallery, user=stranger, role=MEMBER, by=stranger)
    services.add_member(gallery=gallery, user=stranger, role=MODERATOR, by=moderator)


def test_removing_twice_is_removing_once(gallery, manager, member):
    row = membership_of(member, gallery)
    services.remove_member(membership=row, by=manager)
    services.remove_member(membership=GalleryMembership(pk=10**6, gallery=gallery), by=manager)
