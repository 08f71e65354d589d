"""The lines of a report as a host reads them: who came, and who was invited and did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils.translation import pgettext_lazy

from access.invitations.models import Certainty
from access.register.rows import InviteeRow
from access.reports.sources import Source, sources_of
from access.roles import Role
from media_items.lengths import in_words
from media_items.live.sessions.models import LiveSession, Participant

_ROLES = dict(Role.choices)
_SURE = {
    "signed_in": Certainty.SIGNED_IN.label,
    "confirmed": Certainty.CONFIRMED.label,
    "typed": Certainty.TYPED.label,
}
# Never colour alone: each state has a tone, an icon and its word.
_REMOVED = (pgettext_lazy("person in a session", "Removed"), "danger", "close")
_ENDED = (pgettext_lazy("person in a session", "Access ended"), "neutral", "clock")
_DECLINED = (pgettext_lazy("person in a session", "Not let in"), "warning", "lock")
_WAITING = (pgettext_lazy("person in a session", "Waiting"), "neutral", "clock")
_NEVER_LET_IN = (pgettext_lazy("person in a session", "Waited, not let in"), "neutral", "clock")
_HERE = (pgettext_lazy("person in a session", "Here now"), "success", "check")
_CAME = (pgettext_lazy("person in a session", "Attended"), "neutral", "check")


@dataclass(frozen=True)
class PersonRow:
    """`one` as `people.for_reading` fetched it; `same_address` says that another line of the
    session came with this one's address."""

    one: Any
    source: Source
    same_address: bool = False

    @property
    def name(self) -> str:
        return str(self.one)

    @property
    def email(self) -> str:
        return self.source.email

    @property
    def by(self) -> str:
        return self.source.by

    @property
    def role(self) -> str:
        return str(_ROLES.get(self.one.role, ""))

    @property
    def how_sure(self) -> str:
        """In the words of the register; what a guest says of themself is typed."""
        return str(_SURE.get(self.one.certainty, ""))

    @property
    def first_at(self) -> datetime | None:
        return self.one.first_at  # type: ignore[no-any-return]

    @property
    def last_at(self) -> datetime | None:
        return self.one.last_at  # type: ignore[no-any-return]

    @property
    def there_for(self) -> timedelta:
        return self.one.there_for  # type: ignore[no-any-return]

    @property
    def time_in_words(self) -> str:
        return in_words(self.there_for)

    @property
    def stay_count(self) -> int:
        return self.one.stay_count  # type: ignore[no-any-return]

    @property
    def is_here(self) -> bool:
        return self.one.is_there and self.one.is_inside and self.one.ended_at is None

    @property
    def _look(self) -> tuple[Any, str, str]:
        if self.one.removed_at:
            return _REMOVED
        if self.one.declined_at:
            return _DECLINED
        if self.one.admitted_at is None and not self.one.right_ended_at:
            waits = self.one.is_there and self.one.ended_at is None
            return _WAITING if waits else _NEVER_LET_IN
        if self.one.right_ended_at:
            return _ENDED
        return _HERE if self.is_here else _CAME

    @property
    def state(self) -> str:
        return str(self._look[0])

    @property
    def tone(self) -> str:
        return self._look[1]

    @property
    def icon(self) -> str:
        return self._look[2]


@dataclass(frozen=True)
class MissedRow(InviteeRow):
    """`by_guest`: somebody came as a guest and typed this address."""

    by_guest: bool = False


def person_rows(people: Sequence[Participant], session: LiveSession) -> list[PersonRow]:
    """Six queries at most, however many people."""
    sources = sources_of(people, session.item)
    shared = _shared_digests(people, session)
    return [PersonRow(one, sources[one.pk], one.person in shared) for one in people]


def _shared_digests(people: Sequence[Participant], session: LiveSession) -> set[str]:
    digests = {one.person for one in people if one.person}
    if not digests:
        return set()
    counted = (
        session.participants.filter(person__in=digests)
        .order_by()
        .values("person")
        .annotate(lines=Count("pk"))
        .filter(lines__gt=1)
    )
    return set(counted.values_list("person", flat=True))
