"""Pages of long lists."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_items import pagination
from media_items.models import MediaItem
from tests import factories

pytestmark = pytest.mark.django_db


def rows():
    return MediaItem.objects.newest_first()


def test_a_short_list_is_counted_whole(owner):
    factories.MediaItemFactory.create_batch(3, owner=owner)
    page = pagination.page_of(rows(), 1, per_page=2)
    assert page.paginator.is_whole
    assert page.paginator.count == 3
    assert page.has_next()


@pytest.mark.parametrize(("number", "queries"), [(2, 1), (3, 1), (4, 2), (30, 2)])
def test_a_list_that_is_often_short_is_counted_where_it_is_not(
    owner, number, queries, django_assert_num_queries
):
    factories.MediaItemFactory.create_batch(number, owner=owner)
    with django_assert_num_queries(queries):
        page = pagination.page_of(rows(), 1, per_page=3)
        assert page.paginator.count == number
    assert list(page) == list(rows()[:3])
    past = pagination.page_of(rows(), 99, per_page=3)
    assert past.number == -(-number // 3)


def test_nothing_is_one_empty_page(django_assert_num_queries):
    with django_assert_num_queries(1):
        page = pagination.page_of(rows(), 1)
        assert (page.number, page.paginator.count, list(page)) == (1, 0, [])


def test_a_long_list_is_counted_no_further_than_needed(owner, monkeypatch):
    monkeypatch.setattr(pagination, "MOST_COUNTED", 4)
    factories.MediaItemFactory.create_batch(12, owner=owner)
    page = pagination.page_of(rows(), 1, per_page=1)
    assert not page.paginator.is_whole
    assert page.paginator.most_counted == 4
    assert pagination.page_of(rows(), 12, per_page=1).paginator.count == 12


def test_rows_are_not_skipped_to_see_that_there_is_no_such_page(owner, monkeypatch):
    monkeypatch.setattr(pagination, "MOST_COUNTED", 4)
    factories.MediaItemFactory.create_batch(5, owner=owner)
    with CaptureQueriesContext(connection) as asked:
        page = pagination.page_of(rows(), 999_999, per_page=2)
    assert (page.number, len(asked)) == (3, 2)
    assert [one["sql"] for one in asked if "OFFSET 1999996" in one["sql"]] == []


def test_past_the_end_is_the_last_page(owner):
    factories.MediaItemFactory.create_batch(3, owner=owner)
    assert pagination.page_of(rows(), 50, per_page=2).number == 2


@pytest.mark.parametrize("number", [None, "", "x", "-3", "0", "1.5", "²", "9" * 5000])
def test_nonsense_is_the_first_page(number, owner):
    assert pagination.page_of(rows(), number).number == 1


def test_the_numbers_shown_are_around_the_page_shown(owner):
    factories.MediaItemFactory.create_batch(30, owner=owner)
    paginator = pagination.page_of(rows(), 15, per_page=1).paginator
    assert {13, 14, 15, 16, 17} <= set(paginator.get_elided_page_range())


@pytest.mark.parametrize(
    ("number", "rows_there", "queries"),
    [(1, 0, 1), (1, 2, 1), (1, 4, 2), (2, 3, 1), (2, 4, 1), (2, 5, 2), (3, 4, 3), (50, 3, 3)],
)
def test_a_page_that_is_the_last_says_the_number_itself(
    owner, django_assert_num_queries, number, rows_there, queries
):
    factories.MediaItemFactory.create_batch(rows_there, owner=owner)
    with django_assert_num_queries(queries):
        page = pagination.page_of(rows(), number, per_page=2)
        assert page.paginator.count == rows_there
    everything = list(rows())
    start = (page.number - 1) * 2
    assert list(page) == everything[start : start + 2]
    assert page.has_next() == (start + 2 < rows_there)
