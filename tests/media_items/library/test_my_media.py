"""My media and the bin: what is listed, for whom, and what it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from media_items.catalogue.models import Kind, State
from media_items.models import MediaItem, Preparation
from media_items.processing.models import Purpose
from tests import factories
from tests.media_items.playback.conftest import store

pytestmark = pytest.mark.django_db


def titles(response):
    return [item.title for item in response.context["page_obj"]]


@pytest.fixture
def browser(client_of, owner):
    return client_of(owner)


def test_own_items_are_listed_and_nobody_elses(browser, owner, item):
    factories.MediaItemFactory(title="Theirs", state=State.UNLISTED)
    factories.MediaItemFactory(owner=owner, in_bin=True)
    response = browser.get("/media/")
    assert titles(response) == [item.title]


def test_shared_with_me_lists_what_one_co_edits(client_of, item, co_editor):
    factories.MediaItemFactory(owner=co_editor, title="My own")
    browser = client_of(co_editor)
    response = browser.get("/media/?tab=shared")
    assert titles(response) == [item.title]
    assert item.owner.get_full_name() in response.text
    assert titles(browser.get("/media/")) == ["My own"]


def test_somebody_signed_out_is_asked_to_sign_in():
    for address in ("/media/", "/media/bin/", "/galleries/", "/media/new/video/"):
        response = Client().get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/")


def test_a_guest_has_no_my_media(guest_client):
    assert guest_client.get("/media/").status_code == 302


def test_search_looks_in_title_tags_and_description_for_every_word(browser, owner):
    factories.MediaItemFactory(owner=owner, title="Mitosis", tags="cells, biology")
    factories.MediaItemFactory(owner=owner, title="Meiosis", description="Cells that divide")
    factories.MediaItemFactory(owner=owner, title="Quarks")
    assert sorted(titles(browser.get("/media/?q=cell"))) == ["Meiosis", "Mitosis"]
    assert titles(browser.get("/media/?q=cell+biology")) == ["Mitosis"]
    assert "Nothing found" in browser.get("/media/?q=gluon").text


def test_kind_and_state_filter(browser, owner):
    factories.MediaItemFactory(owner=owner, title="Quiz", kind=Kind.QUIZ)
    factories.MediaItemFactory(owner=owner, title="Open", unlisted=True)
    assert titles(browser.get("/media/?kind=quiz")) == ["Quiz"]
    assert titles(browser.get("/media/?state=unlisted")) == ["Open"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("newest", ["b", "a", "C"]), ("changed", ["C", "b", "a"]), ("title", ["a", "b", "C"])],
)
def test_sorting(browser, owner, sort, expected):
    now = timezone.now()
    for title, created, changed in [("a", 2, 3), ("b", 1, 2), ("C", 3, 1)]:
        made = factories.MediaItemFactory(owner=owner, title=title)
        MediaItem.objects.filter(pk=made.pk).update(
            created_at=now - timedelta(days=created), updated_at=now - timedelta(days=changed)
        )
    assert titles(browser.get(f"/media/?sort={sort}")) == expected


@pytest.mark.parametrize(
    "query",
    [
        "sort=owner__password&kind=x&state=y&page=-1&view=z",
        "page=99999999999999999999",
        "page=%00&q=%00&kind=%00",
        "page=٣",
    ],
)
def test_an_address_with_nonsense_opens_the_list(browser, item, query):
    response = browser.get(f"/media/?{query}")
    assert response.status_code == 200
    assert titles(response) == [item.title]


def test_of_a_search_that_is_too_long_the_beginning_is_searched_for(browser, item, owner):
    factories.MediaItemFactory(owner=owner, title="x" * 200)
    assert titles(browser.get("/media/?q=" + "x" * 5000)) == ["x" * 200]


def test_a_page_holds_24_and_keeps_the_query_string(browser, owner):
    factories.MediaItemFactory.create_batch(25, owner=owner, title="Cell")
    first = browser.get("/media/?q=cell&view=list")
    assert len(titles(first)) == 24
    assert "?q=cell&amp;view=list&amp;page=2" in first.text
    assert len(titles(browser.get("/media/?q=cell&page=2"))) == 1


def test_htmx_gets_the_results_alone(browser, item):
    response = browser.get("/media/", headers={"HX-Request": "true"})
    assert item.title in response.text
    assert "<html" not in response.text
    assert "HX-Request" in response["Vary"]


def test_going_back_in_the_browser_gets_the_whole_page(browser, item):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in browser.get("/media/", headers=headers).text


def test_a_card_shows_state_length_preparation_and_picture(browser, item):
    store(item, Purpose.ORIGINAL, duration_ms=24 * 60_000)
    poster = store(item, Purpose.POSTER)
    Preparation.objects.create(item=item, started_at=timezone.now(), percent=40)
    text = browser.get("/media/").text
    assert "Private" in text
    assert "24:00" in text
    assert "Processing, 40%" in text
    assert f"/media/{item.public_id}/thumbnail/?v=p{poster.pk}" in text


def test_an_item_without_a_file_says_so_and_shows_the_picture_of_its_kind(browser, item):
    text = browser.get("/media/").text
    assert "No file yet" in text
    assert "img/kinds/video.svg" in text


def test_a_title_is_text_and_never_markup(browser, owner):
    factories.MediaItemFactory(owner=owner, title="<script>alert(1)</script>", in_bin=False)
    factories.MediaItemFactory(owner=owner, title="<img onerror=x>", in_bin=True)
    assert "<script>alert" not in browser.get("/media/").text
    assert "&lt;script&gt;alert" in browser.get("/media/").text
    assert "<img onerror" not in browser.get("/media/bin/").text


@pytest.mark.parametrize("address", ["/media/", "/media/?q=cell&sort=title", "/media/bin/"])
def test_eleven_items_cost_as_many_queries_as_one(
    browser, owner, address, django_assert_num_queries, django_assert_max_num_queries
):
    def make(number):
        for _index in range(number):
            one = factories.MediaItemFactory(owner=owner, in_bin="bin" in address)
            store(one, Purpose.POSTER)
            Preparation.objects.create(item=one)

    make(1)
    browser.get(address)
    with django_assert_max_num_queries(8) as spent:
        browser.get(address)
    make(10)
    with django_assert_num_queries(len(spent)):
        assert browser.get(address).text.count('class="card"') == 11


def test_empty_lists_say_what_to_do(client_of, stranger):
    browser = client_of(stranger)
    assert "Upload your first" in browser.get("/media/").text
    assert "Nothing has been shared with you" in browser.get("/media/?tab=shared").text
    assert "The bin is empty" in browser.get("/media/bin/").text


def test_the_bin_lists_own_deleted_items_with_the_days_left(browser, owner, item, settings):
    settings.BIN_KEPT_DAYS = 30
    deleted_at = timezone.now() - timedelta(days=3, hours=1)
    gone = factories.MediaItemFactory(owner=owner, title="Gone", deleted_at=deleted_at)
    factories.MediaItemFactory(title="Theirs", in_bin=True)
    response = browser.get("/media/bin/")
    assert titles(response) == ["Gone"]
    assert "27 days left" in response.text
    assert f"/media/{gone.public_id}/restore/" in response.text
