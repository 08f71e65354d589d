"""The publish dialog and its service."""

from __future__ import annotations

import pytest

from access.memberships.models import GalleryRole
from media_items.catalogue.models import State
from media_items.library.services import publishing
from media_items.models import Gallery
from media_items.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_of, owner):
    return client_of(owner)


@pytest.fixture
def contributing(owner, gallery):
    factories.GalleryMembershipFactory(gallery=gallery, user=owner, role=GalleryRole.CONTRIBUTOR)
    return gallery


def post(browser, item, state, *galleries, **headers):
    data = {"state": state, "galleries": [gallery.public_id for gallery in galleries]}
    return browser.post(f"/media/{item.public_id}/publish/", data, headers=headers)


def places(item):
    return set(item.galleries.values_list("name", flat=True))


def test_an_item_is_published_where_its_owner_may(browser, item, contributing, owner):
    assert post(browser, item, "published", contributing)["Location"] == item.get_absolute_url()
    item.refresh_from_db()
    assert item.state == State.PUBLISHED
    assert item.publications.get().published_by == owner


def test_unlisted_needs_no_gallery(browser, item):
    post(browser, item, "unlisted")
    item.refresh_from_db()
    assert item.state == State.UNLISTED


def test_published_needs_a_gallery(browser, item, contributing):
    response = post(browser, item, "published")
    assert response.status_code == 422
    assert "at least one gallery" in response.text
    item.refresh_from_db()
    assert item.state == State.PRIVATE


@pytest.mark.parametrize("state", ["", "deleted", "\x00"])
def test_an_unknown_state_is_refused(browser, item, state):
    assert post(browser, item, state).status_code == 422


@pytest.mark.parametrize("role", [None, GalleryRole.MEMBER])
def test_a_gallery_one_may_not_publish_into_is_refused(browser, item, owner, gallery, role):
    if role:
        factories.GalleryMembershipFactory(gallery=gallery, user=owner, role=role)
    response = post(browser, item, "published", gallery)
    assert response.status_code == 422
    assert "publish in one of these galleries" in response.text
    assert places(item) == set()


@pytest.mark.parametrize("value", ["1", "999999999999999999999999", "\x00", "<script>"])
def test_nonsense_for_a_gallery_is_refused(browser, item, value):
    data = {"state": "published", "galleries": [value]}
    response = browser.post(f"/media/{item.public_id}/publish/", data)
    assert response.status_code == 422
    assert "<script>" not in response.text.partition("dialog-panel")[2].partition("</section>")[0]


def test_a_place_beyond_ones_reach_is_shown_and_never_dropped(browser, item, contributing):
    beyond = factories.GalleryFactory(name="Beyond")
    factories.PublicationFactory(item=item, gallery=beyond)
    text = browser.get(f"/media/{item.public_id}/publish/").text
    assert "Beyond" in text
    assert f'id="id_gallery_{beyond.public_id}" disabled checked' in text
    post(browser, item, "published", contributing)
    assert places(item) == {"Beyond", contributing.name}
    post(browser, item, "published")
    assert places(item) == {"Beyond"}


def test_unticking_takes_it_out(browser, item, contributing):
    other = factories.GalleryMembershipFactory(user=item.owner, role=GalleryRole.MANAGER).gallery
    post(browser, item, "published", contributing, other)
    post(browser, item, "published", other)
    assert places(item) == {other.name}


def test_galleries_of_others_are_not_offered(browser, item):
    factories.GalleryFactory(name="Secret seminar")
    assert "Secret seminar" not in browser.get(f"/media/{item.public_id}/publish/").text


def test_the_dialog_says_who_can_open_it(browser, item):
    text = browser.get(f"/media/{item.public_id}/publish/").text
    assert "Only you, your co-editors" in text
    assert "Anybody with the page link" in text
    assert "Members of the galleries" in text


def test_htmx_gets_the_dialog_alone_and_the_page_reloads_after_it(browser, item):
    headers = {"HX-Request": "true"}
    text = browser.get(f"/media/{item.public_id}/publish/", headers=headers).text
    assert "dialog-title" in text
    assert "<html" not in text
    response = post(browser, item, "unlisted", **headers)
    assert (response.status_code, response["HX-Refresh"]) == (204, "true")


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_one_is_not_sent_to_another_site(browser, item, address):
    data = {"state": "unlisted", "next": address}
    response = browser.post(f"/media/{item.public_id}/publish/", data)
    assert response["Location"] == item.get_absolute_url()


def test_one_is_sent_where_one_came_from(browser, item):
    data = {"state": "unlisted", "next": "/media/?q=cell"}
    response = browser.post(f"/media/{item.public_id}/publish/", data)
    assert response["Location"] == "/media/?q=cell"


def test_the_service_asks_again_where_one_may_publish(item, owner, gallery):
    with pytest.raises(Refusal):
        publishing.publish(
            item=item,
            state=State.PUBLISHED,
            galleries=[gallery],
            among=Gallery.objects.none(),
            by=owner,
        )
    assert places(item) == set()


def test_published_again_it_is_new_again(item, owner, contributing):
    def publish(state):
        among = Gallery.objects.all()
        publishing.publish(item=item, state=state, galleries=among, among=among, by=owner)
        return item.publications.get().published_at

    first = publish(State.PUBLISHED)
    assert publish(State.PUBLISHED) == first
    publish(State.PRIVATE)
    assert publish(State.PUBLISHED) > first
