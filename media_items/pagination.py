"""Pages of long lists, without counting the whole list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

from media_items.numbers import page_number

PER_PAGE = 24
MOST_COUNTED = 500  # rows counted at most, unless a page beyond them is asked for
_PAGES_AHEAD = 3


class SteadyPaginator(Paginator):
    """Counts a few pages beyond the one asked for: page 1 of 100,000 rows costs as much as of 500.

    `is_whole`: `count` is the number of all rows.
    """

    def __init__(self, rows: QuerySet[Any], number: object, per_page: int = PER_PAGE) -> None:
        super().__init__(rows, per_page)
        self._rows = rows
        self.asked_for = page_number(number)
        self._ceiling = max(MOST_COUNTED, (self.asked_for + _PAGES_AHEAD) * per_page) + 1

    @cached_property
    def count(self) -> int:
        return self._rows.order_by().values("pk")[: self._ceiling].count()

    @property
    def is_whole(self) -> bool:
        return self.count < self._ceiling

    @property
    def most_counted(self) -> int:
        return self._ceiling - 1

    def asked_page(self) -> Page[Any]:
        """The page asked for, or the nearest that exists."""
        return self.get_page(self.asked_for)

    def get_elided_page_range(  # type: ignore[override]
        self, number: int | None = None, *, on_each_side: int = 2, on_ends: int = 1
    ) -> Iterator[int | str]:
        """Around the page that is shown."""
        current = min(number or self.asked_for, self.num_pages)
        return super().get_elided_page_range(current, on_each_side=on_each_side, on_ends=on_ends)


def first_page(
    first: list[Any], *, per_page: int = PER_PAGE, count: int | None = None
) -> Page[Any]:
    """The first page of a list whose first rows are known, one more than stand on it. `count` is
    the number of all, as far as it is of interest; without it there is one page more at most."""
    paginator = SteadyPaginator(cast("QuerySet[Any]", []), 1, per_page)
    paginator.count = len(first) if count is None else count
    return Page(first[:per_page], 1, paginator)


def page_of(
    rows: QuerySet[Any], number: object, *, per_page: int = PER_PAGE, often_short: bool = False
) -> Page[Any]:
    """`often_short`: the first page is asked for before the number of all, which is not asked where
    the list ends on it."""
    paginator = SteadyPaginator(rows, number, per_page)
    first: list[Any] = []
    if often_short and paginator.asked_for == 1:
        first = list(rows[: per_page + 1])
        if len(first) <= per_page:
            paginator.count = len(first)
    page = paginator.asked_page()
    page.object_list = first[:per_page] or list(page.object_list)
    return page
