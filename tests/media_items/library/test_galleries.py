"""Galleries: mine, what is in one, and taking things out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from access.memberships.models import GalleryRole
from media_items.catalogue.models import Kind, State
from media_items.models import MediaItem
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_of, member):
    return client_of(member)


def published(gallery, days_ago=0, **fields):
    item = factories.MediaItemFactory(published=True, **fields)
    when = timezone.now() - timedelta(days=days_ago)
    factories.PublicationFactory(item=item, gallery=gallery, published_at=when)
    return item


def titles(response):
    return [item.title for item in response.context["page_obj"]]


def address(gallery, more=""):
    return f"/galleries/{gallery.public_id}/{more}"


def test_galleries_lists_those_one_is_a_member_of(browser, gallery):
    factories.GalleryFactory(name="Not mine")
    response = browser.get("/galleries/")
    assert gallery.name in response.text
    assert "Not mine" not in response.text
    assert "None of your galleries" in browser.get("/galleries/?q=zoology").text


def test_a_gallery_lists_what_is_published_there_newest_first(browser, gallery):
    published(gallery, days_ago=2, title="Old")
    published(gallery, days_ago=1, title="New")
    published(factories.GalleryFactory(), title="Elsewhere")
    assert titles(browser.get(address(gallery))) == ["New", "Old"]


def test_only_what_one_can_open_now_is_listed(browser, gallery):
    hour = timedelta(hours=1)
    published(gallery, title="Gone", in_bin=True)
    published(gallery, title="Early", available_from=timezone.now() + hour)
    published(gallery, title="Late", available_until=timezone.now() - hour)
    MediaItem.objects.filter(pk=published(gallery, title="Private again").pk).update(
        state=State.PRIVATE
    )
    MediaItem.objects.filter(pk=published(gallery, title="Unlisted now").pk).update(
        state=State.UNLISTED
    )
    published(gallery, title="Here")
    assert titles(browser.get(address(gallery))) == ["Here"]


def test_an_item_in_two_galleries_is_listed_once_with_the_day_of_this_one(browser, gallery, member):
    other = factories.GalleryMembershipFactory(user=member).gallery
    both = published(gallery, days_ago=3, title="Both")
    factories.PublicationFactory(item=both, gallery=other)
    published(gallery, days_ago=2, title="Newer here")
    assert titles(browser.get(address(gallery))) == ["Newer here", "Both"]


def test_search_and_kind_narrow_a_gallery(browser, gallery):
    published(gallery, title="Mitosis")
    published(gallery, title="Exam", kind=Kind.QUIZ)
    assert titles(browser.get(address(gallery, "?q=mito"))) == ["Mitosis"]
    assert titles(browser.get(address(gallery, "?kind=quiz"))) == ["Exam"]


def test_a_strangers_gallery_is_not_found(client_of, stranger, gallery):
    assert client_of(stranger).get(address(gallery)).status_code == 404
    assert Client().get(address(gallery)).status_code == 302


def test_eleven_items_cost_as_many_queries_as_one(browser, gallery, django_assert_num_queries):
    published(gallery)
    with django_assert_num_queries(6):  # session, user, gallery, role, page, rooms
        browser.get(address(gallery))
    for _index in range(10):
        published(gallery)
    with django_assert_num_queries(6):
        assert browser.get(address(gallery)).text.count('class="card"') == 11


def test_eleven_galleries_cost_as_many_queries_as_one(
    browser, member, gallery, django_assert_num_queries
):
    with django_assert_num_queries(4):  # session, user, site policy, page
        browser.get("/galleries/")
    factories.GalleryMembershipFactory.create_batch(10, user=member)
    with django_assert_num_queries(4):
        assert len(browser.get("/galleries/").context["page_obj"]) == 11


# --- taking out -------------------------------------------------------------------------------


def take_out(client, gallery, item):
    return client.post(address(gallery, f"take-out/{item.public_id}/"))


@pytest.mark.parametrize("role", [GalleryRole.MEMBER, GalleryRole.CONTRIBUTOR])
def test_members_and_contributors_may_not_take_out(client_of, gallery, role):
    user = factories.GalleryMembershipFactory(gallery=gallery, role=role).user
    item = published(gallery)
    browser = client_of(user)
    assert "Remove from gallery" not in browser.get(address(gallery)).text
    assert take_out(browser, gallery, item).status_code == 403
    assert item.galleries.count() == 1


@pytest.mark.parametrize("role", [GalleryRole.MODERATOR, GalleryRole.MANAGER])
def test_a_moderator_takes_out_and_the_last_place_lost_makes_it_private(client_of, gallery, role):
    user = factories.GalleryMembershipFactory(gallery=gallery, role=role).user
    item = published(gallery)
    other = factories.PublicationFactory(item=item).gallery
    browser = client_of(user)
    assert "Remove from gallery" in browser.get(address(gallery)).text
    assert take_out(browser, gallery, item)["Location"] == address(gallery)
    item.refresh_from_db()
    assert (item.state, list(item.galleries.all())) == (State.PUBLISHED, [other])
    assert take_out(browser, other, item).status_code == 404
    factories.GalleryMembershipFactory(gallery=other, user=user, role=role)
    take_out(browser, other, item)
    item.refresh_from_db()
    assert item.state == State.PRIVATE


def test_taking_out_is_a_post_and_only_of_what_is_there(client_of, gallery, item):
    manager = factories.GalleryMembershipFactory(gallery=gallery, role=GalleryRole.MANAGER).user
    browser = client_of(manager)
    assert browser.get(address(gallery, f"take-out/{item.public_id}/")).status_code == 405
    assert take_out(browser, gallery, item).status_code == 404


@pytest.mark.parametrize("state", [State.PRIVATE, State.UNLISTED])
def test_a_moderator_learns_nothing_of_an_item_taken_back_meanwhile(client_of, gallery, state):
    moderator = factories.GalleryMembershipFactory(gallery=gallery, role=GalleryRole.MODERATOR).user
    item = published(gallery)
    type(item).objects.filter(pk=item.pk).update(state=state, title="A new and secret title")
    browser = client_of(moderator)
    assert take_out(browser, gallery, item).status_code == 404
    assert "secret" not in browser.get(address(gallery)).text
    assert item.galleries.count() == 1


def test_names_are_text(client_of):
    gallery = factories.GalleryFactory(name="<b>Bold</b>", description="<i>x</i>")
    manager = factories.GalleryMembershipFactory(gallery=gallery, role=GalleryRole.MANAGER).user
    published(gallery, title="<u>Title</u>")
    browser = client_of(manager)
    for page in ("/galleries/", address(gallery), address(gallery, "members/")):
        text = browser.get(page).text
        assert not any(tag in text for tag in ("<b>Bold", "<i>x", "<u>Title"))
