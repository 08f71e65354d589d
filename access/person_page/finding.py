"""People found by name or address, each an address with what there is of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import ngettext

from access.accounts.models import User
from access.email_addresses import shown_email, stored_part
from access.guests.models import AccessRequest, Guest
from access.invitations.models import Invitation
from media_items.pagination import SteadyPaginator

PER_PAGE = 25
_MOST_WORDS = 8
_NAMED = ("first_name", "last_name")


@dataclass(frozen=True)
class Source:
    """A table with addresses. `kind` is its word in the address of a person's page."""

    kind: str
    model: Any
    names: tuple[str, ...]
    permission: str

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.exclude(email="")
        return rows

    def found(self, words: str) -> QuerySet[Any]:
        rows = self.rows()
        for word in words.split()[:_MOST_WORDS]:
            either = Q(email__icontains=stored_part(word))
            for name in self.names:
                either |= Q(**{f"{name}__icontains": word})
            rows = rows.filter(either)
        return rows


# The first that has a row names the person.
SOURCES = {
    source.kind: source
    for source in (
        Source("account", User, _NAMED, "accounts.view_user"),
        Source("invitation", Invitation, _NAMED, "invitations.view_invitation"),
        Source("guest", Guest, ("name",), "guests.view_guest"),
        Source("request", AccessRequest, ("name",), "guests.view_accessrequest"),
    )
}


@dataclass
class Found:
    """One address: of each kind the newest row and how many there are."""

    email: str
    newest: dict[str, Any] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def shown_email(self) -> str:
        return shown_email(self.email)

    @property
    def name(self) -> str:
        for row in self.newest.values():
            if (name := name_of(row)) and name != self.shown_email:
                return name
        return self.shown_email

    @property
    def kind(self) -> str:
        return next(iter(self.newest))

    @property
    def pk(self) -> int:
        return int(self.newest[self.kind].pk)

    @property
    def what(self) -> list[str]:
        """What there is of them, in words."""
        of = self.numbers
        said = [
            (of["account"], ngettext("%(n)s account", "%(n)s accounts", of["account"])),
            (
                of["invitation"],
                ngettext("%(n)s invitation", "%(n)s invitations", of["invitation"]),
            ),
            (
                of["guest"],
                ngettext("Guest on %(n)s link", "Guest on %(n)s links", of["guest"]),
            ),
            (
                of["request"],
                ngettext(
                    "%(n)s request to be let in", "%(n)s requests to be let in", of["request"]
                ),
            ),
        ]
        return [words % {"n": number} for number, words in said if number]


def sources_for(may: Callable[[str], bool]) -> dict[str, Source]:
    """SECURITY: nobody is found by rows, or counted in them, that whoever looks may not view."""
    return {kind: source for kind, source in SOURCES.items() if may(source.permission)}


def name_of(row: Any) -> str:
    """As it stands in the row; a guest's as it was typed."""
    if isinstance(row, User):
        return str(row)
    return str(row.get_full_name() if isinstance(row, Invitation) else row.name)


class _AddressPaginator(SteadyPaginator):
    """Over a union of addresses, which has no keys to count."""

    def counted(self, rows: QuerySet[Any]) -> int:
        return rows[: self._ceiling].count()


def find_people(words: str, number: object, may: Callable[[str], bool]) -> Page[Found]:
    """A page of addresses whose rows have all the words. Ten queries, however many there are.

    `may`: whether whoever looks has a permission; that for accounts they have.
    """
    sources = sources_for(may).values()
    some, *others = [source.found(words).order_by().values_list("email") for source in sources]
    page = _AddressPaginator(some.union(*others).order_by("email"), number, PER_PAGE).asked_page()
    emails = [email for (email,) in page.object_list]
    people = {email: Found(email) for email in emails}
    for source in sources:
        rows = source.rows().filter(email__in=emails)
        of_each = list(rows.order_by().values_list("email").annotate(Count("pk"), Max("pk")))
        newest = rows.in_bulk([pk for _email, _number, pk in of_each])
        for email, count, pk in of_each:
            people[email].numbers[source.kind] = count
            people[email].newest[source.kind] = newest[pk]
    page.object_list = list(people.values())
    return page
