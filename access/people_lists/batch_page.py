"""The page on which a host checks a list of people: its lines, counts, and progress."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, QuerySet, Value, When
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from access.email_addresses import shown_email
from access.email_faults import why_no_address
from access.invitations.models import InvitationRole
from access.links import invitation_address
from access.people_lists.models import CORRECTABLE, TO_LOOK_AT, Batch, BatchLine, LineVerdict
from access.typed_roles import role_meant

PER_PAGE = 100
LOOK = "look"  # those who are invited, and should be looked at

# Problems first, those about to be invited last; of these whoever is to be looked at first.
_ORDER = (
    LineVerdict.BAD,
    LineVerdict.DOMAIN,
    LineVerdict.NOT_ALLOWED,
    LineVerdict.ROLE,
    LineVerdict.LAST_DAY,
    LineVerdict.REPEATED,
    LineVerdict.YOURSELF,
    LineVerdict.HAS_ACCESS,
    LineVerdict.INVITED,
    LineVerdict.NEW,
    LineVerdict.MADE,
)
_LOOKS = {
    LineVerdict.BAD: ("danger", "alert"),
    LineVerdict.DOMAIN: ("danger", "lock"),
    LineVerdict.NOT_ALLOWED: ("danger", "lock"),
    LineVerdict.ROLE: ("danger", "user"),
    LineVerdict.LAST_DAY: ("danger", "calendar"),
    LineVerdict.REPEATED: ("warning", "copy"),
    LineVerdict.YOURSELF: ("neutral", "user"),
    LineVerdict.HAS_ACCESS: ("neutral", "check"),
    LineVerdict.INVITED: ("neutral", "mail"),
    LineVerdict.NEW: ("success", "user-plus"),
    LineVerdict.MADE: ("success", "check"),
}


@dataclass(frozen=True)
class LineRow:
    line: BatchLine
    batch: Batch
    is_of_both: bool
    has_roles: bool

    @property
    def number(self) -> str:
        """Where it stands in what was pasted or in the file."""
        line = self.line
        number = str(line.number if line.line_in_text is None else line.line_in_text)
        if not self.is_of_both:
            return number
        if line.line_in_text is None:
            return _("Gallery")
        said = _("Pasted, %(number)s") if line.file_entry is None else _("File, %(number)s")
        return said % {"number": number}

    @property
    def role(self) -> str:
        """Said of whoever is invited, where not all have the same."""
        if not self.has_roles or self.line.verdict not in {LineVerdict.NEW, LineVerdict.MADE}:
            return ""
        return str(InvitationRole(self.line.role or self.batch.role).label)

    @property
    def _is_doubted(self) -> bool:
        return self.line.verdict == LineVerdict.NEW and self.batch.started_at is None

    @property
    def role_note(self) -> str:
        """Why they get the role of the list, and not what stands beside them."""
        word = self.line.role_left_out
        if not word or not self._is_doubted:
            return ""
        if role_meant(word):
            said = _("You can’t give the role “%(word)s” here. This person gets the role %(role)s.")
        else:
            said = _("“%(word)s” isn’t a role. This person gets the role %(role)s.")
        return said % {"word": word, "role": self.batch.get_role_display()}

    @property
    def address_note(self) -> str:
        if not self.line.meant or not self._is_doubted:
            return ""
        said = _("We read %(address)s. Was a space typed for a dot? Then enter %(meant)s.")
        return said % {"address": shown_email(self.line.email), "meant": self.line.meant}

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
    def why_bad(self) -> str:
        """What is wrong with what stands where the email address should; "" for a good one."""
        if not self.is_bad:
            return ""
        typed = self.line.email or self.line.typed
        one_word = len(typed.split()) <= 1 or "@" not in typed
        return (
            why_no_address(typed) if one_word else _("There is no full email address on this line.")
        )

    @property
    def is_made(self) -> bool:
        return self.line.invitation_id is not None and self.line.verdict == LineVerdict.MADE

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
        self.show = show if show in {*LineVerdict.values, LOOK} else ""
        self._asked_page = page

    @cached_property
    def _counted(self) -> list[dict[str, Any]]:
        """Lines by verdict and role, and how many of them stand in the file, and in any text. One
        query."""
        rows = BatchLine.objects.filter(batch=self.batch).values("verdict", "role").order_by()
        counts = {
            "number": Count("pk"),
            "in_file": Count("file_entry"),
            "in_text": Count("line_in_text"),
            "to_look_at": Count("pk", filter=TO_LOOK_AT),
        }
        return [dict(row) for row in rows.annotate(**counts)]

    @cached_property
    def counts(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for row in self._counted:
            counts[row["verdict"]] += row["number"]
        return counts

    @property
    def has_roles(self) -> bool:
        """Whether some lines have a role of their own."""
        return any(row["role"] for row in self._counted)

    @property
    def is_of_both(self) -> bool:
        """Pasted, from a file or a gallery: a line's number alone does not say where it stands."""
        in_file: int = sum(row["in_file"] for row in self._counted)
        in_text: int = sum(row["in_text"] for row in self._counted)
        return 0 < in_file < self.total or 0 < in_text < self.total

    @property
    def roles(self) -> list[tuple[str, int]]:
        """The roles of those whom the list invites, or has invited, and how many have each."""
        wanted: Counter[str] = Counter()
        for row in self._counted:
            if row["verdict"] in {LineVerdict.NEW, LineVerdict.MADE}:
                wanted[row["role"] or self.batch.role] += row["number"]
        return [(str(role.label), wanted[role]) for role in InvitationRole if wanted[role]]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def to_invite(self) -> int:
        """Those invited by now, too."""
        return self.counts[LineVerdict.NEW] + self.made

    @property
    def to_look_at(self) -> int:
        """Of those about to be invited; none once they are being invited."""
        if self.batch.started_at:
            return 0
        return sum(row["to_look_at"] for row in self._counted)

    @property
    def others(self) -> int:
        """How many lines make no invitation."""
        return self.total - self.to_invite

    @property
    def made(self) -> int:
        """How many people this list has invited so far."""
        return self.counts[LineVerdict.MADE]

    @property
    def left_out(self) -> list[Tab]:
        """Why the other lines were not invited, with how many of each."""
        return [
            Tab(verdict, verdict.label, self.counts[verdict])
            for verdict in _ORDER
            if self.counts[verdict] and verdict not in {LineVerdict.NEW, LineVerdict.MADE}
        ]

    @property
    def correctable(self) -> int:
        """How many lines its host can correct and invite after all."""
        return sum(self.counts[verdict] for verdict in CORRECTABLE)

    @property
    def percent(self) -> int:
        return 100 * self.made // self.to_invite if self.to_invite else 100

    @property
    def tabs(self) -> list[Tab]:
        looked = self.to_look_at or self.show == LOOK
        look = [Tab(LOOK, _("To look at"), self.to_look_at)] if looked else []
        return look + [
            Tab(verdict, verdict.label, self.counts[verdict])
            for verdict in _ORDER
            if self.counts[verdict] or verdict == self.show
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
        return [
            LineRow(line, self.batch, self.is_of_both, self.has_roles) for line in self.page_obj
        ]

    def _lines(self) -> QuerySet[BatchLine]:
        lines = BatchLine.objects.filter(batch=self.batch).select_related("invitation")
        if self.show == LOOK:
            looked = lines.none() if self.batch.started_at else lines.filter(TO_LOOK_AT)
            return looked.order_by("number")
        if self.show:
            return lines.filter(verdict=self.show).order_by("number")
        ranks = [When(verdict=verdict, then=Value(rank)) for rank, verdict in enumerate(_ORDER)]
        if not self.batch.started_at:
            ranks.insert(0, When(TO_LOOK_AT, then=Value(_ORDER.index(LineVerdict.YOURSELF))))
        return lines.alias(rank=Case(*ranks, output_field=IntegerField())).order_by(
            "rank", "number"
        )
