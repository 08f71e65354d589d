"""Many rows of a list selected at once: those that were ticked, or all that its filter finds.

The forms are `components/_selection.html`, which sends what was ticked, and the question before the
act, which sends the rows it has counted. Where all that the filter finds are meant, both send the
list's query string as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from media_items.numbers import ids
from media_items.refusals import Refusal
from media_items.requests import FoyerRequest

MOST_AT_ONCE = 500
_LONGEST_FILTER = 4_000
_WITHIN_ONE_ACT = timedelta(seconds=1)  # from one row to the next


class NothingSelected(Refusal):
    status = 422
    message = _("Nothing is selected. Select items first, then press Apply.")


class TooManySelected(Refusal):
    status = 422
    message = _("You can change up to %(most)d items at once. Select fewer.")

    def __init__(self) -> None:
        super().__init__(self.message % {"most": MOST_AT_ONCE})


@dataclass(frozen=True)
class Selection:
    """`keys` of rows. `filter` is the list's query string where all it finds are meant, else empty;
    `gone` counts those of the question whom it does not find any more. A list of people refuses in
    words of its own (`access.selections`)."""

    nothing: ClassVar[type[NothingSelected]] = NothingSelected
    too_many: ClassVar[type[TooManySelected]] = TooManySelected

    keys: list[int]
    filter: str = ""
    is_everything: bool = False
    gone: int = 0

    @classmethod
    def of(
        cls, request: FoyerRequest, found: Callable[[QueryDict], QuerySet[Any]], *, is_sure: bool
    ) -> Self:
        """Raises `NothingSelected` and `TooManySelected`.

        Once the host is sure, the act is for those whom the question has counted and the filter
        still finds: for nobody whom the host was not told of.
        """
        keys = list(dict.fromkeys(ids(request.POST.getlist("pk"))))
        if request.POST.get("everything") != "yes":
            return cls(keys)._bounded()
        query = request.POST.get("filter", "")[:_LONGEST_FILTER]
        rows = found(QueryDict(query)).order_by().values_list("pk", flat=True)
        if not is_sure:
            return cls(list(rows[: MOST_AT_ONCE + 1]), query, is_everything=True)._bounded()
        cls(keys)._bounded()
        still = set(rows.filter(pk__in=keys))
        left = [key for key in keys if key in still]
        return cls(left, query, is_everything=True, gone=len(keys) - len(left))

    def _bounded(self) -> Self:
        if not self.keys:
            raise self.nothing
        if len(self.keys) > MOST_AT_ONCE:
            raise self.too_many
        return self


def number_selectable(page: Page[Any], rows: QuerySet[Any] | None = None) -> int | None:
    """How many *Select all* would select beyond the page: None where the page shows them all or
    there are more than may be changed at once. `rows`: those that can be selected, where these are
    not all that the list has counted."""
    if not page.has_other_pages():
        return None
    if rows is None:
        number = page.paginator.count
        return number if number <= MOST_AT_ONCE else None
    number = rows.order_by().values("pk")[: MOST_AT_ONCE + 1].count()
    return number if number <= MOST_AT_ONCE else None


def done_together[T](rows: Iterable[T], at: Callable[[T], datetime]) -> list[list[T]]:
    """Rows in the order of time, those of one act together: what follows one another faster than
    somebody presses twice, with a question between, was one press."""
    acts: list[list[T]] = []
    for row in rows:
        if acts and abs(at(row) - at(acts[-1][-1])) < _WITHIN_ONE_ACT:
            acts[-1].append(row)
        else:
            acts.append([row])
    return acts
