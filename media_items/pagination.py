"""Pages of long lists, without counting the whole list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

from media_items.numbers import page_number

PER_PAGE = 24
MOST_COUNTED = 500  # rows counted at most, unless a page beyond them is asked for
_PAGES_AHEAD = 3


def ceiling_for(number: object, per_page: int) -> int:
    """How many rows a page of that number needs to know of: one more than are counted."""
    return max(MOST_COUNTED, (page_number(number) + _PAGES_AHEAD) * per_page) + 1


class SteadyPaginator(Paginator):
    """Counts a few pages beyond the one asked for: page 1 of 100,000 rows costs as much as of 500.

    The rows of the page asked for are read first, and one more: where they end there, they say the
    number, and nothing is counted. A page far behind is read where there is one: to skip rows costs
    more than to count their keys. `is_whole`: `count` is the number of all rows.
    """

    def __init__(self, rows: QuerySet[Any], number: object, per_page: int = PER_PAGE) -> None:
        super().__init__(rows, per_page)
        self._rows = rows
        self.asked_for = page_number(number)
        self._ceiling = ceiling_for(number, per_page)
        self._start = (self.asked_for - 1) * per_page

    @cached_property
    def _read(self) -> list[Any]:
        return list(self._rows[self._start : self._start + self.per_page + 1])

    @cached_property
    def count(self) -> int:
        if self._start >= MOST_COUNTED:
            return self.counted(self._rows)
        is_last = len(self._read) <= self.per_page and (self._read or not self._start)
        return self._start + len(self._read) if is_last else self.counted(self._rows)

    def counted(self, rows: QuerySet[Any]) -> int:
        return counted_for(rows, self.asked_for, per_page=self.per_page)

    @property
    def is_whole(self) -> bool:
        return self.count < self._ceiling

    @property
    def most_counted(self) -> int:
        return self._ceiling - 1

    def asked_page(self) -> Page[Any]:
        """The page asked for, or the nearest that exists."""
        return self.get_page(self.asked_for)

    def page(self, number: int | str) -> Page[Any]:
        if self.validate_number(number) != self.asked_for:
            return super().page(number)
        return Page(self._read[: self.per_page], self.asked_for, self)

    def get_elided_page_range(  # type: ignore[override]
        self, number: int | None = None, *, on_each_side: int = 2, on_ends: int = 1
    ) -> Iterator[int | str]:
        """Around the page that is shown."""
        current = min(number or self.asked_for, self.num_pages)
        return super().get_elided_page_range(current, on_each_side=on_each_side, on_ends=on_ends)


def counted_for(rows: QuerySet[Any], number: object, *, per_page: int = PER_PAGE) -> int:
    """By the database, no further than is of interest on a page of that number."""
    return rows.order_by().values("pk")[: ceiling_for(number, per_page)].count()


def first_page(
    first: list[Any], *, per_page: int = PER_PAGE, count: int | None = None
) -> Page[Any]:
    """The first page of a list whose first rows are known, one more than stand on it. `count` is
    the number of all, as far as it is of interest; without it there is one page more at most."""
    paginator = SteadyPaginator(cast("QuerySet[Any]", []), 1, per_page)
    paginator.count = len(first) if count is None else count
    return Page(first[:per_page], 1, paginator)


def page_of(rows: QuerySet[Any], number: object, *, per_page: int = PER_PAGE) -> Page[Any]:
    page = SteadyPaginator(rows, number, per_page).asked_page()
    page.object_list = list(page.object_list)
    return page


def page_by_keys(
    rows: QuerySet[Any],
    number: object,
    *,
    per_page: int = PER_PAGE,
    shown: Callable[[tuple[int, ...]], Iterable[Any]],
) -> Page[Any]:
    """The keys first: what 100,000 rows are sorted and filtered by is less than what fifty of them
    show. `shown` gives those rows, in any order; it is not asked for none."""
    return with_rows(page_of(rows.values_list("pk", flat=True), number, per_page=per_page), shown)


def with_rows(page: Page[Any], shown: Callable[[tuple[int, ...]], Iterable[Any]]) -> Page[Any]:
    """A page of keys with their rows instead; a row that is gone by now is left out."""
    keys = tuple(page.object_list)
    by_key = {row.pk: row for row in shown(keys)} if keys else {}
    page.object_list = [by_key[pk] for pk in keys if pk in by_key]
    return page
