"""People outside: whoever was given something by invitation or guest link, by address.

A person is an email address. What they have is what is not taken back, removed or erased; an
expired invitation is shown too, for it can be prolonged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import FETCH_RAISE, Exists, OuterRef, Q, QuerySet
from django.utils.functional import cached_property

from access.accounts.models import User
from access.email_addresses import shown_email, stored_part
from access.guests.found import with_last_seen
from access.guests.models import Guest
from access.invitations.models import Invitation
from access.memberships.policies import items_with_register
from access.register.rows import InviteeRow
from access.register.states import with_states
from media_items.models import MediaItem
from media_items.numbers import whole_number
from media_items.pagination import MOST_COUNTED, SteadyPaginator, ceiling_for

PER_PAGE = 50
_MOST_WORDS = 8


@dataclass(frozen=True)
class Scope:
    """Whose sharing is looked at: one's own items, or, for a site admin, everybody's. `is_gone`:
    what was taken back or removed, instead of what there is."""

    user: User
    is_everybody: bool = False
    is_gone: bool = False

    @property
    def items(self) -> QuerySet[MediaItem]:
        if self.is_everybody:
            return MediaItem.objects.live()
        return items_with_register(user_id=self.user.pk)

    def invitations(self) -> QuerySet[Invitation]:
        rows = Invitation.objects.live()
        if self.is_gone:
            rows = Invitation.objects.exclude(revoked_at=None).exclude(email="")
        return rows.filter(self.within("item"))

    def guests(self) -> QuerySet[Guest]:
        """A link that was deleted let its guests go, too."""
        is_in = Q(removed_at=None, link__deleted_at=None)
        rows = Guest.objects.filter(~is_in if self.is_gone else is_in, erased_at=None)
        return rows.filter(self.within("link__item"))

    def within(self, path: str) -> Q:
        if self.is_everybody:
            return Q(**{f"{path}__deleted_at": None})
        return Q(Exists(self.items.filter(pk=OuterRef(path))))

    def may_end(self, *, guests: bool) -> bool:
        """In one's own items always; in everybody's with the right to change such rows."""
        permission = "guests.change_guest" if guests else "invitations.change_invitation"
        return not self.is_everybody or self.user.has_perm(permission)


class _PeoplePaginator(SteadyPaginator):
    """Over a union of addresses, which has no keys to count, and costs as much for one page as for
    the number of all: where few are counted, they are read once."""

    @cached_property
    def _counted(self) -> list[Any]:
        return list(self._rows[: self._ceiling])

    @cached_property
    def _read(self) -> list[Any]:
        if self._start >= MOST_COUNTED:
            return super()._read
        return self._counted[self._start : self._start + self.per_page + 1]

    def counted(self, rows: QuerySet[Any]) -> int:
        if self._start >= MOST_COUNTED:
            return rows[: self._ceiling].count()
        return len(self._counted)


@dataclass
class Person:
    """One address, with the rows of the scope that belong to it."""

    email: str
    invitations: list[Invitation] = field(default_factory=list)
    guests: list[Guest] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As the host wrote it; else as the person typed it as a guest."""
        for invitation in self.invitations:
            if (name := invitation.get_full_name()) != shown_email(self.email):
                return name
        return next((guest.name for guest in self.guests if guest.name), shown_email(self.email))

    @property
    def key(self) -> str:
        """For the page's address: one of their rows, so that no email address stands there."""
        return f"i{self.invitations[0].pk}" if self.invitations else f"g{self.guests[0].pk}"

    @property
    def items(self) -> int:
        return len(
            {one.item_id for one in self.invitations} | {one.link.item_id for one in self.guests}
        )

    @property
    def last_seen(self) -> datetime | None:
        """Also as a guest; those are from `people_of`."""
        rows = [one.last_seen_at for one in self.invitations]
        rows += [getattr(one, "seen_at", None) for one in self.guests]
        seen = [one for one in rows if one]
        return max(seen, default=None)

    @property
    def rows(self) -> list[InviteeRow]:
        return [InviteeRow(one) for one in self.invitations]


def _matching(scope: Scope, words: str) -> tuple[QuerySet[Invitation], QuerySet[Guest]]:
    invited, came = scope.invitations(), scope.guests()
    for word in words.split()[:_MOST_WORDS]:
        invited = invited.filter(
            Q(email__icontains=stored_part(word))
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
        )
        came = came.filter(Q(email__icontains=stored_part(word)) | Q(name__icontains=word))
    return invited, came


def number_gone(scope: Scope, *, words: str) -> tuple[int, int]:
    """How many withdrawn invitations and removed guests match, that are shown when asked for. Two
    queries where there are words."""
    if not words or scope.is_gone:
        return 0, 0
    invited, came = _matching(replace(scope, is_gone=True), words)
    return invited.order_by().count(), came.order_by().count()


def people_page(scope: Scope, *, words: str, number: object) -> Any:
    """A page of `Person`. Three queries; far behind, four."""
    most = ceiling_for(number, PER_PAGE)
    invited, came = (_first_addresses(rows, most) for rows in _matching(scope, words))
    addresses = invited.union(came).order_by("email")
    page = _PeoplePaginator(addresses, number, PER_PAGE).asked_page()
    page.object_list = people_of(scope, list(page.object_list))
    return page


def _first_addresses(rows: QuerySet[Any], most: int) -> QuerySet[Any, Any]:
    """No more of each table than the page can need, so that 100,000 need not be made distinct."""
    first = rows.order_by("email").values("email").distinct()[:most]
    theirs: QuerySet[Any] = rows.model._default_manager.filter(email__in=first)
    return theirs.order_by().values_list("email", flat=True)


def people_of(
    scope: Scope, emails: Iterable[str], *, moment: datetime | None = None
) -> list[Person]:
    """The people with these addresses and their rows. With `moment`, invitations have a state."""
    people = {email: Person(email) for email in emails}
    invitations = scope.invitations().filter(email__in=people).select_related("item", "invited_by")
    if moment is not None:
        invitations = with_states(invitations, moment)
    for invitation in invitations.order_by("-created_at", "-pk").fetch_mode(FETCH_RAISE):
        people[invitation.email].invitations.append(invitation)
    guests = with_last_seen(scope.guests().filter(email__in=people)).select_related("link__item")
    for guest in guests.order_by("-joined_at", "-pk").fetch_mode(FETCH_RAISE):
        people[guest.email].guests.append(guest)
    return [person for person in people.values() if person.invitations or person.guests]


def invitee_rows(scope: Scope, pks: Iterable[int], moment: datetime) -> list[InviteeRow]:
    """Of these invitations, as far as they are of the scope's items; the withdrawn, too. Without
    their items."""
    rows = Invitation.objects.filter(scope.within("item"), pk__in=pks)
    return [InviteeRow(one) for one in with_states(rows, moment).fetch_mode(FETCH_RAISE)]


def email_of_key(scope: Scope, key: str, *, ever: bool = False) -> str | None:
    """The address behind a `Person.key`, when that row is within the scope. `ever`: whatever became
    of it; "" where it was erased."""
    letter, pk = key[:1], whole_number(key[1:], default=None)
    if pk is None:
        return None
    if letter == "i":
        every: QuerySet[Any] = Invitation.objects.filter(scope.within("item"))
        rows = every if ever else scope.invitations()
    elif letter == "g":
        every = Guest.objects.filter(scope.within("link__item"))
        rows = every if ever else scope.guests()
    else:
        return None
    return rows.filter(pk=pk).values_list("email", flat=True).first()
