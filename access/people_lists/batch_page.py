"""The page on which a host checks a list of people: its lines, counts, and progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, QuerySet, Value, When
from django.utils.functional import cached_property
from django.utils.http import urlencode

from access.email_addresses import shown_email
from access.links import invitation_address
from access.people_lists.models import Batch, BatchLine, LineVerdict

PER_PAGE = 100

# Problems first, those about to be invited last.
_ORDER = (
    LineVerdict.BAD,
    LineVerdict.REPEATED,
    LineVerdict.YOURSELF,
    LineVerdict.HAS_ACCESS,
    LineVerdict.INVITED,
    LineVerdict.NEW,
)
_LOOKS = {
    LineVerdict.BAD: ("danger", "alert"),
    LineVerdict.REPEATED: ("warning", "copy"),
    LineVerdict.YOURSELF: ("neutral", "user"),
    LineVerdict.HAS_ACCESS: ("neutral", "check"),
    LineVerdict.INVITED: ("neutral", "mail"),
    LineVerdict.NEW: ("success", "user-plus"),
}


@dataclass(frozen=True)
class LineRow:
    line: BatchLine

    @property
    def tone(self) -> str:
        return _LOOKS[LineVerdict(self.line.verdict)][0]

    @property
    def icon(self) -> str:
        return _LOOKS[LineVerdict(self.line.verdict)][1]

    @property
    def is_bad(self) -> bool:
        return self.line.verdict == LineVerdict.BAD

    @property
    def is_made(self) -> bool:
        return self.line.invitation_id is not None and self.line.verdict == LineVerdict.NEW

    @property
    def name(self) -> str:
        line = self.line
        return (
            f"{line.first_name} {line.last_name}".strip() or shown_email(line.email) or line.typed
        )

    @property
    def address(self) -> str:
        return invitation_address(self.line.invitation) if self.line.invitation else ""


@dataclass(frozen=True)
class Tab:
    verdict: str  # "" is everybody
    label: Any
    count: int


class BatchPage:
    """One page of one batch. `show` is a verdict or "", from the address of the page."""

    def __init__(self, batch: Batch, *, show: str, page: str | None) -> None:
        self.batch = batch
        self.show = show if show in LineVerdict.values else ""
        self._asked_page = page

    @cached_property
    def counts(self) -> dict[str, int]:
        rows = BatchLine.objects.filter(batch=self.batch).values("verdict").order_by()
        return {row["verdict"]: row["number"] for row in rows.annotate(number=Count("pk"))}

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def to_invite(self) -> int:
        return self.counts.get(LineVerdict.NEW, 0)

    @property
    def others(self) -> int:
        """How many lines make no invitation."""
        return self.total - self.to_invite

    @cached_property
    def made(self) -> int:
        """How many people this list has invited so far."""
        return BatchLine.objects.filter(
            batch=self.batch, verdict=LineVerdict.NEW, invitation__isnull=False
        ).count()

    @property
    def not_made(self) -> int:
        return self.to_invite - self.made

    @property
    def percent(self) -> int:
        return 100 * self.made // self.to_invite if self.to_invite else 100

    @property
    def tabs(self) -> list[Tab]:
        return [
            Tab(verdict, verdict.label, self.counts[verdict])
            for verdict in _ORDER
            if self.counts.get(verdict)
        ]

    @property
    def place(self) -> str:
        """Which part of the list this is, as the query of an address."""
        return urlencode({"show": self.show, "page": str(self.page_obj.number)})

    @cached_property
    def page_obj(self) -> Page[BatchLine]:
        page = Paginator(self._lines(), PER_PAGE).get_page(self._asked_page)
        page.object_list = list(page.object_list)
        return page

    @cached_property
    def rows(self) -> list[LineRow]:
        return [LineRow(line) for line in self.page_obj]

    def _lines(self) -> QuerySet[BatchLine]:
        lines = BatchLine.objects.filter(batch=self.batch).select_related("invitation")
        if self.show:
            return lines.filter(verdict=self.show).order_by("number")
        ranks = [When(verdict=verdict, then=Value(rank)) for rank, verdict in enumerate(_ORDER)]
        return lines.alias(rank=Case(*ranks, output_field=IntegerField())).order_by(
            "rank", "number"
        )
